"""Statements and requests over HTTP, with answers that a good day does not bring (databricks.md 2.3-3.9)."""

import pytest
from singer_kit.clock import ManualClock
from singer_kit.errors import PermanentError, SettingsError
from singer_kit.shutdown import Interrupted, Shutdown
from target_databricks_uc.errors import AbsentError, DeniedError, Failure, Outcome, StatementError, classify
from target_databricks_uc.settings import Connection
from target_databricks_uc.waiting import WatchfulClock
from target_databricks_uc.warehouse import Warehouse
from target_databricks_uc.workspace import Workspace, discovery_url

from .scripted_workspace import RUNNING, SUCCEEDED, ScriptedWorkspace, failed, rows

STATEMENTS = "/api/2.0/sql/statements"


def connection(url, **changes):
    values = {
        "host": url,
        "auth_method": "oauth-m2m",
        "client_id": "id",
        "client_secret": "s",
        "account_id": "",
        "token": "",
        "warehouse_id": "w1",
        "warehouse_name": "",
    }
    return Connection(**{**values, **changes})


def execute(*script, clock=None):
    clock = clock or ManualClock()
    with ScriptedWorkspace(*script) as server:
        try:
            return Warehouse(Workspace(connection(server.url), clock), {"tool": "t"}).execute(
                "SELECT 1", "Loading t", {}
            ), server
        except Exception as error:
            error.server = server
            raise


def submitted(server):
    return [body for method, path, body in server.requests if (method, path) == ("POST", STATEMENTS)]


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


def test_the_most_specific_sign_decides():
    assert classify(Failure("[DELTA_CONCURRENT_APPEND.WITH_PARTITION_HINT] x", "42601")) is Outcome.RETRY
    assert classify(Failure("[NEW_CONDITION] x", "", "INTERNAL_ERROR")) is Outcome.PERMANENT
    assert classify(Failure("no sign at all", "", "INTERNAL_ERROR")) is Outcome.RETRY


def test_a_statement_that_somebody_cancelled_is_not_started_again():
    with pytest.raises(PermanentError, match="s1 was cancelled on the warehouse"):
        execute(RUNNING, {"statement_id": "s1", "status": {"state": "CANCELED"}})


def test_a_statement_that_the_warehouse_forgot_is_sent_again():
    gone = (404, {"error_code": "NOT_FOUND", "message": "The statement s1 was not found."}, {})
    _, server = execute(RUNNING, gone, SUCCEEDED)
    assert len(submitted(server)) == 2


def test_a_statement_without_end_is_cancelled(monkeypatch):
    monkeypatch.setattr("target_databricks_uc.warehouse._STATEMENT_SECONDS", 10)
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
        workspace = Workspace(connection(server.url), WatchfulClock(SignalledClock(), shutdown))
        with pytest.raises(Interrupted):
            Warehouse(workspace).execute("MERGE", "Loading t", {})
        assert server.requests[-1][:2] == ("POST", f"{STATEMENTS}/s1/cancel")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_requests_that_may_pass_are_made_again(status):
    busy = (status, {"error_code": "BUSY", "message": "busy"}, {"Retry-After": "0"})
    result, server = execute(busy, SUCCEEDED)
    assert result.statement_id == "s1"
    assert len(submitted(server)) == 2


def test_a_refused_token_is_renewed_once():
    refused = (401, {"error_code": "UNAUTHENTICATED", "message": "Token is expired"}, {})
    _, server = execute(refused, SUCCEEDED)
    assert server.tokens == 2
    with pytest.raises(PermanentError, match="does not accept the token") as caught:
        execute(refused, refused)
    assert caught.value.server.tokens == 2


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, DeniedError, "is not allowed"),
        (404, AbsentError, "Looking up"),
        (400, PermanentError, "was refused"),
    ],
)
def test_requests_that_are_refused_are_not(status, kind, words):
    answer = (status, {"error_code": "X", "message": "because"}, {})
    with ScriptedWorkspace(answer) as server, pytest.raises(kind, match=words):
        Workspace(connection(server.url), ManualClock()).call(
            lambda client: client.schemas.get("a.b"), "Looking up"
        )


def test_account_level_login_takes_the_token_from_the_account():
    with ScriptedWorkspace({"name": "b"}) as server:
        workspace = Workspace(connection(server.url, account_id="acc-1"), ManualClock())
        workspace.call(lambda client: client.schemas.get("a.b"), "Looking up")
        assert server.token_path == "/oidc/accounts/acc-1/v1/token_endpoint"


@pytest.mark.parametrize(
    ("host", "accounts"),
    [
        ("https://adb-1.2.azuredatabricks.net", "https://accounts.azuredatabricks.net"),
        ("https://1.2.gcp.databricks.com", "https://accounts.gcp.databricks.com"),
        ("https://dbc-1.cloud.databricks.com", "https://accounts.cloud.databricks.com"),
    ],
)
def test_every_cloud_has_its_accounts(host, accounts):
    expected = f"{accounts}/oidc/accounts/acc-1/.well-known/oauth-authorization-server"
    assert discovery_url(connection(host, account_id="acc-1")) == expected


def test_a_personal_access_token_needs_no_login():
    with ScriptedWorkspace({"name": "b"}) as server:
        pat = connection(server.url, auth_method="pat", token="dapi-1")
        Workspace(pat, ManualClock()).call(lambda client: client.schemas.get("a.b"), "Looking up")
        assert server.tokens == 0


def test_other_logins_of_the_environment_are_left_alone(monkeypatch):
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-other")
    monkeypatch.setenv("ARM_CLIENT_ID", "azure")
    _, server = execute(SUCCEEDED)
    assert server.tokens == 1


def test_a_host_that_is_no_workspace_is_named(monkeypatch):
    monkeypatch.setattr("target_databricks_uc.workspace._SDK_RETRY_SECONDS", 1)
    clock = ManualClock()
    with pytest.raises(
        PermanentError, match=r"No Databricks workspace answers at http://127.0.0.1:9 \(setting `host`\)"
    ):
        Workspace(connection("http://127.0.0.1:9"), clock).call(lambda client: client, "Looking up")
    assert len(clock.slept) == 3


def test_a_warehouse_that_is_not_there_is_a_wrong_setting():
    gone = (404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such warehouse"}, {})
    with pytest.raises(SettingsError) as caught:
        execute(gone)
    assert caught.value.setting == "warehouse_id"
