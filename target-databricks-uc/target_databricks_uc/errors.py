"""The errors of this target, beside those of singer_kit.

Retryable: `StatementRetryableError`, and the `RetryableError` of singer_kit for requests and logins.
Permanent: `AbsentError`, `DeniedError`, `TokenRefusedError`, `StatementError`, `ArrivalError`. Data:
`MissingKeyError`.
"""

from __future__ import annotations

from enum import Enum, auto

from singer_kit.errors import DataError, PermanentError, RetryableError, clause


class AbsentError(PermanentError):
    """What a request asks for does not exist."""


class DeniedError(PermanentError):
    """A grant is missing."""


class TokenRefusedError(PermanentError):
    """The workspace does not accept the token."""


class ArrivalError(PermanentError):
    """What was staged is not in its table."""


class MissingKeyError(DataError):
    """A record lacks a property of its key."""


class Outcome(Enum):
    """What to do about a failed statement."""

    #: Nothing was committed, or the platform has a bad moment: the same again.
    RETRY = auto()
    #: Another writer was faster; what we wanted is there.
    EXISTS = auto()
    #: An object is not there.
    MISSING = auto()
    #: A column is not there.
    LACKING = auto()
    #: A grant is missing.
    DENIED = auto()
    #: The same statement would fail again.
    PERMANENT = auto()


class StatementRetryableError(RetryableError):
    """A statement failed for a reason that passes."""


class StatementError(PermanentError):
    """A statement failed for good.

    Args:
        problem: What failed, and what Databricks says about it.
        outcome: What that means.
    """

    def __init__(self, problem: str, outcome: Outcome) -> None:
        self.outcome = outcome
        denied = outcome is Outcome.DENIED
        remedy = "See the GRANT statements in the README of target-databricks-uc" if denied else None
        super().__init__(problem, remedy=remedy)


def first_line(error: Exception) -> str:
    """What happened, without the configuration that databricks.sdk appends."""
    return clause(str(error).strip().split("\n", 1)[0].partition(". Config: ")[0])
