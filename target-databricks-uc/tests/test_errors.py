"""Which answer of Databricks means which error."""

import pytest
from singer_kit.errors import PermanentError
from target_databricks_uc.errors import (
    AbsentError,
    DeniedError,
    Failure,
    Outcome,
    StatementError,
    StatementRetryableError,
    classify,
    statement_error,
)

from .scripted_workspace import ScriptedWorkspace, workspace_of


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (Failure("[DELTA_CONCURRENT_APPEND.WITH_PARTITION_HINT] x", "42601"), Outcome.RETRY),
        (Failure("x", "2D521", "BAD_REQUEST"), Outcome.RETRY),
        (Failure("[NEW_CONDITION] x", "", "INTERNAL_ERROR"), Outcome.PERMANENT),
        (Failure("no sign at all", "", "INTERNAL_ERROR"), Outcome.RETRY),
        (Failure("no sign at all", "", "BAD_REQUEST"), Outcome.PERMANENT),
        (Failure("[FIELDS_ALREADY_EXISTS] x"), Outcome.EXISTS),
        (Failure("[TABLE_OR_VIEW_NOT_FOUND] x"), Outcome.MISSING),
        (Failure("[INSUFFICIENT_PERMISSIONS] x"), Outcome.DENIED),
    ],
)
def test_the_most_specific_sign_decides(failure, outcome):
    assert classify(failure) is outcome


def test_a_failure_that_passes_is_retryable():
    error = statement_error("Loading t", Failure("[DELTA_METADATA_CHANGED] The metadata has changed.\nmore"))
    assert isinstance(error, StatementRetryableError)
    assert str(error) == "Loading t failed for now: [DELTA_METADATA_CHANGED] The metadata has changed."


def test_a_missing_grant_says_where_the_grants_stand():
    error = statement_error("Loading t", Failure("[INSUFFICIENT_PERMISSIONS] No."))
    assert isinstance(error, StatementError)
    assert error.problem == "Loading t failed: [INSUFFICIENT_PERMISSIONS] No"
    assert "GRANT" in error.remedy


@pytest.mark.server
@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, DeniedError, "is not allowed"),
        (404, AbsentError, "Looking up"),
        (400, PermanentError, "was refused"),
    ],
)
def test_requests_that_are_refused_are_not_made_again(status, kind, words):
    answer = (status, {"error_code": "X", "message": "because"}, {})
    with ScriptedWorkspace(answer) as server, pytest.raises(kind, match=words):
        workspace_of(server.url).call(lambda client: client.schemas.get("a.b"), "Looking up")
    assert len(server.requests) == 1
