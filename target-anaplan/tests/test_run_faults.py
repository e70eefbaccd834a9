"""What goes wrong between here and Anaplan, and on this machine."""

from __future__ import annotations

import json
import signal
import time

import pytest

from .mappings import FACTS, ITEMS
from .scripted_anaplan import cell_detail
from .singer_messages import record, schema, state

pytestmark = pytest.mark.server


def test_wrong_password(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS, FACTS], password="wrong-Password")
    assert run.code == 1
    assert "refused the user" in run.last_line
    assert "`password`" in run.last_line
    assert "wrong-Password" not in run.err
    assert run.out == ""
    assert len(model.calls("authenticate")) == 1


def test_a_password_that_changes_in_mid_run_is_tried_once(model, target, input_lines):
    model.fault("PUT", "chunks/0", 401, times=99)
    model.logins_allowed = 1
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 1, run.err
    assert "refused the user" in run.last_line
    assert len(model.calls("authenticate")) == 2


def test_a_lost_answer_to_the_start_is_found_not_repeated(model, target, input_lines):
    model.fault("POST", "imports/112000000001/tasks", None, after_effect=True)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert len(model.tasks["imports/112000000001"]) == 1


def test_a_task_that_a_killed_run_left_behind_is_waited_for(model, target, input_lines):
    left = {"taskId": "0" * 32, "taskState": "IN_PROGRESS", "creationTime": 1, "polls": 0}
    model.tasks["imports/112000000001"] = [left]
    model.polls = 2
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    calls = model.calls("imports/112000000001/tasks|PUT .*files/113000000001")
    ended = max(number for number, call in enumerate(calls) if call.endswith("0" * 32))
    assert calls.index(next(call for call in calls if call.startswith("PUT"))) > ended


def test_a_strangers_task_is_not_taken_for_ours(model, target, input_lines):
    """What the one new task loaded is not what was sent: five rows of somebody else's file."""
    model.results["112000000002"] = {"successful": True, "details": [cell_detail("Value", 5)]}
    model.fault("POST", "imports/112000000002/tasks", None, after_effect=True)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 3, run.err
    assert "does not prove that it loaded the 1 rows" in run.last_line
    assert (run.outcomes[-1]["state"], run.out) == ("in doubt", "")


def test_a_refused_token_means_one_new_login(model, target, input_lines):
    model.fault("PUT", "chunks/0", 401)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert model.logins == 2


def test_a_token_refused_twice_ends_the_run(model, target, input_lines):
    model.fault("GET", "/imports", 401, times=5)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 1
    assert model.logins == 2
    assert "fresh login" in run.last_line


def test_a_token_near_its_end_is_refreshed(model, target, input_lines):
    model.token_seconds = 200
    assert target.run(input_lines, mappings=[ITEMS, FACTS]).code == 0
    assert model.logins == 1
    assert model.calls("token/refresh")


def test_busy_and_throttled_and_broken_answers_are_waited_out(model, target, input_lines):
    model.fault("POST", "imports/112000000001/tasks", 423, headers={"Retry-After": "0"})
    model.fault("PUT", "chunks/0", 429, headers={"Retry-After": "0"})
    model.fault("GET", "/files", 200, body=b"<html>login</html>")
    model.fault("GET", "/imports", 502, headers={"Retry-After": "0"})
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert len(model.tasks["imports/112000000001"]) == 1


def test_a_model_that_stays_locked(model, target, input_lines):
    model.model["activeState"] = "LOCKED"
    run = target.run(input_lines, mappings=[ITEMS, FACTS], lock_wait_seconds=0)
    assert run.code == 1
    assert "locked" in run.last_line
    assert not model.calls("PUT")
    assert run.out == ""


def test_an_archived_model_and_a_wrong_workspace(model, target, input_lines):
    model.model["activeState"] = "ARCHIVED"
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert (run.code, "is archived" in run.last_line) == (1, True)
    model.model.update(activeState="UNLOCKED", currentWorkspaceId="0" * 32)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert (run.code, "Correct `workspace_id`" in run.last_line) == (1, True)


def test_stale_chunks_are_noticed_and_sent_again(model, target, input_lines):
    model.fault("GET", "files/113000000001/chunks", 200, body=b'{"chunks": [{"id": "0"}, {"id": "1"}]}')
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert model.calls("DELETE .*files/113000000001")


def test_a_signal_while_reading_starts_nothing(model, target):
    process = target.start(mappings=[ITEMS])
    for line in (schema("items", "id", "name"), record("items", id="A", name="a"), state(1)):
        process.stdin.write(json.dumps(line) + "\n")
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while not model.calls("imports/112000000001") and time.monotonic() < deadline:
        time.sleep(0.02)  # until the record has been read
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (128 + signal.SIGTERM, ""), err
    assert not model.calls("POST .*/tasks")


def test_an_unreachable_disk_is_explained(model, target, input_lines, tmp_path):
    (tmp_path / "full").write_text("a file where a folder should be")
    run = target.run(input_lines, mappings=[ITEMS, FACTS], state_dir="full/x")
    assert run.code == 1
    assert "`state_dir`" in run.last_line


def test_broken_input_is_one_line(target):
    run = target.ended(
        *_outcome(target.start(mappings=[ITEMS]), json.dumps(schema("items", "id", "name")) + "\n{oops\n")
    )
    assert run.code == 1
    assert "Line 2" in run.last_line


def _outcome(process, lines):
    out, err = process.communicate(lines, timeout=60)
    return process.returncode, out, err
