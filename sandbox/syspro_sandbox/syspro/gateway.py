"""The door of the stand-in: it hands requests to their services, dates the answers and logs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from syspro_sandbox.exchange import Exchange, ExchangeLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from syspro_sandbox.syspro.calendar import BusinessClock

_SECRETS = re.compile(r"(?i)((?:OperatorPassword|CompanyPassword|UserId)=)[^&]+")


@dataclass(frozen=True)
class Host:
    """A service and the web server it runs on."""

    service: ASGIApp
    server_name: str


class Gateway:
    """The ASGI application.

    Args:
        hosts: The services by the first part of their path, which is matched whatever its case.
        default: Where all other paths go.
        clock: What the `Date` of answers is taken from.

    Attributes:
        log: The requests that were answered; their query strings are as they came, without passwords and
            session ids.
    """

    def __init__(self, hosts: Mapping[str, Host], default: Host, clock: BusinessClock) -> None:
        self._hosts = {name.lower(): host for name, host in hosts.items()}
        self._default = default
        self._clock = clock
        self.log = ExchangeLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and stamp and log its answer."""
        if scope["type"] != "http":
            return
        first = scope["path"].split("/")[1].lower()
        host = self._hosts.get(first, self._default)

        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = self._clock.now()
                headers = MutableHeaders(scope=message)
                headers["Date"] = format_datetime(now, usegmt=True)
                headers["Server"] = host.server_name
                self.log.append(_exchange(scope, message["status"], now.timestamp()))
            await send(message)

        await host.service(scope, receive, stamp)


def _exchange(scope: Scope, status: int, time: float) -> Exchange:
    query = scope["query_string"].decode("ascii", "replace")
    path = scope["raw_path"].decode("ascii", "replace")
    return Exchange(scope["method"], path, _SECRETS.sub(r"\1***", query), status, time)
