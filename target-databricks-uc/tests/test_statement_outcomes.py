"""What the failure of a statement means."""

import pytest
from target_databricks_uc.errors import Outcome, StatementError, StatementRetryableError
from target_databricks_uc.statement_outcomes import Failure, classify, statement_error


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (Failure("[DELTA_CONCURRENT_APPEND.WITH_PARTITION_HINT] x", "42601"), Outcome.RETRY),
        (Failure("x", "2D521", "BAD_REQUEST"), Outcome.RETRY),
        (Failure("[NEW_CONDITION] x", "", "INTERNAL_ERROR"), Outcome.PERMANENT),
        (Failure("no sign at all", "", "INTERNAL_ERROR"), Outcome.RETRY),
        (Failure("no sign at all", "", "BAD_REQUEST"), Outcome.PERMANENT),
        (Failure("[FIELDS_ALREADY_EXISTS] x"), Outcome.EXISTS),
        (Failure("[VOLUME_ALREADY_EXISTS] x", "42710", "BAD_REQUEST"), Outcome.EXISTS),
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
