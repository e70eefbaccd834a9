"""Waiting for a running import or process: how often its task is looked at, and when it is given up.

Anaplan reference, "States of a task" and "Busy models". How it is started stands in `task_start.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from target_anaplan.api.task_start import list_tasks, start_once
from target_anaplan.errors import InDoubtError

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_anaplan.api.client import AnaplanClient
    from target_anaplan.api.task_start import Runnable, Started

Task = Mapping[str, Any]

_QUEUED = "NOT_STARTED"
_LIVE = frozenset({_QUEUED, "IN_PROGRESS", "CANCELLING"})
_ENDED = frozenset({"COMPLETE", "CANCELLED"})

_FIRST_WAIT = 0.3
_GROWTH = 1.5
_POLITE_WAIT = 5.0
_LONGEST_WAIT = 30.0
_PATIENCE = 24.0
#: How long a running import is followed after a signal, so that its outcome is known.
_GRACE_SECONDS = 20.0

_logger = logging.getLogger(__name__)


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

    def wait_for_others(self, item: Runnable) -> None:
        """Wait for the end of tasks that an earlier run or somebody else has left at work.

        A queued import reads the file when it starts (Anaplan reference, "Private files"), so nothing is
        uploaded meanwhile, and no second task of one import is alive.

        Raises:
            InDoubtError: One does not end in time.
            Interrupted: A signal came.
        """
        path = self._client.in_model(item.tasks_path)
        for task in list_tasks(self._client, path)[0]:
            if task.get("taskState") in _LIVE:
                _logger.warning(
                    "The task %s of %r is still at work, started by an earlier run or somebody else; waiting"
                    " for its end",
                    task["taskId"],
                    item.name,
                )
                self._follow(item, f"{path}/{task['taskId']}", grace=0)

    def run(self, item: Runnable, started: Callable[[Started], None]) -> Task:
        """Start it and wait for the end of its task.

        Args:
            item: What to run.
            started: Told of the task as soon as it is known.

        Raises:
            InDoubtError: The task does not end in time, or it is unknown whether it was started.
        """
        start = start_once(self._client, self._clock, item, locale=self._locale)
        started(start)
        return self._follow(item, self._client.in_model(f"{item.tasks_path}/{start.task_id}"))

    def _follow(self, item: Runnable, path: str, *, grace: float = _GRACE_SECONDS) -> Task:
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
                raise InDoubtError(
                    f"The task {path.rpartition('/')[2]} of {item.name!r} has been {task.get('taskState')}"
                    f" for more than {self._timeout} s; it may still run to its end in Anaplan",
                    setting="task_timeout_seconds",
                    remedy="Look at the history of the import in Anaplan, and allow more time where it needs"
                    " more",
                )
            if self._shutdown.requested is not None:
                interrupted = now if interrupted is None else interrupted
                if now - interrupted >= grace:
                    self._shutdown.check()
            self._clock.sleep(max(wait, min(_LONGEST_WAIT, (now - began) / _PATIENCE)))
            wait = min(_POLITE_WAIT, wait * _GROWTH)
