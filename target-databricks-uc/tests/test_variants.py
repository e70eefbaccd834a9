"""Workspaces that are not at their best: the same rows arrive, or the missing grant is named."""

import pytest
import requests
from singer_kit.errors import PermanentError, SettingsError
from target_databricks_uc.statement_execution import StatementExecution

from .messages import record, schema, state

pytestmark = pytest.mark.server

THINGS = schema("things", {"id": {"type": "integer"}, "v": {"type": "string"}})


def test_a_stopped_narrow_warehouse_with_short_tokens_and_small_chunks(workspace_with):
    workspace = workspace_with(
        warehouse_state="STOPPED",
        warehouse_start_seconds=0.5,
        concurrency=1,
        token_seconds=2,
        chunk_rows=1,
        upload_makes_folders=False,
    )
    streams = [{**THINGS, "stream": f"s{number}"} for number in range(4)]
    records = [record(f"s{number}", id=1, v="a") for number in range(4)]
    assert workspace.load(*streams, *records, state("all")) == ["all"]
    workspace.load(streams[0], record("s0", id=2, v="b"))
    described = workspace.target().loader._warehouse.ask(f"DESCRIBE TABLE {workspace.schema}.`s0`", "x")
    assert [row["col_name"] for row in described.rows][:2] == ["id", "v"]


@pytest.mark.parametrize(
    "denied", [("CREATE_SCHEMA", "main"), ("CREATE_TABLE", "main.own"), ("WRITE_VOLUME", "main.own.landing")]
)
def test_a_missing_grant_fails_the_load_in_plain_words(workspace_with, denied):
    workspace = workspace_with(denied=frozenset([denied]))
    with pytest.raises((PermanentError, SettingsError), match=r"GRANT|not allowed"):
        workspace.load(THINGS, record("things", id=1, v="a"), state("never"))
    assert workspace.states == []


def test_every_statement_may_be_sent_twice(workspace, monkeypatch):
    """As the SDK does after a lost answer: nothing is there twice, and nothing fails.

    Databricks reference, "Statements sent twice".
    """
    once = StatementExecution.run

    def twice(self, *arguments):
        once(self, *arguments)
        return once(self, *arguments)

    monkeypatch.setattr(StatementExecution, "run", twice)
    events = schema("events", {"v": {"type": "integer"}}, keys=())
    gone = record("things", id=2, _sdc_deleted_at="2026-06-17T08:00:00Z")
    messages = (
        THINGS,
        record("things", id=1, v="a"),
        record("things", id=2, v="b"),
        gone,
        events,
        record("events", v=1),
    )
    wider = schema("things", {"id": {"type": "integer"}, "v": {"type": "string"}, "w": {"type": "integer"}})
    for deletes in ("soft", "hard"):
        workspace.load(*messages, deletes=deletes)
    workspace.load(wider, record("things", id=3, v="c", w=1))
    assert workspace.rows("things", "id", "v", "w") == [("1", "a", None), ("3", "c", "1")]
    assert workspace.rows("events", "v", order="v") == [("1",), ("1",)]
    assert len(workspace.query(f"SELECT * FROM {workspace.schema}.`_loads`")) == 5


def test_account_level_login_and_settings_that_we_do_not_know(workspace):
    account = requests.get(f"{workspace.url}/.well-known/databricks-config", timeout=60).json()["account_id"]
    workspace.load(THINGS, record("things", id=1, v="a"), account_id=account, surprise=[1])
    assert workspace.rows("things", "id") == [("1",)]
    assert any(call.path == f"/oidc/accounts/{account}/v1/token" for call in workspace.requests)


def test_an_account_that_is_not_there_is_named(workspace):
    with pytest.raises(SettingsError) as caught:
        workspace.load(THINGS, record("things", id=1, v="a"), account_id="7c1f4f0a-0000")
    assert caught.value.setting == "account_id"
