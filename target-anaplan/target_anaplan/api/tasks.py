"""Running an import or a process: its task is started once and followed to its end.

Anaplan reference, "Start of a task", "States of a task" and "Busy models".
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from target_anaplan.errors import LostAnswerError, MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_anaplan.api.client import AnaplanClient

Task = Mapping[str, Any]

_QUEUED = "NOT_STARTED"
_ENDED = frozenset({"COMPLETE", "CANCELLED"})

_FIRST_WAIT = 0.3
_GROWTH = 1.5
_POLITE_WAIT = 5.0
_LONGEST_WAIT = 30.0
_PATIENCE = 24.0
_LISTINGS = 3
_LISTING_WAIT = 2.0
_STARTS = 2
#: How long a running import is followed after a signal, so that its outcome is known.
_GRACE_SECONDS = 20.0

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Runnable:
    """An import or a process: what has tasks.

    Attributes:
        collection: Which of the two, as addresses name it.
        id: Its id.
        name: Its name.
    """

    collection: Literal["imports", "processes"]
    id: str
    name: str

    @property
    def tasks_path(self) -> str:
        """Where its tasks are, in the model."""
        return f"{self.collection}/{self.id}/tasks"


class TaskRunner:
    """The tasks of one model, started and followed.

    Args:
        client: Calls the model.
        clock: Where waits pass; a signal does not end them.
        shutdown: Tells that a signal came.
        locale: `localeName` of the start.
        timeout_seconds: How long a task may wait in the queue, and how long it may run.
    """

    def __init__(
        self, client: AnaplanClient, clock: Clock, shutdown: Shutdown, *, locale: str, timeout_seconds: int
    ) -> None:
        self._client = client
        self._clock = clock
        self._shutdown = shutdown
        self._locale = locale
        self._timeout = timeout_seconds

    def run(self, item: Runnable, started: Callable[[str], None]) -> Task:
        """Start it and wait for the end of its task.

        Args:
            item: What to run.
            started: Told the task's id as soon as it is known.

        Raises:
            MappingFailedError: The task does not end in time, or it is unknown whether it was started.
        """
        path = self._client.in_model(item.tasks_path)
        task_id = self._start(item, path)
        started(task_id)
        return self._follow(item, f"{path}/{task_id}")

    def _start(self, item: Runnable, path: str) -> str:
        """Start exactly one task.

        There is no idempotency key: a repeated POST runs the import twice (Anaplan reference, "Start of a
        task"). So when the answer is lost, the task list decides; only when it shows nothing new is the
        request sent a second time.
        """
        known = set(self._task_ids(path))
        for _attempt in range(_STARTS):
            try:
                answer = self._client.call(
                    "POST", path, body={"localeName": self._locale}, repeatable=False
                ).body
            except LostAnswerError as error:
                _logger.warning(
                    "The answer to the start of %r was lost; looking for its task: %s", item.name, error
                )
            else:
                task_id = (answer.get("task") or answer).get("taskId")
                if isinstance(task_id, str):
                    return task_id
            for _listing in range(_LISTINGS):
                if new := [task_id for task_id in self._task_ids(path) if task_id not in known]:
                    _logger.info("Found the task %s of %r", new[0], item.name)
                    return new[0]
                self._clock.sleep(_LISTING_WAIT)
        raise MappingFailedError(
            f"It is not known whether {item.name!r} was started: Anaplan gave no answer {_STARTS} times and"
            " lists no new task",
            remedy="Look at its history in Anaplan before the next run",
        )

    def _task_ids(self, path: str) -> list[str]:
        """The ids of its tasks; the answer holds one task or several.

        Anaplan reference, "Lists of tasks".
        """
        answer = self._client.get(path, {"sort": "-creationTime"})
        tasks = answer.get("tasks") or answer.get("task") or []
        listed = [tasks] if isinstance(tasks, dict) else tasks
        return [task["taskId"] for task in listed if "taskId" in task]

    def _follow(self, item: Runnable, path: str) -> Task:
        began = since = self._clock.monotonic()
        wait = _FIRST_WAIT
        state = _QUEUED
        interrupted: float | None = None
        while True:
            task: Mapping[str, Any] = self._client.get(path).get("task") or {}
            if task.get("taskState") in _ENDED:
                return task
            now = self._clock.monotonic()
            if state == _QUEUED and task.get("taskState") != _QUEUED:
                state, since = "IN_PROGRESS", now
            if now - since > self._timeout:
                raise MappingFailedError(
                    f"The task {path.rpartition('/')[2]} of {item.name!r} has been {task.get('taskState')}"
                    f" for more than {self._timeout} s; it may still run to its end in Anaplan",
                    setting="task_timeout_seconds",
                    remedy="Look at the history of the import in Anaplan, and allow more time where it needs"
                    " more",
                )
            if self._shutdown.requested is not None:
                interrupted = now if interrupted is None else interrupted
                if now - interrupted > _GRACE_SECONDS:
                    self._shutdown.check()
            self._clock.sleep(max(wait, min(_LONGEST_WAIT, (now - began) / _PATIENCE)))
            wait = min(_POLITE_WAIT, wait * _GROWTH)
