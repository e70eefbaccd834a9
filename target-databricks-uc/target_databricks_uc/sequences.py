"""The values of `_sdc_sequence`: the order of arrival, over all streams and all runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from singer_kit.clock import Clock

#: Sequences of one millisecond: more than can arrive in it, so that they never outrun the clock. One that
#: did would, after a kill before the entry in `_loads`, keep out the newer rows of the next run.
_PER_MILLISECOND = 2**20


class Sequences:
    """The sequences of a run, which begin above those of all runs before it and follow the clock.

    Args:
        clock: Where time passes.
        last: The highest sequence that any run has used: a clock that was set back must not hide newer rows
            behind older ones.
    """

    def __init__(self, clock: Clock, last: int) -> None:
        self._clock = clock
        self._next = last + 1

    def take(self, how_many: int) -> int:
        """Take so many consecutive sequences; the first of them."""
        first = max(self._next, int(self._clock.time() * 1000) * _PER_MILLISECOND)
        self._next = first + how_many
        return first
