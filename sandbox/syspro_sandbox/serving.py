"""Serve an ASGI application on a loopback port from a background thread."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import TracebackType

    from starlette.types import ASGIApp, Scope
    from typing_extensions import Self

LOOPBACK = "127.0.0.1"
START_SECONDS = 30

#: Where an application finds the `Connection` under a request: `scope["state"][CONNECTION]`.
CONNECTION = "connection"

#: Linger for no time: closing the socket then drops what is unsent and tells the client "connection reset".
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)

T = TypeVar("T")


class StoppingError(Exception):
    """The server stops while a request waits."""


class Connection:
    """The TCP connection under a request, for what no ASGI message can say.

    Args:
        transport: The connection.
        stopping: Set when the server begins to stop.

    Attributes:
        is_lost: Whether either side has ended it.
    """

    def __init__(self, transport: asyncio.Transport, stopping: asyncio.Event) -> None:
        self._transport = transport
        self._stopping = stopping
        self._lost = asyncio.Event()

    @classmethod
    def under(cls, scope: Scope) -> Connection:
        """The connection under a request that a `Server` of this module serves."""
        return cast("Connection", scope["state"][CONNECTION])

    @property
    def is_lost(self) -> bool:
        """Whether either side has ended it."""
        return self._lost.is_set()

    def lose(self) -> None:
        """Note that it has ended."""
        self._lost.set()

    async def unless_stopping(self, waiting: Awaitable[T]) -> T:
        """Wait for something, and give up when the server stops.

        Raises:
            StoppingError: When it does.
        """
        task = asyncio.ensure_future(waiting)
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise StoppingError
        finally:
            task.cancel()
            stopped.cancel()

    def hold_nothing_back(self) -> None:
        """Let each write wait until the system has taken the one before."""
        self._transport.set_write_buffer_limits(0)

    async def reset(self) -> None:
        """End it at once, so that the client sees a reset."""
        with suppress(OSError):  # it may have ended already
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()
        await self._lost.wait()

    async def close(self) -> None:
        """End it in good order after what was written, whatever the answer had promised."""
        self._transport.close()
        await self.unless_stopping(self._lost.wait())

    @property
    def _socket(self) -> socket.socket:
        return cast("socket.socket", self._transport.get_extra_info("socket"))


class _Protocol(H11Protocol):
    """HTTP/1.1 that shows applications the connection."""

    def __init__(self, *, app_state: dict[str, Any], stopping: asyncio.Event, **rest: Any) -> None:
        self._stopping = stopping
        super().__init__(app_state=dict(app_state), **rest)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state[CONNECTION] = Connection(transport, self._stopping)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.app_state[CONNECTION].lose()


class _Uvicorn(uvicorn.Server):
    """A server that tells the requests that wait when it begins to stop."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)


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
        stopping = asyncio.Event()

        def protocol(**arguments: Any) -> asyncio.Protocol:
            return _Protocol(stopping=stopping, **arguments)

        config = uvicorn.Config(
            app,
            http=cast("type[asyncio.Protocol]", protocol),
            log_level="warning",
            lifespan="off",
            date_header=date_header,
            server_header=False,
            access_log=False,
        )
        self._server = _Uvicorn(config, stopping)
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
