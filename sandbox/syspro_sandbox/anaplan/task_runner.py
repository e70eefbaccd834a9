"""Running tasks: one at a time works on the model, the others wait in their order.

Anaplan reference, "States of a task" and "Busy models".

Nothing runs by itself: `advance` plays what is due by the clock. It is called before every request, so
that each step happens in its order relative to uploads and other tasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.importer import run_import
from syspro_sandbox.anaplan.importing.outcome import Outcome, failure
from syspro_sandbox.anaplan.state.tasks import CANCELLED, CANCELLING, COMPLETE, NOT_STARTED

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import Import
    from syspro_sandbox.anaplan.options import Settings
    from syspro_sandbox.anaplan.state.condition import Condition
    from syspro_sandbox.anaplan.state.dumps import Dumps
    from syspro_sandbox.anaplan.state.files import Files
    from syspro_sandbox.anaplan.state.store import Store
    from syspro_sandbox.anaplan.state.tasks import Task, Tasks


class TaskRunner:
    """What runs the tasks of the model, import by import.

    Args:
        store: The model's data.
        settings: The switches and the time.
        tasks: What there is to run.
        files: What imports read.
        dumps: Where rows that were not loaded whole are kept.
        condition: Of the model.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        tasks: Tasks,
        files: Files,
        dumps: Dumps,
        condition: Condition,
    ) -> None:
        self._store = store
        self._settings = settings
        self._tasks = tasks
        self._files = files
        self._dumps = dumps
        self._condition = condition

    def advance(self) -> None:
        """Play everything that is due."""
        while (task := self._tasks.current) is not None:
            if task.state == NOT_STARTED:
                begins = max(task.created, self._tasks.last_end) + self._settings.options.start_seconds
                if begins > self._settings.now:
                    return
                self._begin_step(task, 0, begins)
            elif task.step_ends > self._settings.now:
                return
            elif task.state == CANCELLING:
                self._tasks.finish(task, CANCELLED)
            else:
                self._end_step(task)

    def _begin_step(self, task: Task, step: int, begins: float) -> None:
        """Start an import; it reads its file now, whatever was uploaded when it was queued."""
        options = self._settings.options
        definition = options.model.imports_of(task.kind, task.parent)[step]
        source = options.model.source_named[definition.source]
        user = next((user for user in options.users if user.email == task.email), None)
        content = self._files.content(user, source.id) if user else None
        self._tasks.begin_step(task, step, begins, begins + options.task_seconds, content)

    def _end_step(self, task: Task) -> None:
        options = self._settings.options
        definitions = options.model.imports_of(task.kind, task.parent)
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
        self._tasks.add_result(task, result)
        goes_on = outcome.successful or not options.process_stops_on_failure
        if goes_on and task.step + 1 < len(definitions):
            self._begin_step(task, task.step + 1, task.step_ends)
        else:
            self._tasks.finish(task, COMPLETE)

    def _run(self, task: Task, definition: Import) -> Outcome:
        options = self._settings.options
        if self._condition.is_locked and options.locked_model == "fail_task":
            return failure("actionFailed", "The model is locked")
        return run_import(definition, self._tasks.content(task), options, self._store)
