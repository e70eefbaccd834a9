"""Waiting that ends when the process is asked to end, in any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

_SLICE_SECONDS = 0.5


class WatchfulClock:
    """A clock whose sleep raises `Interrupted` soon after a signal, also in threads that no signal reaches.

    Args:
        clock: Where time passes.
        shutdown: Knows of signals.
    """

    def __init__(self, clock: Clock, shutdown: Shutdown) -> None:
        self._clock = clock
        self._shutdown = shutdown
        self.time = clock.time
        self.monotonic = clock.monotonic

    def now(self) -> datetime:
        """The moment as an aware UTC datetime."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait, in slices."""
        self._shutdown.check()
        while seconds > 0:
            self._clock.sleep(min(seconds, _SLICE_SECONDS))
            self._shutdown.check()
            seconds -= _SLICE_SECONDS
