"""Trying again: exponential back-off with full jitter, Retry-After, and a budget of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

import backoff

from singer_kit.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long.

    Attributes:
        max_tries: Attempts in all, the first included.
        base: Upper limit of the first wait in seconds; it doubles with every attempt.
        cap: Upper limit of every wait that we choose ourselves.
        budget: Seconds after which no further attempt is started; None for no limit.
    """

    max_tries: int
    base: float = 1.0
    cap: float = 60.0
    budget: float | None = None


def _is_retryable_error(error: Exception) -> bool:
    return isinstance(error, RetryableError)


def call_with_retry(
    fn: Callable[[], T],
    *,
    policy: RetryPolicy,
    clock: Clock,
    is_retryable: Callable[[Exception], bool] = _is_retryable_error,
    on_retry: Callable[[Exception, int, float], None] | None = None,
) -> T:
    """Call until it succeeds, fails for good, or the policy is used up; then the last error is raised.

    A `RetryableError.retry_after` takes the place of the wait that the policy would choose.

    Args:
        fn: What to call.
        policy: Attempts and waits.
        clock: Where time passes.
        is_retryable: Which errors are worth another attempt.
        on_retry: Told the error, the number of the failed attempt (from 1) and the wait before the next one.

    Returns:
        What the call returned.
    """
    waits = backoff.expo(factor=policy.base, max_value=policy.cap)
    next(waits)  # the generator's first value only starts it
    started = clock.monotonic()
    attempt = 0
    while True:
        attempt += 1
        try:
            return fn()
        except Exception as error:
            if attempt >= policy.max_tries or not is_retryable(error):
                raise
            chosen = backoff.full_jitter(next(waits))
            asked = error.retry_after if isinstance(error, RetryableError) else None
            wait = chosen if asked is None else asked
            if policy.budget is not None and clock.monotonic() - started + wait > policy.budget:
                raise
            if on_retry is not None:
                on_retry(error, attempt, wait)
        clock.sleep(wait)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds, or an HTTP date (RFC 9110, 10.2.3).

    Args:
        value: The header's value, None when it is missing.
        now: The moment that a date is counted from (aware).

    Returns:
        Seconds to wait, never negative; None when there is nothing usable in the header.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max(0.0, (aware - now).total_seconds())
