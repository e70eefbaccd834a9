"""What lies on the disk: synced before it counts, for nobody else's eyes, with an end for every batch."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest
from singer_kit.clock import ManualClock
from target_anaplan.csv_format import CsvFormat
from target_anaplan.delivery.archive_retention import remove_old
from target_anaplan.spool import rows
from target_anaplan.spool.rows import CsvSpool, Origin

from .mappings import FACTS, ITEMS
from .singer_messages import record, schema


def test_refused_records_do_not_stay_in_memory(tmp_path):
    (tmp_path / "spool").mkdir()
    spool = CsvSpool(tmp_path / "spool", CsvFormat(("Code",)))
    for number in range(3 * rows._FLUSH_ROWS):
        spool.add_record(Origin("s", {"id": number}))
        spool.refuse("date", "no date", b"{}")
        assert len(spool._new_records) <= rows._FLUSH_ROWS
    spool.seal(tmp_path / "f.csv.gz", 1000)
    assert sum(1 for _row in spool.refused_rows()) == 3 * rows._FLUSH_ROWS
    spool.close()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which files were synced")
def test_a_sealed_file_is_synced_before_it_counts(tmp_path, monkeypatch):
    synced = []

    def note(descriptor):
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", note)
    (tmp_path / "spool").mkdir()
    spool = CsvSpool(tmp_path / "spool", CsvFormat(("Code",)))
    spool.add_record(Origin("s", {"id": 1}))
    spool.add_row(["A"])
    sealed = spool.seal(tmp_path / "f.csv.gz", 1000)
    assert {str(sealed.path), str(sealed.keys_path), str(tmp_path)} <= set(synced)
    spool.close()


@pytest.mark.server
@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_archives_are_for_the_eyes_of_this_user_alone(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    paths = list((run.state_dir / "batches").rglob("*"))
    assert len(paths) > 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o700, 0o600}


@pytest.mark.server
@pytest.mark.parametrize(
    ("moment", "state", "words"),
    [("uploaded", "failed", "nothing of it was loaded"), ("started", "in doubt", "was at work")],
)
def test_a_batch_of_a_killed_run_gets_an_end(model, target, moment, state, words):
    """One run is killed between its upload and the start of its import, another while its task is at work."""
    lines = [schema("items", "id", "name"), record("items", id="A", name="a")]
    model.polls = 10**9
    if moment == "uploaded":
        model.fault("POST", "imports/112000000001/tasks", 503, times=99)
    process = target.start(mappings=[ITEMS])
    process.stdin.write("".join(json.dumps(line) + "\n" for line in lines))
    process.stdin.close()
    deadline = time.monotonic() + 30
    wanted = "POST .*/tasks" if moment == "uploaded" else "GET .*/tasks/"
    while not model.calls(wanted) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    process.stdout.close()
    process.stderr.close()
    model.polls = 1
    model.faults.clear()
    for tasks in model.tasks.values():
        for task in tasks:
            task["taskState"] = "COMPLETE"
    run = target.run(lines, mappings=[ITEMS])
    assert run.code == 0, run.err
    assert [outcome["state"] for outcome in run.outcomes] == [state, "accepted"]
    assert words in run.outcomes[0]["error"]
    assert words in run.err


@pytest.mark.server
def test_old_batches_are_removed(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    archive = run.state_dir / "batches"
    new = set(archive.iterdir())
    old = archive / "20200101T000000.000000Z-1a2b3c4d-01-items"
    other = archive / "notes-of-a-person"
    for folder in (old, other):
        folder.mkdir()
        (folder / "outcome.json").write_text("{}")
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert not old.exists()
    assert new | {other} < set(archive.iterdir())


def test_the_oldest_batches_make_room(tmp_path):
    for number in range(1, 5):
        folder = tmp_path / f"2026110{number}T000000.000000Z-1a2b3c4d-01-items"
        folder.mkdir()
        (folder / "items.csv.gz").write_bytes(b"x" * 100)
    remove_old(tmp_path, ManualClock(), keep_days=10**5, keep_bytes=250)
    assert [path.name[:8] for path in sorted(tmp_path.iterdir())] == ["20261103", "20261104"]
