"""The rate limit of the tenant: a bucket of tokens (Anaplan reference, "Request limit")."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import Settings

SECONDS_PER_MINUTE = 60


class RateLimit:
    """A bucket that holds a minute's requests and is refilled evenly."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tokens = float(settings.options.requests_per_minute)
        self._filled_at = settings.now

    def take(self) -> float | None:
        """Take a token for a request.

        Returns:
            None when there was one, else the seconds until there is.
        """
        capacity = self._settings.options.requests_per_minute
        per_second = capacity / SECONDS_PER_MINUTE
        now = self._settings.now
        self._tokens = min(capacity, self._tokens + (now - self._filled_at) * per_second)
        self._filled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return None
        return (1 - self._tokens) / per_second
