"""What became of a statement: whether it succeeded, and what its failure means.

Databricks reference, "Errors".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.service.sql import StatementState
from singer_kit.errors import PermanentError, clause

from target_databricks_uc import retry_policies
from target_databricks_uc.errors import Outcome, StatementError, StatementRetryableError

if TYPE_CHECKING:
    from databricks.sdk.service.sql import StatementResponse
    from singer_kit.errors import KitError


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
    **dict.fromkeys(retry_policies.STATEMENT_CONDITIONS, Outcome.RETRY),
    "FIELDS_ALREADY_EXISTS": Outcome.EXISTS,
    "FIELD_ALREADY_EXISTS": Outcome.EXISTS,
    "TABLE_OR_VIEW_ALREADY_EXISTS": Outcome.EXISTS,
    "SCHEMA_ALREADY_EXISTS": Outcome.EXISTS,
    # CREATE VOLUME IF NOT EXISTS answers so in a race (Databricks reference, "Races of CREATE").
    "VOLUME_ALREADY_EXISTS": Outcome.EXISTS,
    "TABLE_OR_VIEW_NOT_FOUND": Outcome.MISSING,
    "SCHEMA_NOT_FOUND": Outcome.MISSING,
    "UNRESOLVED_COLUMN": Outcome.LACKING,
    "INSUFFICIENT_PERMISSIONS": Outcome.DENIED,
    "PERMISSION_DENIED": Outcome.DENIED,
}
_BY_SQL_STATE = {
    **dict.fromkeys(retry_policies.STATEMENT_SQL_STATES, Outcome.RETRY),
    "42P07": Outcome.EXISTS,
    "42P06": Outcome.EXISTS,
    "42P01": Outcome.MISSING,
    "42704": Outcome.MISSING,
    "42501": Outcome.DENIED,
}
_BY_ERROR_CODE = {
    **dict.fromkeys(retry_policies.STATEMENT_ERROR_CODES, Outcome.RETRY),
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
    return StatementError(f"{what} failed: {failure.first_line}", outcome)


#: States in which a statement is asked about again.
_UNDER_WAY = (StatementState.PENDING, StatementState.RUNNING)


def is_under_way(answer: StatementResponse) -> bool:
    """Whether the statement has not ended yet."""
    return _state(answer) in _UNDER_WAY


def _state(answer: StatementResponse) -> StatementState | None:
    return answer.status.state if answer.status else None


def check_success(answer: StatementResponse, statement_id: str, what: str) -> None:
    """Raise unless the statement succeeded; CLOSED is a success whose result is gone.

    Raises:
        StatementRetryableError: It failed for a reason that passes.
        PermanentError: It failed for good, or somebody cancelled it.
    """
    state = _state(answer)
    if state in (StatementState.SUCCEEDED, StatementState.CLOSED):
        return
    if state is StatementState.CANCELED:
        raise PermanentError(f"{what}: the statement {statement_id} was cancelled on the warehouse")
    status = answer.status
    error = status.error if status else None
    code = error.error_code.value if error and error.error_code else ""
    text = (error.message if error else None) or f"the warehouse gives no reason {code}"
    raise statement_error(what, Failure(text, (status.sql_state if status else None) or "", code))
