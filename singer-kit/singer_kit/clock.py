"""Time as a value that is handed in, so that retries, polls and ages are tested without waiting."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(Protocol):
    """What the code may ask of time."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def now(self) -> datetime:
        """The same moment as an aware UTC datetime."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards, from an arbitrary start."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        ...


class SystemClock:
    """The machine's clock.

    Args:
        around_sleep: Entered for the time of each sleep; `Shutdown.reading` makes a signal end the sleep.
    """

    def __init__(self, around_sleep: Callable[[], AbstractContextManager[object]] = nullcontext) -> None:
        self._around_sleep = around_sleep

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def now(self) -> datetime:
        """The same moment as an aware UTC datetime."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block for so many seconds."""
        with self._around_sleep():
            time.sleep(seconds)


class ManualClock:
    """A clock for tests: only `sleep` and `advance` move it.

    Args:
        start: Seconds since the epoch at which it stands first.
    """

    def __init__(self, start: float = 1_781_697_600.0) -> None:
        self._time = start
        self.slept: list[float] = []

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._time

    def now(self) -> datetime:
        """The same moment as an aware UTC datetime."""
        return datetime.fromtimestamp(0, timezone.utc) + timedelta(seconds=self._time)

    def monotonic(self) -> float:
        """The same seconds: nothing sets this clock back."""
        return self._time

    def sleep(self, seconds: float) -> None:
        """Advance at once and note it in `slept`."""
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        self._time += seconds
