"""How far a long piece of work is, told every few seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock

#: Seconds between two lines.
INTERVAL = 10.0


class Progress:
    """A count of records that tells now and then how many there are and how fast they come.

    Args:
        tell: Takes a line, such as a logger's `info`.
        clock: Where time passes.
        work: What is being done, such as "Reading invoices".
        interval: Seconds between two lines.
    """

    def __init__(
        self, tell: Callable[[str], object], clock: Clock, work: str, interval: float = INTERVAL
    ) -> None:
        self.count = 0
        self._tell = tell
        self._clock = clock
        self._work = work
        self._interval = interval
        self._started = self._told_at = clock.monotonic()
        self._told = 0

    def add(self, count: int) -> None:
        """Count records, and tell when it is time."""
        self.count += count
        now = self._clock.monotonic()
        passed = now - self._told_at
        if passed >= self._interval:
            rate = (self.count - self._told) / passed
            self._tell(f"{self._work}: {self.count:,} records so far, {rate:,.0f} a second")
            self._told, self._told_at = self.count, now

    @property
    def summary(self) -> str:
        """How many records there were, and how long they took."""
        return f"{self.count:,} records in {self._clock.monotonic() - self._started:.1f} s"
