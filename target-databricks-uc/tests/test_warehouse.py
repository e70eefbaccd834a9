"""Statements over HTTP, with answers that a good day does not bring.

Databricks reference, "Statements", "Retries of the SDK" and "Errors".
"""

import pytest
from singer_kit.clock import ManualClock
from singer_kit.errors import PermanentError, SettingsError
from singer_kit.shutdown import Interrupted, Shutdown
from target_databricks_uc.errors import Outcome, StatementError
from target_databricks_uc.warehouse import Warehouse

from .scripted_workspace import (
    RUNNING,
    STATEMENTS,
    SUCCEEDED,
    ScriptedWorkspace,
    execute,
    failed,
    rows,
    submitted,
    workspace_of,
)

pytestmark = pytest.mark.server


def test_a_statement_is_submitted_without_waiting_and_polled_ever_more_slowly():
    clock = ManualClock()
    result, server = execute(RUNNING, *[RUNNING] * 14, SUCCEEDED, clock=clock)
    assert result.statement_id == "s1"
    [body] = submitted(server)
    assert (body["wait_timeout"], body["warehouse_id"]) == ("0s", "w1")
    assert body["query_tags"] == [{"key": "tool", "value": "t"}]
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[-1] == 5.0


def test_rows_come_in_chunks():
    result, _ = execute(
        rows(["a", "b"], ["1", None], following=1), {"data_array": [["2", "x"]], "chunk_index": 1}
    )
    assert result.rows == [{"a": "1", "b": None}, {"a": "2", "b": "x"}]


def test_closed_is_success():
    result, _ = execute({"statement_id": "s1", "status": {"state": "CLOSED"}})
    assert result.rows == []


@pytest.mark.parametrize(
    "passing",
    [
        failed("[DELTA_CONCURRENT_APPEND] Files were added by a concurrent update.", sql_state="2D521"),
        failed("[DELTA_METADATA_CHANGED] The metadata has changed."),
        failed("no slots", code="RESOURCE_EXHAUSTED"),
        failed("try later", code="TEMPORARILY_UNAVAILABLE"),
    ],
)
def test_what_passes_is_sent_again(passing):
    result, server = execute(passing, SUCCEEDED)
    assert result.statement_id == "s1"
    assert len(submitted(server)) == 2


@pytest.mark.parametrize(
    ("message", "sql_state", "outcome"),
    [
        ("[TABLE_OR_VIEW_NOT_FOUND] The table or view `t` cannot be found.", "42P01", Outcome.MISSING),
        ("[FIELDS_ALREADY_EXISTS] Cannot add column", None, Outcome.EXISTS),
        ("[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.", "42601", Outcome.PERMANENT),
        ("[INSUFFICIENT_PERMISSIONS] Insufficient privileges", "42501", Outcome.DENIED),
        ("[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] x", "21506", Outcome.PERMANENT),
    ],
)
def test_what_does_not_pass_is_not(message, sql_state, outcome):
    with pytest.raises(StatementError, match="Loading t failed") as caught:
        execute(failed(message, sql_state=sql_state))
    assert caught.value.outcome is outcome
    assert len(submitted(caught.value.server)) == 1


def test_a_statement_that_somebody_cancelled_is_not_started_again():
    with pytest.raises(PermanentError, match="s1 was cancelled on the warehouse"):
        execute(RUNNING, {"statement_id": "s1", "status": {"state": "CANCELED"}})


def test_a_statement_that_the_warehouse_forgot_is_sent_again():
    gone = (404, {"error_code": "NOT_FOUND", "message": "The statement s1 was not found."}, {})
    _, server = execute(RUNNING, gone, SUCCEEDED)
    assert len(submitted(server)) == 2


def test_a_statement_without_end_is_cancelled(monkeypatch):
    monkeypatch.setattr("target_databricks_uc.statement_execution._STATEMENT_SECONDS", 10)
    with pytest.raises(PermanentError, match="did not end") as caught:
        execute(*[RUNNING] * 30)
    assert caught.value.server.requests[-1][1] == f"{STATEMENTS}/s1/cancel"


def test_a_signal_cancels_the_statement_that_runs():
    shutdown = Shutdown()

    class SignalledClock(ManualClock):
        def sleep(self, seconds):
            super().sleep(seconds)
            if len(self.slept) == 3:
                shutdown.requested = 15

    with ScriptedWorkspace(*[RUNNING] * 9) as server:
        workspace = workspace_of(server.url, SignalledClock(shutdown=shutdown))
        with pytest.raises(Interrupted):
            Warehouse(workspace).execute("MERGE", "Loading t", {})
        assert server.requests[-1][:2] == ("POST", f"{STATEMENTS}/s1/cancel")


def test_a_warehouse_that_is_not_there_is_a_wrong_setting():
    gone = (404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such warehouse"}, {})
    with pytest.raises(SettingsError) as caught:
        execute(gone)
    assert caught.value.setting == "warehouse_id"
