"""The time the stand-ins live by, so that tests of expiry and start-up need no waiting."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Time as a stand-in sees it."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def wait(self, seconds: float, interrupt: threading.Event) -> None:
        """Return when the time has passed, or when `interrupt` is set."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when the time has passed; a manual clock moves on instead."""
        ...


class SystemClock:
    """The machine's time."""

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def wait(self, seconds: float, interrupt: threading.Event) -> None:
        """Return when the time has passed, or when `interrupt` is set."""
        interrupt.wait(seconds)

    async def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A time that stands still until it is moved.

    Attributes:
        now: Seconds since the epoch.
    """

    _POLL_SECONDS = 0.01

    def __init__(self, start: float = 1_781_690_400.0) -> None:
        self.now = start
        self._moved = threading.Condition()

    def time(self) -> float:
        """Seconds since the epoch."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._moved:
            self.now += seconds
            self._moved.notify_all()

    def wait(self, seconds: float, interrupt: threading.Event) -> None:
        """Return when the time has been advanced so far, or when `interrupt` is set."""
        until = self.now + seconds
        with self._moved:
            while self.now < until and not interrupt.is_set():
                self._moved.wait(self._POLL_SECONDS)

    async def sleep(self, seconds: float) -> None:
        """Move on by that much."""
        self.advance(seconds)
