"""One ASGI application for both services: it hands requests on, dates the answers and logs them."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Mount

from syspro_sandbox.syspro.calendar import business_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOGGED = 10_000
_SECRETS = re.compile(r"(?i)((?:OperatorPassword|CompanyPassword|UserId)=)[^&]+")


@dataclass(frozen=True)
class Exchange:
    """A request that was answered; its query string is as it came, without passwords and session ids."""

    method: str
    path: str
    query: str
    status: int


class BusinessClock:
    """SYSPRO's own clock: its business date at the machine's time of day, UTC.

    Args:
        data_dir: Where the business date is kept; another process may move it.
        machine: The machine's clock.
    """

    def __init__(self, data_dir: Path, machine: Callable[[], datetime]) -> None:
        self._data_dir = data_dir
        self._machine = machine

    def __call__(self) -> datetime:
        """What the clock shows."""
        return datetime.combine(business_date(self._data_dir), self._machine().time(), timezone.utc)


@dataclass(frozen=True)
class Host:
    """A service and the web server it runs on."""

    service: ASGIApp
    server_name: str


class Gateway:
    """Sends requests to their hosts.

    Args:
        hosts: The services by the first part of their path, which is matched whatever its case.
        default: Where all other paths go.
        clock: What the `Date` of answers is taken from.
    """

    def __init__(self, hosts: Mapping[str, Host], default: Host, clock: Callable[[], datetime]) -> None:
        self._hosts = {name.lower(): host for name, host in hosts.items()}
        self._default = default
        self._clock = clock
        self.log: deque[Exchange] = deque(maxlen=_LOGGED)

    def application(self) -> Starlette:
        """The application to serve."""
        return Starlette(routes=[Mount("/", app=self)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and stamp and log its answer."""
        first = scope["path"].split("/")[1].lower()
        host = self._hosts.get(first, self._default)

        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Date"] = format_datetime(self._clock(), usegmt=True)
                headers["Server"] = host.server_name
                self.log.append(_exchange(scope, message["status"]))
            await send(message)

        await host.service(scope, receive, stamp)


def _exchange(scope: Scope, status: int) -> Exchange:
    query = scope["query_string"].decode("ascii", "replace")
    path = scope["raw_path"].decode("ascii", "replace")
    return Exchange(scope["method"], path, _SECRETS.sub(r"\1***", query), status)
