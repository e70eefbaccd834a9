"""How often, how long and with which pauses anything is tried again; `errors` says what is worth it."""

from __future__ import annotations

import logging
from dataclasses import replace

from singer_kit.errors import clause
from singer_kit.retry import RetryPolicy

logger = logging.getLogger(__name__)

#: For requests to the workspace.
REQUEST = RetryPolicy(max_tries=10, base=1, cap=60, budget=900)
#: For requests of `--test`, where a person waits.
TEST_REQUEST = RetryPolicy(max_tries=1)
#: For Delta conflicts and the platform's bad moments: every statement of ours may be sent again.
STATEMENT = RetryPolicy(max_tries=8, base=1, cap=30, budget=900)
#: At most so often is a login tried: a wrong address looks like a network that is down.
_LOGIN_TRIES = 4


def for_login(request: RetryPolicy) -> RetryPolicy:
    """The policy of the login that a request needs first."""
    return replace(request, max_tries=min(request.max_tries, _LOGIN_TRIES))


def log_retry(error: Exception, attempt: int, wait: float) -> None:
    """Tell of a failed attempt."""
    logger.warning("%s; attempt %d, again in %.1f s", clause(str(error)), attempt, wait)
