"""The tasks of the model, as they stand (Anaplan reference, "States of a task")."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from syspro_sandbox.anaplan.model.definition import TaskKind
    from syspro_sandbox.anaplan.options import Settings, User
    from syspro_sandbox.anaplan.state.store import Store

NOT_STARTED = "NOT_STARTED"
IN_PROGRESS = "IN_PROGRESS"
CANCELLING = "CANCELLING"
CANCELLED = "CANCELLED"
COMPLETE = "COMPLETE"
UNFINISHED = (NOT_STARTED, IN_PROGRESS, CANCELLING)

_BY_KEY = "SELECT * FROM task WHERE kind = ? AND parent = ?"


@dataclass(frozen=True)
class Task:
    """A task as it stands; `results` holds one result per import that has run."""

    number: int
    id: str
    kind: TaskKind
    parent: str
    email: str
    created: float
    state: str
    step: int
    step_started: float
    step_ends: float
    results: list[dict[str, Any]]
    cancelled_by: str | None


def _task(row: sqlite3.Row) -> Task:
    return Task(
        row["number"],
        row["id"],
        row["kind"],
        row["parent"],
        row["email"],
        row["created"],
        row["state"],
        row["step"],
        row["step_started"],
        row["step_ends"],
        json.loads(row["results"]),
        row["cancelled_by"],
    )


class Tasks:
    """The tasks of the model, finished and not."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def start(
        self, kind: TaskKind, parent: str, user: User, parameters: Sequence[dict[str, Any]] = ()
    ) -> Task:
        """Put a task at the end of the queue, with the `mappingParameters` of its start."""
        task_id = secrets.token_hex(16).upper()
        if parameters:
            self._store.execute(
                "INSERT INTO task_parameters VALUES (?, ?)", task_id, json.dumps(list(parameters))
            )
        self._store.execute(
            """
            INSERT INTO task (id, kind, parent, email, created, state, step, step_started, step_ends, results)
            VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, '[]')
            """,
            task_id,
            kind,
            parent,
            user.email,
            self._settings.now,
            NOT_STARTED,
        )
        row = self._store.row("SELECT * FROM task WHERE id = ?", task_id)
        if row is None:
            raise LookupError(task_id)
        return _task(row)

    def of(self, kind: TaskKind, parent: str) -> list[Task]:
        """The tasks of an action, oldest first."""
        return [_task(row) for row in self._store.rows(f"{_BY_KEY} ORDER BY number", kind, parent)]

    def find(self, kind: TaskKind, parent: str, task_id: str) -> Task | None:
        """The task of that identifier, under the action that started it only."""
        row = self._store.row(f"{_BY_KEY} AND id = ?", kind, parent, task_id)
        return None if row is None else _task(row)

    def parameters(self, task: Task, import_id: str) -> dict[str, str]:
        """The items that whoever started a task gave for an import, by `entityType`."""
        content = self._store.value("SELECT content FROM task_parameters WHERE task_id = ?", task.id)
        return {
            entry["entityType"]: entry["entityName"]
            for entry in json.loads(content or "[]")
            if str(entry.get("importId") or import_id) == import_id
        }

    def cancel(self, task: Task, user: User) -> None:
        """Ask a task to stop: at once while it waits, else at the end of its step, which is rolled back."""
        states = {NOT_STARTED: CANCELLED, IN_PROGRESS: CANCELLING}
        if task.state in states:
            self._store.execute(
                "UPDATE task SET state = ?, cancelled_by = ? WHERE id = ?",
                states[task.state],
                user.email,
                task.id,
            )

    @property
    def current(self) -> Task | None:
        """The task that has the model, or will have it next."""
        row = self._store.row(
            "SELECT * FROM task WHERE state IN (?, ?, ?) ORDER BY number LIMIT 1", *UNFINISHED
        )
        return None if row is None else _task(row)

    @property
    def busy_until(self) -> float | None:
        """When the running step ends; None while no task has the model."""
        task = self.current
        return None if task is None or task.state == NOT_STARTED else task.step_ends

    @property
    def last_end(self) -> float:
        """When the latest task ended; 0 before the first."""
        finished: float | None = self._store.value("SELECT max(finished) FROM task")
        return finished or 0.0

    def content(self, task: Task) -> bytes | None:
        """What the file of the running step held when it began; None when there was no file."""
        content: bytes | None = self._store.value("SELECT input FROM task WHERE id = ?", task.id)
        return content

    def begin_step(self, task: Task, step: int, begins: float, ends: float, content: bytes | None) -> None:
        """Note that an import of the task runs, and what it reads."""
        self._store.execute(
            "UPDATE task SET state = ?, step = ?, step_started = ?, step_ends = ?, input = ? WHERE id = ?",
            IN_PROGRESS,
            step,
            begins,
            ends,
            content,
            task.id,
        )

    def add_result(self, task: Task, result: dict[str, Any]) -> None:
        """Note the result of the step that ended."""
        results = json.dumps([*task.results, result])
        self._store.execute("UPDATE task SET results = ? WHERE id = ?", results, task.id)

    def finish(self, task: Task, state: str) -> None:
        """End a task with its running step."""
        self._store.execute(
            "UPDATE task SET state = ?, finished = ?, input = NULL WHERE id = ?",
            state,
            task.step_ends,
            task.id,
        )
