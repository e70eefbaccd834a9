"""Running tasks: one at a time works on the model, the others wait in their order.

Anaplan reference, "States of a task" and "Busy models".

Nothing runs by itself: `advance` plays what is due by the clock. It is called before every request, so
that each step happens in its order relative to uploads and other tasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.delete_action import run_delete
from syspro_sandbox.anaplan.importing.importer import run_import
from syspro_sandbox.anaplan.importing.outcome import Outcome, failure
from syspro_sandbox.anaplan.importing.result_forms import tell
from syspro_sandbox.anaplan.model.definition import DeleteAction, ModuleImport
from syspro_sandbox.anaplan.state.items import Hierarchies
from syspro_sandbox.anaplan.state.tasks import CANCELLED, CANCELLING, COMPLETE, NOT_STARTED

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import Step
    from syspro_sandbox.anaplan.options import Settings, User
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
                free = max(task.created, self._tasks.last_end, self._condition.occupied_until)
                begins = free + self._settings.options.start_seconds
                if begins > self._settings.now:
                    return
                self._begin_step(task, 0, begins)
            elif task.step_ends > self._settings.now:
                return
            elif task.state == CANCELLING and self._settings.options.cancel == "rolls_back":
                self._tasks.finish(task, CANCELLED)
            else:
                self._end_step(task)

    def _begin_step(self, task: Task, step: int, begins: float) -> None:
        """Start an import; it reads its file now, whatever was uploaded when it was queued."""
        options = self._settings.options
        definition = options.model.steps_of(task.kind, task.parent)[step]
        user = self._user(task)
        content = None
        if user and not isinstance(definition, DeleteAction):
            content = self._files.content(user, options.model.source_named[definition.source].id)
        self._tasks.begin_step(task, step, begins, begins + options.task_seconds, content)

    def _end_step(self, task: Task) -> None:
        options = self._settings.options
        definitions = options.model.steps_of(task.kind, task.parent)
        definition = definitions[task.step]
        outcome = tell(self._run(task, definition), definition.name, options.result_forms)
        self._dumps.put(task.email, definition.id, task.id, outcome.dump)
        result = {
            **({} if outcome.details is None else {"details": outcome.details}),
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

    def _user(self, task: Task) -> User | None:
        return next((user for user in self._settings.options.users if user.email == task.email), None)

    def _run(self, task: Task, definition: Step) -> Outcome:
        refusal = self._refusal(self._user(task), definition)
        if refusal is not None:
            return refusal
        options = self._settings.options
        if isinstance(definition, DeleteAction):
            return run_delete(definition, options.model, Hierarchies(self._store, options.model), self._store)
        parameters = self._tasks.parameters(task, definition.id)
        return run_import(definition, self._tasks.content(task), options, self._store, parameters)

    def _refusal(self, user: User | None, definition: Step) -> Outcome | None:
        """Why a step fails before it reads anything; None when it may go on."""
        options = self._settings.options
        if self._condition.is_locked and options.locked_model == "fail_task":
            return failure("actionFailed", "The model is locked")
        if user is None or not user.model_access:
            return failure("notAuthorised", "You are not authorised to run this action")
        if definition.target in user.no_access:
            code = "moduleImportNoWriteAccess" if isinstance(definition, ModuleImport) else "notAuthorised"
            return failure(code, f"You do not have write access to {definition.target}")
        size = options.current_size
        if size is not None and size >= options.size_allowance and not isinstance(definition, DeleteAction):
            return failure(options.full_workspace_type, "Workspace size exceeded; changes rolled back")
        return None
