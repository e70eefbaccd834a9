"""Serve an ASGI application on a loopback port from a background thread."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from types import TracebackType

    from starlette.types import ASGIApp
    from typing_extensions import Self

LOOPBACK = "127.0.0.1"
START_SECONDS = 30


class Server:
    """One stand-in, listening on loopback while the `with` block runs.

    Args:
        app: The ASGI application.
        port: The port to bind; 0 lets the system choose a free one.
        date_header: Whether the server stamps answers with the machine's clock; False where the
            application sends a `Date` of its own.
    """

    def __init__(self, app: ASGIApp, *, port: int = 0, date_header: bool = True) -> None:
        # With the protocol named, asyncio switches Nagle's algorithm off: it costs 40 ms a request otherwise.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, port))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan="off",
            date_header=date_header,
            server_header=False,
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{self.port}", daemon=True)

    @property
    def url(self) -> str:
        """The base address, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.port}"

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def start(self) -> Self:
        """Start serving; the socket listens before this returns."""
        self._socket.listen(128)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and wait for the thread to end."""
        self._server.should_exit = True
        self._thread.join(timeout=START_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
