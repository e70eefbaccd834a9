"""How an answer travels: whole, slowly, or only in part."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.faults.rules import Answer, Delivery
    from syspro_sandbox.serving import Connection

OK = 200
#: Answers that have no body whatever their headers say.
BODILESS = {204, 304}
TEXT = "text/plain; charset=utf-8"
#: A slow body travels in so many pieces a second.
PIECES_PER_SECOND = 10


@dataclass
class WholeAnswer:
    """An answer before it travels.

    Attributes:
        status: The status.
        headers: The headers as they go over the wire.
        body: The body.
    """

    status: int = OK
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def changed(self, answer: Answer) -> WholeAnswer:
        """The answer as a rule wants it."""
        headers = MutableHeaders(raw=list(self.headers))
        headers.update(answer.headers)
        body = self.body
        if answer.body is not None:
            body = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
            headers.setdefault("Content-Type", TEXT)
        for old, new in answer.replace.items():
            body = body.replace(old.encode(), new.encode())
        return WholeAnswer(answer.status or self.status, headers.raw, body)


async def capture(app: ASGIApp, scope: Scope, receive: Receive) -> WholeAnswer:
    """What an application answers, whether or not the client still listens."""
    answer = WholeAnswer()

    async def listen() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            await asyncio.Event().wait()  # for ever: the application does not learn of it
        return message

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")

    await app(scope, listen, collect)
    return answer


async def deliver(
    answer: WholeAnswer, delivery: Delivery, *, method: str, send: Send, connection: Connection, clock: Clock
) -> None:
    """Send an answer as a rule says."""
    headers = MutableHeaders(raw=list(answer.headers))
    start = {"type": "http.response.start", "status": answer.status, "headers": headers.raw}
    if method == "HEAD" or answer.status in BODILESS:
        await send(start)
        await send(_piece(b"", more=False))
        return
    size = len(answer.body)
    kept = delivery.kept(size)
    if delivery.is_cut and delivery.ending == "clean":
        del headers["Content-Length"]
    else:
        headers["Content-Length"] = str(size)
    connection.hold_nothing_back()
    await send(start)
    for piece in _pieces(answer.body[:kept], delivery.bytes_per_second):
        if connection.is_lost:
            return
        if delivery.bytes_per_second is not None:
            await connection.unless_stopping(clock.sleep(len(piece) / delivery.bytes_per_second))
        await connection.unless_stopping(send(_piece(piece, more=True)))
    if not delivery.is_cut or delivery.ending == "clean":
        await connection.unless_stopping(send(_piece(b"", more=False)))
        return
    await connection.unless_stopping(send(_piece(b"", more=True)))  # returns when all before has left
    if delivery.ending == "reset":
        await connection.reset()
    else:
        await connection.close()


def _piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _pieces(body: bytes, bytes_per_second: float | None) -> Iterator[bytes]:
    size = len(body) if bytes_per_second is None else int(bytes_per_second / PIECES_PER_SECOND)
    for start in range(0, len(body), max(1, size)):
        yield body[start : start + max(1, size)]
