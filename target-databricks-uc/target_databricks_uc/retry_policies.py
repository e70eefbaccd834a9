"""What is worth another try, how often, for how long and with which pauses."""

from __future__ import annotations

import logging
from dataclasses import replace

from databricks.sdk.errors import BadRequest, NotImplemented, ResourceConflict  # noqa: A004  # HTTP 501
from singer_kit.errors import clause
from singer_kit.retry import RetryPolicy

logger = logging.getLogger(__name__)

#: Requests that Databricks refuses for what they are; but for 401, 403 and 404, everything else may pass.
REQUEST_NOT_AGAIN = (BadRequest, NotImplemented, ResourceConflict)
#: Statements that failed so are sent again, by error condition, SQLSTATE, or code of the API: nothing was
#: committed, or the platform has a bad moment (Databricks reference, "Errors").
STATEMENT_CONDITIONS = (
    "DELTA_CONCURRENT_APPEND",
    "DELTA_CONCURRENT_DELETE_READ",
    "DELTA_CONCURRENT_DELETE_DELETE",
    "DELTA_CONCURRENT_WRITE",
    "DELTA_CONCURRENT_TRANSACTION",
    "DELTA_METADATA_CHANGED",
    "DELTA_PROTOCOL_CHANGED",
    # Every statement casts to the types it wants, so analysing it again is enough.
    "DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS",
)
STATEMENT_SQL_STATES = (
    "2D521",
    "KD007",
)
STATEMENT_ERROR_CODES = (
    "ABORTED",
    "DEADLINE_EXCEEDED",
    "INTERNAL_ERROR",
    "IO_ERROR",
    "RESOURCE_EXHAUSTED",
    "SERVICE_UNDER_MAINTENANCE",
    "TEMPORARILY_UNAVAILABLE",
    "UNKNOWN",
    "WORKSPACE_TEMPORARILY_UNAVAILABLE",
)

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
