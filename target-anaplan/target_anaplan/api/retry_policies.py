"""Which failed request is sent again, how often, and for how long before the run gives up.

That is: no answer, 410 and 5xx (`LostAnswerError`), 429 (`TooManyRequestsError`), 409 and 423
(`ModelBusyError`); `answers.py` has the table. The start of an import has rules of its own (`task_start.py`).
"""

from __future__ import annotations

import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from singer_kit.retry import RetryPolicy, call_with_retry

from target_anaplan.errors import LostAnswerError, ModelBusyError, TooManyRequestsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock

    from target_anaplan.api.request_budget import RateLimiter

#: How often a request without an answer is sent.
LOST_ANSWER_TRIES = 8
#: The same where a person waits for the result.
LOST_ANSWER_TRIES_BEFORE_A_PERSON = 2

_LOST_ANSWER_BUDGET = 300.0
_TOO_MANY_REQUESTS = RetryPolicy(max_tries=sys.maxsize, base=2.0, cap=60.0, budget=900.0)

_T = TypeVar("_T")
_logger = logging.getLogger(__name__)


def busy_model_policy(lock_wait_seconds: int) -> RetryPolicy:
    """How a busy or locked model is waited for."""
    return RetryPolicy(max_tries=sys.maxsize, base=2.0, cap=30.0, budget=lock_wait_seconds)


class Retries:
    """The patience with failed requests, one for each error, where sending again is safe and may help.

    Args:
        limiter: Told that the tenant's requests are used up.
        clock: Where waits pass.
        lock_wait_seconds: How long a busy or locked model is waited for.
        lost_answer_tries: How often a request without an answer is sent.
    """

    def __init__(
        self,
        limiter: RateLimiter,
        clock: Clock,
        *,
        lock_wait_seconds: int,
        lost_answer_tries: int = LOST_ANSWER_TRIES,
    ) -> None:
        self._limiter = limiter
        self._clock = clock
        self._policies: dict[type[Exception], RetryPolicy] = {
            # A busy model keeps some calls waiting until they time out (Anaplan reference, "Busy models").
            LostAnswerError: RetryPolicy(
                max_tries=lost_answer_tries,
                base=1.0,
                cap=60.0,
                budget=max(_LOST_ANSWER_BUDGET, lock_wait_seconds),
            ),
            TooManyRequestsError: _TOO_MANY_REQUESTS,
            ModelBusyError: busy_model_policy(lock_wait_seconds),
        }

    def call(self, send: Callable[[], _T], *, repeatable: bool) -> _T:
        """Send until it succeeds, fails for good, or the patience for its failure is used up.

        Args:
            send: Sends the request once.
            repeatable: Whether sending it twice does no harm; if not, a lost answer is the caller's matter.
        """
        waited: list[float] = []
        for error_class, policy in self._policies.items():
            if error_class is not LostAnswerError or repeatable:
                send = partial(
                    call_with_retry,
                    send,
                    policy=policy,
                    clock=self._clock,
                    is_retryable=partial(_is_a, error_class),
                    on_retry=partial(self._on_retry, waited),
                )
        try:
            answer = send()
        except ModelBusyError as error:
            raise ModelBusyError(
                f"{error.problem}; it was waited for {sum(waited):.0f} s",
                retry_after=error.retry_after,
                setting=error.setting,
                remedy=error.remedy,
            ) from error
        if waited:
            _logger.info("The model was locked or busy for %.0f s", sum(waited))
        return answer

    def _on_retry(self, waited: list[float], error: Exception, attempt: int, wait: float) -> None:
        if isinstance(error, ModelBusyError):
            waited.append(wait)
        if isinstance(error, TooManyRequestsError):
            self._limiter.pause(wait)
        problem = getattr(error, "problem", error)
        _logger.warning("%s; attempt %d follows in %.1f s", problem, attempt + 1, wait)


def _is_a(error_class: type[Exception], error: Exception) -> bool:
    return isinstance(error, error_class)
