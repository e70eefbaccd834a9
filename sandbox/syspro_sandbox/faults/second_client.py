"""What another client does while a request is on its way."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syspro_sandbox.faults.seen_request import SeenRequest

#: The header of a second client's requests, on which no rule fires.
SECOND_CLIENT = "x-sandbox-second-client"
SECONDS = 60

T = TypeVar("T")


@dataclass(frozen=True)
class HttpRequest:
    """A request of the second client.

    Attributes:
        method: The method.
        path: The path, with the query if there is one.
        system: The stand-in it goes to; by default the one that the matched request went to, and then the
            second client logs in as the first did.
        headers: The headers.
        body: The body.
    """

    method: str
    path: str
    system: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def send(self, address: str, request: SeenRequest) -> requests.Response:
        """Send it to the stand-in at an address, while `request` is under way there or elsewhere."""
        headers = {SECOND_CLIENT: "1"}
        if self.system in {None, request.system} and "authorization" in request.headers:
            headers["Authorization"] = request.headers["authorization"]
        with requests.Session() as session:
            session.trust_env = False  # neither a proxy nor a .netrc comes between
            return session.request(
                self.method,
                f"{address}{self.path}",
                headers={**headers, **self.headers},
                data=self.body.encode(),
                timeout=SECONDS,
            )

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


async def run_aside(function: Callable[[], T]) -> T:
    """Call what may block, in a thread that nobody waits for when the server stops."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is None:
            outcome.set_result(result)  # type: ignore[arg-type]
        else:
            outcome.set_exception(error)

    def work() -> None:
        result, failure = None, None
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001  # raised again where it is awaited
            failure = error
        with suppress(RuntimeError):  # the server has stopped
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=work, name="sandbox-second-client", daemon=True).start()
    return await outcome
