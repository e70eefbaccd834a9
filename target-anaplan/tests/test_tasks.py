"""A task is started exactly once, and followed to its end."""

from __future__ import annotations

import pytest
from singer_kit.clock import ManualClock
from singer_kit.shutdown import Interrupted, Shutdown
from target_anaplan.api.task_start import Runnable
from target_anaplan.api.task_wait import TaskRunner
from target_anaplan.api.transport import Response
from target_anaplan.errors import InDoubtError, LostAnswerError, MappingFailedError

#: What the server's clock says, in epoch seconds.
NOW = 1_800_000_000.0


class Tasks:
    """A model whose task list and start are scripted."""

    def __init__(self, *, lost=0, started=(), states=("COMPLETE",)):
        self.lost = lost
        self.started = list(started)
        self.states = list(states)
        self.posts = 0
        self.ids = ["OLD"]
        self.facts = {}

    def in_model(self, path):
        return path

    def call(self, method, _path, *, params=None, body=None, repeatable=True):
        if method == "GET":
            assert params == {"sort": "-creationTime"}
            tasks = [{"taskId": task_id, **self.facts.get(task_id, {})} for task_id in self.ids]
            return Response(200, b"", NOW, {"task": tasks[0]} if len(tasks) == 1 else {"tasks": tasks})
        assert body == {"localeName": "en_US"}
        assert not repeatable
        self.posts += 1
        if self.started and self.started.pop(0):
            self.ids.append(f"NEW{self.posts}")
        if self.lost:
            self.lost -= 1
            raise LostAnswerError("connection dropped")
        self.ids.append(f"NEW{self.posts}")
        return Response(200, b"", None, {"taskId": self.ids[-1]})

    def get(self, path):
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"task": {"taskId": path.rpartition("/")[2], "taskState": state}}


def run(tasks, clock=None, shutdown=None, timeout=600):
    runner = TaskRunner(
        tasks, clock or ManualClock(), shutdown or Shutdown(), locale="en_US", timeout_seconds=timeout
    )
    return runner.run(Runnable("imports", "112", "Items"), lambda _task_id: None)


def test_a_task_that_started_without_an_answer_is_adopted():
    tasks = Tasks(lost=1, started=[True])
    assert run(tasks)["taskId"] == "NEW1"
    assert tasks.posts == 1


def test_a_start_that_had_no_effect_is_sent_once_more():
    tasks = Tasks(lost=1, started=[False])
    assert run(tasks)["taskId"] == "NEW2"
    assert tasks.posts == 2


def test_a_start_that_stays_unanswered_is_doubt():
    tasks = Tasks(lost=5)
    with pytest.raises(MappingFailedError, match="not known whether"):
        run(tasks)
    assert tasks.posts == 2


def test_of_several_new_tasks_none_is_adopted():
    tasks = Tasks(lost=1, started=[True])
    tasks.call = _with_a_stranger(tasks)
    with pytest.raises(InDoubtError, match="several tasks are new: NEW1, STRANGER"):
        run(tasks)
    assert tasks.posts == 1


def test_a_task_that_is_older_than_the_start_is_not_adopted():
    tasks = Tasks(lost=1, started=[True])
    tasks.facts["NEW1"] = {"creationTime": (NOW - 60) * 1000}
    with pytest.raises(InDoubtError, match="NEW1 is older than the start"):
        run(tasks)
    tasks = Tasks(lost=1, started=[True])
    tasks.facts["NEW1"] = {"creationTime": (NOW - 1) * 1000}
    assert run(tasks)["taskId"] == "NEW1"


def _with_a_stranger(tasks):
    """Let somebody else start the same import while the answer to us is lost."""
    call = tasks.call

    def start(method, *args, **options):
        try:
            return call(method, *args, **options)
        finally:
            if method == "POST":
                tasks.ids.append("STRANGER")

    return start


def test_nothing_is_begun_while_another_task_of_the_import_is_alive():
    tasks = Tasks(states=["IN_PROGRESS", "IN_PROGRESS", "COMPLETE"])
    tasks.facts["OLD"] = {"taskState": "IN_PROGRESS"}
    clock = ManualClock()
    runner = TaskRunner(tasks, clock, Shutdown(), locale="en_US", timeout_seconds=600)
    runner.wait_for_others(Runnable("imports", "112", "Items"))
    assert len(clock.slept) == 2
    tasks.facts["OLD"] = {"taskState": "COMPLETE"}
    runner.wait_for_others(Runnable("imports", "112", "Items"))
    assert len(clock.slept) == 2


def test_polls_begin_quickly_and_become_rare():
    clock = ManualClock()
    run(Tasks(states=["NOT_STARTED"] * 5 + ["IN_PROGRESS"] * 100 + ["COMPLETE"]), clock, timeout=6000)
    assert clock.slept[0] < 0.5
    assert max(clock.slept[:8]) <= 5
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[-1] == 30


def test_queue_and_run_have_a_deadline_each():
    clock = ManualClock()
    with pytest.raises(MappingFailedError, match=r"NOT_STARTED for more than 600 s"):
        run(Tasks(states=["NOT_STARTED"]), clock)
    with pytest.raises(MappingFailedError, match=r"IN_PROGRESS for more than 600 s"):
        run(Tasks(states=["NOT_STARTED"] * 20 + ["IN_PROGRESS"]), clock)


def test_a_running_task_is_followed_a_little_after_a_signal():
    shutdown = Shutdown()
    shutdown.requested = 15
    clock = ManualClock()
    assert run(Tasks(states=["IN_PROGRESS", "COMPLETE"]), clock, shutdown)["taskState"] == "COMPLETE"
    with pytest.raises(Interrupted):
        run(Tasks(states=["IN_PROGRESS"]), clock, shutdown)
