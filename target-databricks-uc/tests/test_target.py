"""What goes wrong, and what a user reads and a scheduler sees of it; the real executable."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from singer_kit.clock import SystemClock
from singer_kit.errors import PartialFailureError
from singer_kit.shutdown import Interrupted

from .messages import lines_of, record, schema, state

pytestmark = pytest.mark.server

GOOD = schema("good", {"id": {"type": "integer"}})
BAD = schema("bad", {"id": {"type": "integer"}, "p": {"type": "number", "x-sql-datatype": "DECIMAL(6,2)"}})
TARGET = "target-databricks-uc"


def last_line(finished):
    """The last log line; nothing of Python's may stand in front of it."""
    log = finished.stderr.decode()
    assert "Traceback" not in log
    return log.strip().rpartition("\n")[2]


def test_one_failing_stream_leaves_the_others_delivered(workspace):
    finished = workspace.run(
        TARGET,
        "--config=ENV",
        messages=[
            GOOD,
            record("good", id=1),
            state("before"),
            BAD,
            record("bad", id=7, p=12345.678),
            state("after"),
            record("good", id=2),
        ],
    )
    assert finished.returncode == 3
    assert "bad: Record id=7: property p: 12345.678 does not fit DECIMAL(6,2)." in last_line(finished)
    assert workspace.rows("good", "id") == [("1",), ("2",)]
    # No STATE behind the first record of the stream that failed.
    assert finished.stdout.splitlines() == [b'"before"']


def test_all_streams_failing_is_a_failure(workspace):
    finished = workspace.run(TARGET, "--config=ENV", messages=[BAD, record("bad", id="x"), state("after")])
    assert finished.returncode == 1
    assert "bad: Record id=x: property id: Expected `int | null`, got `str`." in last_line(finished)
    assert finished.stdout == b""


def test_a_wrong_secret_is_one_line_however_many_streams_there_are(workspace):
    messages = [GOOD, record("good", id=1), schema("more", {"id": {"type": "integer"}}), record("more", id=1)]
    finished = workspace.run(TARGET, "--config=ENV", messages=messages, client_secret="wrong-Secret-1")
    assert finished.returncode == 1
    log = finished.stderr.decode()
    [problem] = [line for line in log.splitlines() if "ERROR" in line]
    assert "refuses the service principal" in problem
    assert "setting `client_secret`" in problem
    assert "Traceback" not in log
    assert "Secret" not in log


def test_streams_that_would_share_a_table_are_told_apart(workspace):
    with pytest.raises(PartialFailureError, match="GOOD: The table good belongs to good already"):
        workspace.load(GOOD, record("good", id=1), {**GOOD, "stream": "GOOD"}, record("GOOD", id=1))
    assert workspace.rows("good", "id") == [("1",)]


def test_a_signal_ends_the_run_at_once_and_no_state_is_ahead(workspace):
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name(TARGET)), "--config=ENV"],
        env={**os.environ, **workspace.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdin.write(lines_of([state("free"), GOOD, record("good", id=1), state("behind a record")]))
    process.stdin.flush()
    assert process.stdout.readline() == b'"free"\n'
    process.send_signal(signal.SIGTERM)
    output, log = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert output == b""
    assert b"Traceback" not in log


def test_a_signal_while_tables_are_loaded_cancels_and_leaves_no_file(workspace, monkeypatch):
    target = workspace.target()

    class SignalledClock(SystemClock):
        def sleep(self, seconds):  # the first wait is for the MERGE
            target.shutdown.requested = signal.SIGTERM
            super().sleep(seconds)

    target.clock = SignalledClock(target.shutdown)
    monkeypatch.setattr(workspace, "target", lambda: target)
    with pytest.raises(Interrupted):
        workspace.load(GOOD, record("good", id=1), state("ahead"))
    assert workspace.states == []
    assert workspace.requests[-1].method == "DELETE"
    assert any(call.path.endswith("/cancel") for call in workspace.requests)
    assert workspace.files("GET", "directories", "").json().get("contents", []) == []


def test_starting_imports_neither_pyarrow_nor_the_sdk_of_databricks(workspace):
    code = f"""
import io, sys
from target_databricks_uc.target import TargetDatabricksUc
target = TargetDatabricksUc(config={workspace.config!r})
target.run(io.BytesIO({lines_of([GOOD, state(1)])!r}))
heavy = [name for name in ("pyarrow", "databricks.sdk") if name in sys.modules]
sys.exit(f"imported: {{heavy}}" if heavy else 0)
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
