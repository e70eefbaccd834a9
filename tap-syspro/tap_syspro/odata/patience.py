"""How long failed attempts may go on: per request, per part (one table of one company), per run.

Time in which rows come is not bounded: a first load may take a night. What is bounded is the time that failed
attempts and the waits behind them cost, so that a dead server cannot hold a run for hours.
"""

from __future__ import annotations

import threading

from tap_syspro.errors import ServiceBusyError

#: How long one request may be repeated, beside the time-out of an attempt. A longer `Retry-After` is not
#: obeyed: the part fails, and the next run asks again.
REQUEST_SECONDS = 300.0
#: What failed attempts may cost one part of a run.
PART_SECONDS = 900.0
#: What failed attempts may cost a run; behind it each request has one attempt.
RUN_SECONDS = 3600.0
#: How many times the time-out a single answer may take from its first byte to its last.
ANSWER_TIMEOUTS = 4


class Patience:
    """Seconds that may be lost to failed attempts; several threads draw on them.

    Args:
        seconds: How many there are.
        what: Whose they are, for the user.
    """

    def __init__(self, seconds: float, what: str) -> None:
        self._seconds = seconds
        self._what = what
        self._lost = 0.0
        self._lock = threading.Lock()

    def spend(self, seconds: float, error: Exception) -> None:
        """Draw on them for a failed attempt and the wait behind it.

        Args:
            seconds: What both cost together.
            error: Why the attempt failed.

        Raises:
            ServiceBusyError: When they are used up.
        """
        with self._lock:
            self._lost += seconds
            used_up = self._lost > self._seconds
        if used_up and isinstance(error, ServiceBusyError):
            raise ServiceBusyError(
                f"{error.problem}; it is not asked again, as {self._what} has lost {self._seconds:,.0f} s to "
                "failed attempts",
                unreachable=error.unreachable,
            ) from error
