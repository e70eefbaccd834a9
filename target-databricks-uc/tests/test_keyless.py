"""Streams without key: what comes twice when a run dies, and what keeps that from growing."""

import pytest
from singer_kit.errors import KitError

from .messages import record, schema, state

pytestmark = pytest.mark.server

KEYLESS = schema("journal", {"id": {"type": "integer"}}, keys=())
SLOW = schema("slow", {"id": {"type": "integer"}})


def test_where_loads_may_not_be_written_nothing_is_appended_however_often_it_runs(workspace_with):
    workspace = workspace_with(denied=frozenset({("MODIFY", "main.own._loads")}))
    for _ in range(2):
        with pytest.raises(KitError, match="GRANT"):
            workspace.load(KEYLESS, record("journal", id=1), state("behind"))
        assert workspace.states == []
    assert [name for (name,) in tables(workspace)] == ["_loads"]


def tables(workspace):
    return [(row["tableName"],) for row in workspace.query(f"SHOW TABLES IN {workspace.schema}")]


def test_a_load_takes_other_streams_along_so_that_state_moves_with_it(workspace, monkeypatch):
    monkeypatch.setattr("target_databricks_uc.record_buffer._CHUNK_BYTES", 1)  # every record is a chunk
    monkeypatch.setattr("target_databricks_uc.settings._MEGABYTE", 1)  # and every chunk a file
    messages = [SLOW, record("slow", id=1), KEYLESS]
    for number in range(6):
        messages += [record("journal", id=number), state({"n": number})]
    with pytest.raises(Exception, match=r"(?i)json"):  # the run dies before the end of input
        workspace.load(*messages, "{ what is no JSON", batch_files=2)
    # The second record fills a batch, which makes the STATE before it true; the one behind it is so at once.
    assert workspace.states == [{"n": n} for n in range(6)]
    assert workspace.rows("slow", "id") == [("1",)]
    assert len(workspace.rows("journal", "id")) == 6


def test_what_cannot_be_taken_along_holds_state_back_and_no_load(workspace, monkeypatch):
    monkeypatch.setattr("target_databricks_uc.record_buffer._CHUNK_BYTES", 1000)
    monkeypatch.setattr("target_databricks_uc.settings._MEGABYTE", 1)
    bad = schema("bad", {"id": {"type": "integer"}})
    messages = [bad, record("bad", id="x"), KEYLESS]
    messages += [record("journal", id=number, text="x" * 1000) for number in range(4)]
    with pytest.raises(KitError, match="bad: Record id=x"):
        workspace.load(*messages, state("behind"), batch_files=1)
    assert workspace.states == []
    assert len(workspace.rows("journal", "id")) == 4
