"""Time as a value that is handed in, so that retries, polls and ages are tested without waiting."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from singer_kit.shutdown import Shutdown

#: No signal reaches a thread other than the main one: there, a sleep looks for it so often.
_SLICE_SECONDS = 0.5


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
        """Let so many seconds pass; a clock that knows of signals raises `Interrupted` instead."""
        ...


class SystemClock:
    """The machine's clock.

    Args:
        shutdown: Ends every sleep with `Interrupted` when a signal arrives: in the main thread at once, in
            another within half a second. None for sleeps that no signal ends.
    """

    def __init__(self, shutdown: Shutdown | None = None) -> None:
        self._shutdown = shutdown

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
        """Block for so many seconds.

        Raises:
            Interrupted: A signal arrived.
        """
        if self._shutdown is None:
            time.sleep(seconds)
            return
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with self._shutdown.reading():
                time.sleep(min(left, _SLICE_SECONDS))
        self._shutdown.check()


class ManualClock:
    """A clock for tests: only `sleep` and `advance` move it.

    Args:
        start: Seconds since the epoch at which it stands first.
        shutdown: Ends every sleep with `Interrupted` once a signal has arrived, as the machine's clock does.
    """

    def __init__(self, start: float = 1_781_697_600.0, shutdown: Shutdown | None = None) -> None:
        self._time = start
        self._shutdown = shutdown
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
        """Advance at once and note it in `slept`.

        Raises:
            Interrupted: A signal has arrived.
        """
        if self._shutdown is not None:
            self._shutdown.check()
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        self._time += seconds
