"""The start of an import or a process: exactly once, also where the answer to it is lost.

Anaplan reference, "Start of a task".
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from target_anaplan.errors import InDoubtError, LostAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from singer_kit.clock import Clock

    from target_anaplan.api.client import AnaplanClient

_STARTS = 2
_LISTINGS = 3
_LISTING_WAIT = 2.0
#: How far the clocks behind `Date` and `creationTime` may be apart.
_CLOCK_SLACK = 5.0

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


@dataclass(frozen=True)
class Started:
    """A task of ours, or one that is taken for ours.

    Attributes:
        task_id: Its id.
        adopted: Whether the answer to the start was lost and it was found in the list of tasks.
    """

    task_id: str
    adopted: bool = False


def start_once(client: AnaplanClient, clock: Clock, item: Runnable, *, locale: str) -> Started:
    """Start exactly one task.

    There is no idempotency key: a repeated POST runs the import twice (Anaplan reference, "Start of a
    task"). So when the answer is lost, the task list decides; only when it shows nothing new is the
    request sent a second time. A task in it may be somebody else's: one is adopted only where it is the only
    new one and no older than the start.

    Args:
        client: Calls the model.
        clock: Where the wait for a new task in the list passes.
        item: What to start.
        locale: `localeName` of the start.

    Raises:
        InDoubtError: It is not known whether it was started, or which task is ours.
    """
    path = client.in_model(item.tasks_path)
    tasks, since = list_tasks(client, path)
    known = {task["taskId"] for task in tasks}
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
                return Started(task_id)
        if found := _find_new(client, clock, path, known):
            return Started(_only_one(found, item, since), adopted=True)
    raise InDoubtError(
        f"It is not known whether {item.name!r} was started: Anaplan gave no answer {_STARTS} times and"
        " lists no new task",
        remedy="Look at its history in Anaplan before the next run",
    )


def _find_new(client: AnaplanClient, clock: Clock, path: str, known: set[str]) -> list[Mapping[str, Any]]:
    """The tasks that were not known; where there is one, after a last look for more."""
    found: list[Mapping[str, Any]] = []
    for _listing in range(_LISTINGS):
        seen = bool(found)
        found = [task for task in list_tasks(client, path)[0] if task["taskId"] not in known]
        if seen:
            break
        clock.sleep(_LISTING_WAIT)
    return found


def _only_one(found: list[Mapping[str, Any]], item: Runnable, since: float | None) -> str:
    """The id of the one task that can be ours.

    Raises:
        InDoubtError: There are several, or it was there before the start.
    """
    ids = ", ".join(str(task["taskId"]) for task in found)
    remedy = "Look at the history of the import in Anaplan: who started which task, and what it loaded"
    if len(found) > 1:
        raise InDoubtError(
            f"The answer to the start of {item.name!r} was lost, and several tasks are new: {ids}",
            remedy=remedy,
        )
    created = found[0].get("creationTime")
    if since is not None and isinstance(created, (int, float)) and created / 1000 < since - _CLOCK_SLACK:
        raise InDoubtError(
            f"The answer to the start of {item.name!r} was lost, and the one new task {ids} is older than"
            " the start",
            remedy=remedy,
        )
    _logger.info("Found the task %s of %r", ids, item.name)
    return ids


def list_tasks(client: AnaplanClient, path: str) -> tuple[list[Mapping[str, Any]], float | None]:
    """The tasks of an import or process, and when the server says so by its own clock.

    The answer holds one task or several (Anaplan reference, "Lists of tasks").
    """
    answer = client.call("GET", path, params={"sort": "-creationTime"})
    tasks = answer.body.get("tasks") or answer.body.get("task") or []
    listed = [tasks] if isinstance(tasks, dict) else tasks
    return [task for task in listed if "taskId" in task], answer.date
