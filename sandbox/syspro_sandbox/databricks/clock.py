"""The time the stand-in lives by, so that tests of expiry and start-up need no waiting."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Time as the stand-in sees it."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def wait(self, seconds: float, interrupt: threading.Event) -> None:
        """Return when the time has passed, or when `interrupt` is set."""
        ...


class SystemClock:
    """The machine's time."""

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def wait(self, seconds: float, interrupt: threading.Event) -> None:
        """Return when the time has passed, or when `interrupt` is set."""
        interrupt.wait(seconds)


class ManualClock:
    """A time that stands still until it is advanced."""

    _POLL_SECONDS = 0.01

    def __init__(self, start: float = 1_780_000_000.0) -> None:
        self._now = start
        self._moved = threading.Condition()

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._moved:
            self._now += seconds
            self._moved.notify_all()

    def wait(self, seconds: float, interrupt: threading.Event) -> None:
        """Return when the time has been advanced so far, or when `interrupt` is set."""
        until = self._now + seconds
        with self._moved:
            while self._now < until and not interrupt.is_set():
                self._moved.wait(self._POLL_SECONDS)
