"""What a failed request, login or statement means, and which error says so (Databricks reference, "Errors").

Retryable: `StatementRetryableError`, and the `RetryableError` of singer_kit for requests and logins.
Permanent: `AbsentError`, `DeniedError`, `TokenRefusedError`, `StatementError`. Data: `MissingKeyError`.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import requests
from databricks.sdk.errors import (
    BadRequest,
    NotFound,
    NotImplemented,  # noqa: A004  # the SDK's name for HTTP 501
    PermissionDenied,
    ResourceConflict,
    Unauthenticated,
)
from databricks.sdk.errors.base import DatabricksError
from singer_kit.errors import DataError, KitError, PermanentError, RetryableError, SettingsError, clause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_databricks_uc.settings import WorkspaceSettings


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
        denied = outcome is Outcome.DENIED
        remedy = "See the GRANT statements in the README of target-databricks-uc" if denied else None
        super().__init__(f"{what} failed: {failure.first_line}", remedy=remedy)


class AbsentError(PermanentError):
    """What a request asks for does not exist."""


class DeniedError(PermanentError):
    """A grant is missing."""


class TokenRefusedError(PermanentError):
    """The workspace does not accept the token."""


class MissingKeyError(DataError):
    """A record lacks a property of its key."""


# Requests

#: Requests that Databricks refuses for what they are; everything else may pass.
_REFUSED = (BadRequest, NotImplemented, ResourceConflict)
_WRONG_CREDENTIALS = ("invalid_client", "unauthorized", "invalid_grant", "access_denied")


@contextmanager
def explained_request_errors(what: str) -> Iterator[None]:
    """Turn what the SDK raises for a request into what it means.

    Args:
        what: What the request does.

    Raises:
        TokenRefusedError: Databricks does not accept the token, or gives no new one.
        DeniedError: A grant is missing.
        AbsentError: What it asks for does not exist.
        PermanentError: It is refused.
        RetryableError: Anything else, which may pass.
    """
    try:
        yield
    except Unauthenticated as error:
        raise TokenRefusedError(
            f"{what}: Databricks does not accept the token: {_first_line(error)}"
        ) from error
    except PermissionDenied as error:
        raise DeniedError(f"{what} is not allowed: {_first_line(error)}") from error
    except NotFound as error:
        raise AbsentError(f"{what}: {_first_line(error)}") from error
    except _REFUSED as error:
        raise PermanentError(f"{what} was refused: {_first_line(error)}") from error
    except DatabricksError as error:
        problem = f"{what} failed: {_first_line(error)}"
        raise RetryableError(problem, retry_after=error.retry_after_secs) from error
    except (requests.RequestException, TimeoutError, ConnectionError) as error:
        raise RetryableError(f"{what} failed: {_first_line(error)}") from error
    except (ValueError, KeyError) as error:
        # So the SDK reports a token that it could not renew (Databricks reference, "Tokens in the SDK").
        if any(sign in str(error) for sign in _WRONG_CREDENTIALS):
            raise TokenRefusedError(f"{what}: Databricks gives no new token: {_first_line(error)}") from error
        raise RetryableError(f"{what} failed, no token: {_first_line(error)}") from error


@contextmanager
def explained_login_errors(settings: WorkspaceSettings) -> Iterator[None]:
    """Turn what the SDK raises for a login into what it means.

    Raises:
        SettingsError: The credentials or the account are wrong.
        RetryableError: Anything else, which may pass.
    """
    try:
        yield
    except (ValueError, KeyError, requests.RequestException, TimeoutError, DatabricksError) as error:
        raise _login_error(error, settings) from error


def _login_error(error: Exception, settings: WorkspaceSettings) -> KitError:
    text = str(error)
    if any(sign in text for sign in _WRONG_CREDENTIALS):
        return SettingsError(
            f"Databricks refuses the service principal {settings.client_id}",
            setting="client_secret",
            remedy="Check `client_id`, and that the OAuth secret belongs to it and has not expired",
        )
    if settings.account_id and "not found" in text:
        return SettingsError(
            f"There is no account {settings.account_id!r}",
            setting="account_id",
            remedy="Copy it from the account console, or leave it out to log in at the workspace",
        )
    if isinstance(error, (requests.RequestException, TimeoutError)) or "Invalid URL 'None'" in text:
        return RetryableError(
            f"No Databricks workspace answers at {settings.host}",
            setting="host",
            remedy="Check the address and that this machine reaches it",
        )
    return RetryableError(f"Login to {settings.host} failed: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    """What happened, without the configuration that the SDK appends."""
    return clause(str(error).strip().split("\n", 1)[0].partition(". Config: ")[0])


# Statements


class Outcome(Enum):
    """What to do about a failed statement."""

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

    @property
    def first_line(self) -> str:
        """The text without what follows its first line."""
        return clause(self.message.strip().split("\n", 1)[0])


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


def statement_error(what: str, failure: Failure) -> KitError:
    """The error that a failed statement stands for.

    Args:
        what: What the statement was for.
        failure: What Databricks says about it.
    """
    outcome = classify(failure)
    if outcome is Outcome.RETRY:
        return StatementRetryableError(f"{what} failed for now: {failure.first_line}")
    return StatementError(what, failure, outcome)
