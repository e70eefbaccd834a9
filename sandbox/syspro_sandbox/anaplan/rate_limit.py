"""The rate limit of the tenant, over all of its users (Anaplan reference, "Request limit")."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import Settings

SECONDS_PER_MINUTE = 60


class RateLimit:
    """A bucket that holds a minute's requests and is refilled evenly; or, by a switch, a sliding minute."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tokens = float(settings.options.requests_per_minute)
        self._filled_at = settings.now
        self._taken: deque[float] = deque()

    def take(self) -> float | None:
        """Take a token for a request.

        Returns:
            None when there was one, else the seconds until there is.
        """
        if self._settings.options.rate_limit == "window":
            return self._take_from_window()
        return self._take_from_bucket()

    def _take_from_bucket(self) -> float | None:
        capacity = self._settings.options.requests_per_minute
        per_second = capacity / SECONDS_PER_MINUTE
        now = self._settings.now
        self._tokens = min(capacity, self._tokens + (now - self._filled_at) * per_second)
        self._filled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return None
        return (1 - self._tokens) / per_second

    def _take_from_window(self) -> float | None:
        """Allow no 60 seconds more requests than a minute may have."""
        now = self._settings.now
        while self._taken and self._taken[0] <= now - SECONDS_PER_MINUTE:
            self._taken.popleft()
        if len(self._taken) < self._settings.options.requests_per_minute:
            self._taken.append(now)
            return None
        return self._taken[0] + SECONDS_PER_MINUTE - now
