"""The request budget: 600 a minute for the whole tenant, one limiter a process.

Anaplan reference, "Request limit". Here requests wait before they are sent; how long one is repeated that was
answered with 429 stands in `retry_policies.py`, which holds all others back here meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from singer_kit.clock import Clock

#: Anaplan counts the requests of any minute.
WINDOW_SECONDS = 60.0


class RateLimiter:
    """A sliding log of the last minute's requests: no minute whatever holds more than the budget.

    Args:
        budget: Requests in any 60 seconds.
        clock: Where time passes.
    """

    def __init__(self, budget: int, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock
        self._sent: deque[float] = deque()
        self._paused_until = 0.0
        self._lock = threading.Lock()

    def acquire(self) -> None:
        """Wait until one more request fits in, and count it."""
        while (wait := self._try()) > 0:
            self._clock.sleep(wait)

    def pause(self, seconds: float) -> None:
        """Hold all threads back, because the server said that the tenant's budget is used up."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def _try(self) -> float:
        with self._lock:
            now = self._clock.monotonic()
            if now < self._paused_until:
                return self._paused_until - now
            while self._sent and self._sent[0] <= now - WINDOW_SECONDS:
                self._sent.popleft()
            if len(self._sent) < self._budget:
                self._sent.append(now)
                return 0.0
            return self._sent[0] + WINDOW_SECONDS - now
