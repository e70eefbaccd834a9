"""Tasks: one at a time works on the model, the others wait in the order they came (reference 2.7, 4.2).

Nothing runs by itself: `advance` plays what is due by the clock. It is called before every request, so
that each step happens in its order relative to uploads and other tasks.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from syspro_sandbox.anaplan.importing.engine import run_import
from syspro_sandbox.anaplan.importing.outcome import Outcome, failure

if TYPE_CHECKING:
    import sqlite3

    from syspro_sandbox.anaplan.model.definition import Import
    from syspro_sandbox.anaplan.options import Settings, User
    from syspro_sandbox.anaplan.state.condition import Condition
    from syspro_sandbox.anaplan.state.dumps import Dumps
    from syspro_sandbox.anaplan.state.files import Files
    from syspro_sandbox.anaplan.state.store import Store

Kind = Literal["imports", "processes", "actions", "exports"]

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
    kind: Kind
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

    def __init__(
        self, store: Store, settings: Settings, files: Files, dumps: Dumps, condition: Condition
    ) -> None:
        self._store = store
        self._settings = settings
        self._files = files
        self._dumps = dumps
        self._condition = condition

    def start(self, kind: Kind, parent: str, user: User) -> Task:
        """Put a task at the end of the queue."""
        task_id = secrets.token_hex(16).upper()
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

    def of(self, kind: Kind, parent: str) -> list[Task]:
        """The tasks of an action, oldest first."""
        return [_task(row) for row in self._store.rows(f"{_BY_KEY} ORDER BY number", kind, parent)]

    def find(self, kind: Kind, parent: str, task_id: str) -> Task | None:
        """The task of that identifier, under the action that started it only."""
        row = self._store.row(f"{_BY_KEY} AND id = ?", kind, parent, task_id)
        return None if row is None else _task(row)

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

    def imports_of(self, kind: Kind, parent: str) -> list[Import]:
        """The imports an action runs, in order; empty when there is no such action."""
        model = self._settings.options.model
        if kind == "imports":
            return [definition for definition in model.imports if definition.id == parent]
        if kind == "processes":
            return [
                model.import_named[name]
                for process in model.processes
                if process.id == parent
                for name in process.imports
            ]
        return []

    def advance(self) -> None:
        """Play everything that is due."""
        options = self._settings.options
        while (task := self.current) is not None:
            if task.state == NOT_STARTED:
                last_end = self._store.value("SELECT max(finished) FROM task") or 0.0
                begins = max(task.created, last_end) + options.start_seconds
                if begins > self._settings.now:
                    return
                self._begin_step(task, 0, begins)
            elif task.step_ends > self._settings.now:
                return
            elif task.state == CANCELLING:
                self._finish(task, CANCELLED)
            else:
                self._end_step(task)

    def _begin_step(self, task: Task, step: int, begins: float) -> None:
        """Start an import; it reads its file now, whatever was uploaded when it was queued."""
        definition = self.imports_of(task.kind, task.parent)[step]
        model = self._settings.options.model
        source = model.source_named[definition.source]
        user = next((user for user in self._settings.options.users if user.email == task.email), None)
        content = self._files.content(user, source.id) if user else None
        self._store.execute(
            """
            UPDATE task SET state = ?, step = ?, step_started = ?, step_ends = ?, input = ? WHERE id = ?
            """,
            IN_PROGRESS,
            step,
            begins,
            begins + self._settings.options.task_seconds,
            content,
            task.id,
        )

    def _end_step(self, task: Task) -> None:
        options = self._settings.options
        definitions = self.imports_of(task.kind, task.parent)
        definition = definitions[task.step]
        outcome = self._run(task, definition)
        self._dumps.put(task.email, definition.id, task.id, outcome.dump)
        result = {
            "details": outcome.details,
            "failureDumpAvailable": outcome.dump is not None,
            "objectId": definition.id,
            "objectName": definition.name,
            "successful": outcome.successful,
            "ignored": outcome.ignored,
            "startTime": int(task.step_started * 1000),
            "duration": int((task.step_ends - task.step_started) * 1000),
        }
        self._store.execute(
            "UPDATE task SET results = ? WHERE id = ?", json.dumps([*task.results, result]), task.id
        )
        goes_on = outcome.successful or not options.process_stops_on_failure
        if goes_on and task.step + 1 < len(definitions):
            self._begin_step(task, task.step + 1, task.step_ends)
        else:
            self._finish(task, COMPLETE)

    def _run(self, task: Task, definition: Import) -> Outcome:
        options = self._settings.options
        if self._condition.is_locked and options.locked_model == "fail_task":
            return failure("actionFailed", "The model is locked")
        content = self._store.value("SELECT input FROM task WHERE id = ?", task.id)
        return run_import(definition, content, options, self._store)

    def _finish(self, task: Task, state: str) -> None:
        self._store.execute(
            "UPDATE task SET state = ?, finished = ?, input = NULL WHERE id = ?",
            state,
            task.step_ends,
            task.id,
        )
