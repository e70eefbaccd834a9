from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound, ResourceDoesNotExist
from databricks.sdk.service.sql import (
    Disposition,
    ExecuteStatementRequestOnWaitTimeout,
    StatementParameterListItem,
    StatementState,
)
from syspro_sandbox.databricks import DatabricksOptions

pytestmark = pytest.mark.server

SLOW = "SELECT max(id % 7) FROM range(1000000000000)"


def _settled(client, statement_id, *states):
    """Poll until the statement reaches one of the states."""
    while (state := client.statement_execution.get_statement(statement_id).status.state) not in states:
        assert state in {StatementState.PENDING, StatementState.RUNNING}, state
    return state


def test_a_result_has_a_schema_and_strings(run):
    answer = run("SELECT 1 AS a, CAST(2.5 AS DECIMAL(14,2)) AS d, CAST(NULL AS STRING) AS s, true AS b")
    assert [(c.name, c.type_text, c.position) for c in answer.manifest.schema.columns] == [
        ("a", "INT", 0),
        ("d", "DECIMAL(14,2)", 1),
        ("s", "STRING", 2),
        ("b", "BOOLEAN", 3),
    ]
    assert answer.manifest.schema.columns[1].type_precision == 14
    assert answer.result.data_array == [["1", "2.50", None, "true"]]


def test_asynchronous_submission_is_polled(run, client):
    answer = run("SELECT 42 AS x", wait="0s")
    assert answer.status.state is StatementState.PENDING
    _settled(client, answer.statement_id, StatementState.SUCCEEDED)
    assert client.statement_execution.get_statement(answer.statement_id).result.data_array == [["42"]]


def test_a_failure_is_http_200_with_class_and_sqlstate(run, workspace):
    answer = run("SELECT * FROM main.default.nowhere")
    assert answer.status.state is StatementState.FAILED
    assert answer.status.error.message.startswith("[TABLE_OR_VIEW_NOT_FOUND]")
    assert answer.status.error.message.endswith("SQLSTATE: 42P01")
    assert answer.status.sql_state == "42P01"
    assert workspace.sandbox.requests[-1].status == 200
    assert [(s.text, s.state) for s in workspace.sandbox.statements] == [
        ("SELECT * FROM main.default.nowhere", "FAILED")
    ]


@pytest.mark.parametrize("options", [DatabricksOptions(chunk_rows=100)])
def test_chunks_join_to_the_whole(run, client):
    answer = run("SELECT id FROM range(250) ORDER BY id")
    assert answer.manifest.total_chunk_count == 3
    assert [chunk.row_count for chunk in answer.manifest.chunks] == [100, 100, 50]
    rows, chunk = list(answer.result.data_array), answer.result
    while chunk.next_chunk_index is not None:
        chunk = client.statement_execution.get_statement_result_chunk_n(
            answer.statement_id, chunk.next_chunk_index
        )
        rows += chunk.data_array
    assert rows == [[str(number)] for number in range(250)]
    with pytest.raises(NotFound):
        client.statement_execution.get_statement_result_chunk_n(answer.statement_id, 3)


def test_limits_cut_the_result_and_say_so(run):
    answer = run("SELECT id FROM range(10)", row_limit=4)
    assert (answer.manifest.total_row_count, answer.manifest.truncated) == (4, True)
    assert not run("SELECT id FROM range(4)", row_limit=4).manifest.truncated
    assert run("SELECT id FROM range(1000)", byte_limit=100).manifest.truncated


def test_an_inline_result_has_at_most_25_mib(run):
    answer = run("SELECT repeat('x', 1000000) AS x FROM range(30)")
    assert answer.status.state is StatementState.FAILED
    assert "25 MiB" in answer.status.error.message


def test_parameters_are_typed(run):
    parameters = [
        StatementParameterListItem(name="name", value="it's \\ \n `q`"),
        StatementParameterListItem(name="number", value="7", type="BIGINT"),
        StatementParameterListItem(name="nothing", value=None, type="DATE"),
    ]
    rows = run.rows("SELECT :name AS a, :number + 1 AS b, :nothing AS c", parameters=parameters)
    assert rows == [["it's \\ \n `q`", "8", None]]
    assert run("SELECT :missing").status.sql_state == "42P02"


def test_catalog_and_schema_complete_names(run):
    run.rows("CREATE SCHEMA main.syspro")
    run.rows("CREATE TABLE T (a INT)", schema="syspro")
    assert run.rows("SELECT count(*) FROM Syspro.t", catalog="MAIN") == [["0"]]


def test_the_session_knows_who_asks_and_where(run, client):
    me = client.current_user.me().user_name
    run.rows("CREATE SCHEMA main.syspro")
    answer = run(
        "SELECT current_user(), concat(session_user(), '!') AS s, current_schema() FROM range(1)",
        schema="syspro",
    )
    assert [column.name for column in answer.manifest.schema.columns] == [
        "current_user()",
        "s",
        "current_schema()",
    ]
    assert answer.result.data_array == [[me, f"{me}!", "syspro"]]
    run.rows("CREATE TABLE t (a STRING, b STRING)", schema="syspro")
    run.rows("INSERT INTO t SELECT current_catalog(), user() UNION SELECT 'x', 'user()'", schema="syspro")
    assert run.rows("SELECT * FROM main.syspro.t ORDER BY a") == [["main", me], ["x", "user()"]]


def test_a_running_query_is_cancelled(run, client, workspace):
    answer = run(SLOW, wait="0s")
    _settled(client, answer.statement_id, StatementState.RUNNING)
    client.statement_execution.cancel_execution(answer.statement_id)
    assert (
        client.statement_execution.get_statement(answer.statement_id).status.state is StatementState.CANCELED
    )
    assert workspace.sandbox.query("SELECT 1 AS x") == [{"x": 1}]


@pytest.mark.parametrize("options", [DatabricksOptions(cancel_works=False)])
def test_cancelling_may_silently_fail(run, client):
    answer = run("SELECT count(*) FROM range(20000) a, range(2000) b", wait="0s")
    client.statement_execution.cancel_execution(answer.statement_id)
    assert _settled(client, answer.statement_id, StatementState.SUCCEEDED)


@pytest.mark.parametrize(
    "options", [DatabricksOptions(warehouse_state="STOPPED", warehouse_start_seconds=300)]
)
class TestStartingWarehouse:
    def test_statements_wait_for_it(self, run, client, workspace):
        answer = run("SELECT 1 AS x", wait="0s")
        while client.warehouses.get(run.warehouse_id).state.value != "STARTING":
            pass
        workspace.clock.advance(299)
        assert (
            client.statement_execution.get_statement(answer.statement_id).status.state
            is StatementState.PENDING
        )
        workspace.clock.advance(1)
        _settled(client, answer.statement_id, StatementState.SUCCEEDED)
        assert client.warehouses.get(run.warehouse_id).state.value == "RUNNING"

    def test_a_pending_statement_is_cancelled_before_it_runs(self, run, client, workspace):
        answer = run("CREATE SCHEMA main.never", wait="0s")
        client.statement_execution.cancel_execution(answer.statement_id)
        assert (
            client.statement_execution.get_statement(answer.statement_id).status.state
            is StatementState.CANCELED
        )
        workspace.clock.advance(300)
        assert workspace.sandbox.query("SHOW SCHEMAS") == [{"databaseName": "default"}]

    def test_the_client_starts_it(self, client, run, workspace):
        client.warehouses.start(run.warehouse_id)
        workspace.clock.advance(300)
        assert client.warehouses.get(run.warehouse_id).state.value == "RUNNING"


def test_a_wait_that_cancels(run, workspace):
    cancel = ExecuteStatementRequestOnWaitTimeout.CANCEL
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(run, SLOW, wait="5s", on_wait_timeout=cancel)
        while not answer.done():
            workspace.clock.advance(5)
            wait({answer}, timeout=0.05)
    assert answer.result().status.state is StatementState.CANCELED


def test_a_deleted_warehouse_is_not_found(run, workspace):
    workspace.sandbox.compute.delete()
    with pytest.raises(ResourceDoesNotExist):
        run("SELECT 1")


def test_results_and_statements_are_forgotten(run, client, workspace):
    statement_id = run("SELECT 1 AS x").statement_id
    workspace.clock.advance(3600)
    client = workspace.client()
    answer = client.statement_execution.get_statement(statement_id)
    assert (answer.status.state, answer.result) == (StatementState.CLOSED, None)
    workspace.clock.advance(11 * 3600)
    with pytest.raises(NotFound):
        workspace.client().statement_execution.get_statement(statement_id)


def test_external_links_are_refused_plainly(run):
    with pytest.raises(BadRequest, match="EXTERNAL_LINKS"):
        run("SELECT 1", disposition=Disposition.EXTERNAL_LINKS)


@pytest.mark.parametrize("wait", ["4s", "51s", "abc"])
def test_wait_timeout_has_limits(run, wait):
    with pytest.raises(InvalidParameterValue, match="wait_timeout"):
        run("SELECT 1", wait=wait)


def test_statement_text_has_at_most_16_mib(run):
    with pytest.raises(InvalidParameterValue, match="16777216"):
        run(f"SELECT '{'x' * (16 * 1024 * 1024)}'")
    answer = run(f"SELECT '{'x' * (4 * 1024 * 1024)}'")
    assert "[SANDBOX_UNSUPPORTED]" in answer.status.error.message


@pytest.mark.parametrize(
    "text", [SLOW, "SELECT count(*) FROM range(40000) a, range(40000) b WHERE a.id + b.id > 7"]
)
def test_closing_ends_a_running_query_and_leaves_nothing(run, client, workspace, text):
    run.rows("SELECT 1")
    process = workspace.sandbox._warehouse._engine._process
    _settled(client, run(text, wait="0s").statement_id, StatementState.RUNNING)
    started = time.monotonic()
    workspace.sandbox.close()
    assert time.monotonic() - started < 3
    assert process.poll() is not None
    assert not [thread for thread in threading.enumerate() if "databricks" in thread.name]
