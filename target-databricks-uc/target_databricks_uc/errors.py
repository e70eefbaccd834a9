"""What a failed statement or request means, and what to do about it, in one table (databricks.md 3.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from singer_kit.errors import PermanentError, RetryableError


class Outcome(Enum):
    """What to do about a failure."""

    #: Nothing was committed, or the platform has a bad moment: the same again.
    RETRY = auto()
    #: Another writer was faster; what we wanted is there.
    EXISTS = auto()
    #: An object is not there.
    MISSING = auto()
    #: A grant is missing.
    DENIED = auto()
    #: The same statement would fail again.
    PERMANENT = auto()


@dataclass(frozen=True)
class Failure:
    """How Databricks describes a failed statement.

    Attributes:
        message: The text, which begins with the error condition in brackets.
        sql_state: SQLSTATE, where given.
        error_code: Code of the Statement Execution API.
    """

    message: str
    sql_state: str = ""
    error_code: str = ""

    @property
    def condition(self) -> str:
        """Name of the error condition, such as `TABLE_OR_VIEW_NOT_FOUND`."""
        found = re.search(r"\[([A-Z][A-Z0-9_]+)[\].]", self.message)
        return found[1] if found else ""


_BY_CONDITION = {
    "DELTA_CONCURRENT_APPEND": Outcome.RETRY,
    "DELTA_CONCURRENT_DELETE_READ": Outcome.RETRY,
    "DELTA_CONCURRENT_DELETE_DELETE": Outcome.RETRY,
    "DELTA_CONCURRENT_WRITE": Outcome.RETRY,
    "DELTA_CONCURRENT_TRANSACTION": Outcome.RETRY,
    "DELTA_METADATA_CHANGED": Outcome.RETRY,
    "DELTA_PROTOCOL_CHANGED": Outcome.RETRY,
    # Every statement casts to the types it wants, so analysing it again is enough.
    "DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS": Outcome.RETRY,
    "FIELDS_ALREADY_EXISTS": Outcome.EXISTS,
    "FIELD_ALREADY_EXISTS": Outcome.EXISTS,
    "TABLE_OR_VIEW_ALREADY_EXISTS": Outcome.EXISTS,
    "SCHEMA_ALREADY_EXISTS": Outcome.EXISTS,
    "TABLE_OR_VIEW_NOT_FOUND": Outcome.MISSING,
    "SCHEMA_NOT_FOUND": Outcome.MISSING,
    "INSUFFICIENT_PERMISSIONS": Outcome.DENIED,
    "PERMISSION_DENIED": Outcome.DENIED,
}
_BY_SQL_STATE = {
    "2D521": Outcome.RETRY,
    "KD007": Outcome.RETRY,
    "42P07": Outcome.EXISTS,
    "42P06": Outcome.EXISTS,
    "42P01": Outcome.MISSING,
    "42704": Outcome.MISSING,
    "42501": Outcome.DENIED,
}
_BY_ERROR_CODE = {
    "ABORTED": Outcome.RETRY,
    "DEADLINE_EXCEEDED": Outcome.RETRY,
    "INTERNAL_ERROR": Outcome.RETRY,
    "IO_ERROR": Outcome.RETRY,
    "RESOURCE_EXHAUSTED": Outcome.RETRY,
    "SERVICE_UNDER_MAINTENANCE": Outcome.RETRY,
    "TEMPORARILY_UNAVAILABLE": Outcome.RETRY,
    "UNKNOWN": Outcome.RETRY,
    "WORKSPACE_TEMPORARILY_UNAVAILABLE": Outcome.RETRY,
    "ALREADY_EXISTS": Outcome.EXISTS,
}


def classify(failure: Failure) -> Outcome:
    """Decide by what is most specific: the condition, the SQLSTATE, the API's code."""
    if failure.condition in _BY_CONDITION:
        return _BY_CONDITION[failure.condition]
    if failure.sql_state in _BY_SQL_STATE:
        return _BY_SQL_STATE[failure.sql_state]
    if failure.condition or failure.sql_state:
        return Outcome.PERMANENT
    return _BY_ERROR_CODE.get(failure.error_code, Outcome.PERMANENT)


class StatementRetryableError(RetryableError):
    """A statement failed for a reason that passes."""


class StatementError(PermanentError):
    """A statement failed for good.

    Args:
        what: What the statement was for.
        failure: What Databricks says about it.
        outcome: What that means.
    """

    def __init__(self, what: str, failure: Failure, outcome: Outcome) -> None:
        self.failure = failure
        self.outcome = outcome
        first_line = failure.message.strip().split("\n", 1)[0]
        hint = " See the GRANT statements in the README." if outcome is Outcome.DENIED else ""
        super().__init__(f"{what} failed: {first_line}{hint}")


def raise_failure(what: str, failure: Failure) -> None:
    """Raise the error that a failure stands for."""
    outcome = classify(failure)
    if outcome is Outcome.RETRY:
        first_line = failure.message.strip().split("\n", 1)[0]
        raise StatementRetryableError(f"{what} failed for now: {first_line}")
    raise StatementError(what, failure, outcome)


class AbsentError(PermanentError):
    """What a request asks for does not exist."""


class DeniedError(PermanentError):
    """A grant is missing."""
