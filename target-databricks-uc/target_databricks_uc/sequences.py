"""The values of `_sdc_sequence`: the order of arrival, over all streams and all runs."""

from __future__ import annotations


class Sequences:
    """The sequences of a run, which begin above those of all runs before it.

    Args:
        now: The clock in milliseconds.
        last: The highest sequence that any run has used: a clock that was set back must not hide newer rows
            behind older ones.
    """

    def __init__(self, now: int, last: int) -> None:
        self._next = max(now, last + 1)

    def take(self, how_many: int) -> int:
        """Take so many consecutive sequences; the first of them."""
        first = self._next
        self._next += how_many
        return first
