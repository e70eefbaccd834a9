"""The body of a request, read before the stand-in asks for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Message, Receive


class Upload:
    """The body of a request, from the server on one side, for an application on the other.

    Args:
        receive: What the server hands the application.

    Attributes:
        is_broken: Whether the client left before the end.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._waiting: list[Message] = []
        self._is_read = False
        self.is_broken = False

    @property
    def body(self) -> bytes:
        """What has been read and not yet handed on."""
        return b"".join(message.get("body", b"") for message in self._waiting)

    async def read(
        self, bytes_per_second: float | None = None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Read to the end, or until the client leaves; once only."""
        while not self._is_read:
            message = await self._receive()
            self._waiting.append(message)
            self.is_broken = message["type"] == "http.disconnect"
            self._is_read = self.is_broken or not message.get("more_body", False)
            if bytes_per_second and message.get("body"):
                await sleep(len(message["body"]) / bytes_per_second)

    async def receive(self) -> Message:
        """What was read, piece by piece; then what the server says."""
        return self._waiting.pop(0) if self._waiting else await self._receive()
