"""The start of an import or a process: exactly once, also where the answer to it is lost.

Anaplan reference, "Start of a task".
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from target_anaplan.errors import LostAnswerError, MappingFailedError

if TYPE_CHECKING:
    from singer_kit.clock import Clock

    from target_anaplan.api.client import AnaplanClient

_STARTS = 2
_LISTINGS = 3
_LISTING_WAIT = 2.0

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


def start_once(client: AnaplanClient, clock: Clock, item: Runnable, *, locale: str) -> str:
    """Start exactly one task.

    There is no idempotency key: a repeated POST runs the import twice (Anaplan reference, "Start of a
    task"). So when the answer is lost, the task list decides; only when it shows nothing new is the
    request sent a second time.

    Args:
        client: Calls the model.
        clock: Where the wait for a new task in the list passes.
        item: What to start.
        locale: `localeName` of the start.

    Returns:
        The task's id.

    Raises:
        MappingFailedError: It is not known whether it was started.
    """
    path = client.in_model(item.tasks_path)
    known = set(_task_ids(client, path))
    for _attempt in range(_STARTS):
        try:
            answer = client.call("POST", path, body={"localeName": locale}, repeatable=False).body
        except LostAnswerError as error:
            _logger.warning(
                "The answer to the start of %r was lost; looking for its task: %s", item.name, error
            )
        else:
            task_id = (answer.get("task") or answer).get("taskId")
            if isinstance(task_id, str):
                return task_id
        for _listing in range(_LISTINGS):
            if new := [task_id for task_id in _task_ids(client, path) if task_id not in known]:
                _logger.info("Found the task %s of %r", new[0], item.name)
                return new[0]
            clock.sleep(_LISTING_WAIT)
    raise MappingFailedError(
        f"It is not known whether {item.name!r} was started: Anaplan gave no answer {_STARTS} times and"
        " lists no new task",
        remedy="Look at its history in Anaplan before the next run",
    )


def _task_ids(client: AnaplanClient, path: str) -> list[str]:
    """The ids of its tasks; the answer holds one task or several.

    Anaplan reference, "Lists of tasks".
    """
    answer = client.get(path, {"sort": "-creationTime"})
    tasks = answer.get("tasks") or answer.get("task") or []
    listed = [tasks] if isinstance(tasks, dict) else tasks
    return [task["taskId"] for task in listed if "taskId" in task]
