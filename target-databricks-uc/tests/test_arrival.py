"""What was staged is proved to have arrived: files that lose rows on the way, rows that meet newer ones."""

import io

import pyarrow.parquet as pq
import pytest
from singer_kit.errors import PartialFailureError, PermanentError
from target_databricks_uc.staging_volume import StagingVolume

from .messages import record, schema, state

pytestmark = pytest.mark.server

KEYED = schema("items", {"id": {"type": "integer"}, "name": {"type": "string"}})
KEYLESS = {**KEYED, "key_properties": []}
GONE = "2026-06-17T08:00:00Z"


@pytest.fixture
def cut_files(workspace, monkeypatch):
    """Every staged file is replaced, over HTTP, by one with so many of its rows as soon as it is uploaded."""

    def cut(rows):
        upload = StagingVolume.upload

        def upload_and_cut(volume, local, target):
            shorter = io.BytesIO()
            pq.write_table(pq.read_table(local).slice(0, rows), shorter, store_schema=False)
            upload(volume, local, target)
            path = target.partition("/target-databricks-uc")[2]
            assert workspace.files("PUT", "files", f"{path}?overwrite=true", shorter.getvalue()).ok

        monkeypatch.setattr(StagingVolume, "upload", upload_and_cut)

    return cut


def staged(workspace):
    """Whether staged files are left."""
    return bool(workspace.files("GET", "directories", "").json().get("contents"))


@pytest.mark.parametrize("left", [0, 5])
@pytest.mark.parametrize("message", [KEYED, KEYLESS], ids=["merged", "appended"])
def test_a_staged_file_that_loses_rows_ends_the_run_and_is_kept(workspace, cut_files, message, left):
    cut_files(left)
    other = schema("other", {"id": {"type": "integer"}})
    records = [record("items", id=n, name="x") for n in range(10)]
    with pytest.raises(PermanentError, match=f"Of 10 records staged in .* {left} ") as caught:
        workspace.load(message, *records, state("behind"), other, record("other", id=1))
    assert caught.value.exit_code == 1
    assert workspace.states == []
    assert staged(workspace)
    assert workspace.query(f"SELECT * FROM {workspace.schema}.`_loads` WHERE `stream` = 'items'") == []


def test_a_batch_that_did_not_arrive_is_not_sent_again(workspace, cut_files):
    cut_files(5)
    with pytest.raises(PermanentError):
        workspace.load(KEYLESS, *[record("items", id=n, name="x") for n in range(10)])
    assert len(workspace.rows("items", "id")) == 5


def test_every_key_is_accounted_for(workspace):
    workspace.load(KEYED, record("items", id=1, name="a"), record("items", id=2, name="b"))
    messages = (
        record("items", id=1, name="a1"),
        record("items", id=1, name="a2"),
        record("items", id=2, _sdc_deleted_at=GONE),
        record("items", id=3, _sdc_deleted_at=GONE),  # of a row that never was
        state("behind"),
    )
    assert workspace.load(KEYED, *messages) == ["behind"]
    [load] = workspace.query(f"SELECT * FROM {workspace.schema}.`_loads` ORDER BY `started_at` DESC LIMIT 1")
    assert (load["rows_staged"], load["rows_changed"], load["rows_skipped"]) == ("4", "2", "0")


def test_hard_deletions_are_accounted_for(workspace):
    workspace.load(KEYED, record("items", id=1, name="a"))
    gone = [record("items", id=n, _sdc_deleted_at=GONE) for n in (1, 2)]
    assert workspace.load(KEYED, *gone, state("behind"), deletes="hard") == ["behind"]
    assert workspace.rows("items", "id") == []


def test_a_table_that_holds_a_key_twice_is_no_mismatch(workspace):
    for _ in range(2):
        workspace.load(KEYED, record("items", id=1, name="a"), load_method="append-only")
    assert workspace.load(KEYED, record("items", id=1, name="b"), state("behind")) == ["behind"]


def test_rows_that_met_newer_ones_are_told_by_the_exit_code(workspace):
    workspace.load(KEYED, record("items", id=1, name="newer"))
    workspace.query(f"UPDATE {workspace.schema}.`items` SET `_sdc_sequence` = 9000000000000000000")
    messages = [record("items", id=1, name="late"), record("items", id=2, name="new"), state("behind")]
    with pytest.raises(PartialFailureError, match="items: 1 key already had a newer row"):
        workspace.load(KEYED, *messages)
    assert workspace.states == ["behind"]
    assert workspace.rows("items", "name") == [("newer",), ("new",)]
    assert not staged(workspace)


def test_equal_counts_cost_no_further_statement(workspace):
    workspace.load(KEYED, record("items", id=1, name="a"))
    before = len(workspace.requests)
    workspace.load(KEYED, record("items", id=2, name="b"))
    submitted = [
        call for call in workspace.requests[before:] if call.method == "POST" and "/statements" in call.path
    ]
    # The last sequence, whether `_loads` may be written, the columns; the load; its entry.
    assert len(submitted) == 5
