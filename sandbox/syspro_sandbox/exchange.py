"""What a stand-in was asked and how it answered, one entry a request."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

#: The answered requests a stand-in remembers.
KEPT = 100_000


@dataclass(frozen=True)
class Exchange:
    """A request that was answered.

    Args:
        method: The HTTP method.
        path: The path of the address.
        query: The query string.
        status: The HTTP status of the answer.
        time: When it was answered, by the stand-in's clock, in seconds since the epoch.
    """

    method: str
    path: str
    query: str
    status: int
    time: float


class ExchangeLog(deque[Exchange]):
    """The latest exchanges, oldest first."""

    def __init__(self) -> None:
        super().__init__(maxlen=KEPT)
