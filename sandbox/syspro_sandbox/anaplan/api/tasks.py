"""Tasks and their dumps (Anaplan reference, "Start of a task" and "Dump files")."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, get_args

from starlette.responses import JSONResponse, Response

from syspro_sandbox.anaplan.api.files import chunk_entries
from syspro_sandbox.anaplan.model.definition import ModuleImport, TaskKind
from syspro_sandbox.anaplan.state.tasks import CANCELLED, COMPLETE, NOT_STARTED, Task
from syspro_sandbox.anaplan.wire import ApiError, Call, Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syspro_sandbox.anaplan.model.definition import Step

NOT_FOUND = 404
KINDS: tuple[TaskKind, ...] = get_args(TaskKind)
PROCESS_DETAILS = ("startTime", "duration")


def _without(value: Any, names: frozenset[str]) -> Any:
    """A part of an answer with fields left out, at every depth."""
    if isinstance(value, dict):
        return {key: _without(part, names) for key, part in value.items() if key not in names}
    if isinstance(value, list):
        return [_without(part, names) for part in value]
    return value


def _summary(call: Call, task: Task) -> dict[str, Any]:
    state = call.tenant.options.renamed_task_states.get(task.state, task.state)
    return {"taskId": task.id, "taskState": state, "creationTime": int(task.created * 1000)}


def _full(call: Call, task: Task) -> dict[str, Any]:
    terminal = task.state in {COMPLETE, CANCELLED}
    fields = _summary(call, task)
    if call.tenant.options.task_type_field:
        fields["type"] = "taskInformation"
    fields["progress"] = 1.0 if terminal else 0.0 if task.state == NOT_STARTED else _progress(call, task)
    fields["currentStep"] = "Not started." if task.state == NOT_STARTED else "Processing ..."
    if terminal:
        result = _result(call, task)
        fields["currentStep"] = "Complete." if _is_whole(task) else "Failed."
        fields["result"] = result
    if task.cancelled_by:
        fields["cancelledBy"] = task.cancelled_by
    shown: dict[str, Any] = _without(fields, call.tenant.options.omitted_task_fields)
    return shown


def _progress(call: Call, task: Task) -> float:
    """How far a running task is."""
    if call.tenant.options.task_progress == "half":
        return 0.5
    steps = len(call.tenant.model.steps_of(task.kind, task.parent))
    lasts = max(task.step_ends - task.step_started, 1e-6)
    done = min(1.0, (call.tenant.now - task.step_started) / lasts)
    return round((task.step + done) / steps, 2)


def _is_whole(task: Task) -> bool:
    """Whether no import of the task failed as a whole."""
    return task.state == COMPLETE and all(result["successful"] for result in task.results)


#: Tasks that run one step, whose result stands alone.
SINGLE: tuple[TaskKind, ...] = ("imports", "actions")


def _result(call: Call, task: Task) -> dict[str, Any]:
    if task.state == CANCELLED:
        return {
            "details": [
                {
                    "localMessageText": "The import was cancelled",
                    "occurrences": 0,
                    "type": "msgImportCancelled",
                }
            ],
            "failureDumpAvailable": False,
            "objectId": task.parent,
            "successful": False,
        }
    hidden = {"ignored"} if call.flag("includeProcessDetails") else {"ignored", *PROCESS_DETAILS}
    nested = [_without(result, frozenset(hidden)) for result in task.results]
    if task.kind in SINGLE:
        only: dict[str, Any] = _without(nested[0], frozenset(PROCESS_DETAILS))
        return only
    ignored = any(result["ignored"] for result in task.results)
    options = call.tenant.options
    successful = _is_whole(task) and not (ignored and options.process_fails_on_ignored)
    successful = successful or options.process_hides_failures
    process = next(one for one in call.tenant.model.processes if one.id == task.parent)
    result: dict[str, Any] = {
        "failureDumpAvailable": any(part["failureDumpAvailable"] for part in nested),
        "nestedResults": nested,
        "objectId": process.id,
        "objectName": process.name,
        "successful": successful,
    }
    if not _is_whole(task) and not options.process_hides_failures:
        failed = next(part for part in nested if not part["successful"])
        result["details"] = [
            {
                "localMessageText": f"The action {failed['objectName']} failed",
                "occurrences": 0,
                "type": "actionFailed",
            }
        ]
    return result


def _kind(call: Call) -> TaskKind:
    return next(kind for kind in KINDS if kind == call.params["kind"])


def _task(call: Call) -> Task:
    task = call.tenant.tasks.find(_kind(call), call.params["parent"], call.params["task"])
    if task is None or not _is_shown(call, task):
        raise ApiError(404)
    return task


def _is_shown(call: Call, task: Task) -> bool:
    """Whether the user sees the task (Anaplan reference, "Lists of tasks")."""
    return call.tenant.options.task_list == "all" or task.email == call.user.email


def list_tasks(call: Call) -> Response:
    """`GET .../tasks`: oldest first unless sorted; never 404 (Anaplan reference, "Lists of tasks")."""
    kind = _kind(call)
    # The order of creation decides between tasks of the same millisecond.
    tasks = [task for task in call.tenant.tasks.of(kind, call.params["parent"]) if _is_shown(call, task)]
    order = call.text("sort")
    keys: dict[str, Callable[[Task], Any]] = {
        "creationDate": lambda task: task.number,
        "creationTime": lambda task: task.number,
        "taskId": lambda task: task.id,
        "taskState": lambda task: task.state,
    }
    key = keys.get(order.lstrip("+- "), keys["creationDate"])
    entries = [_summary(call, task) for task in sorted(tasks, key=key, reverse=order.startswith("-"))]
    entries = _without(entries, call.tenant.options.omitted_task_fields)
    if kind == "imports" and call.tenant.options.import_task_list == "task":
        return call.answer("task", task=entries[0] if entries else [])
    return call.page("task", "tasks", entries)


def start_task(call: Call) -> Response:
    """`POST .../tasks`: queued behind the tasks that are there."""
    body = call.json_object()
    if not body.get("localeName"):
        raise ApiError(400, "The mandatory field localeName is missing")
    tasks = call.tenant.tasks
    kind, parent = _kind(call), call.params["parent"]
    steps = call.tenant.model.steps_of(kind, parent)
    if not steps:
        raise ApiError(404)
    parameters = _parameters(call, body, steps)
    is_busy = tasks.current is not None or call.tenant.busy_until is not None
    if is_busy and call.tenant.options.busy_start == "conflict":
        raise ApiError(409, "The model is busy")
    task = tasks.start(kind, parent, call.user, parameters)
    if call.tenant.options.bare_start_answer:
        return JSONResponse({"taskId": task.id})
    return call.answer("task", task=_without(_summary(call, task), call.tenant.options.omitted_task_fields))


def _parameters(call: Call, body: dict[str, Any], steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The `mappingParameters` of a start (Anaplan reference, "Mapping parameters").

    Raises:
        ApiError: 400 when they are malformed, or one that an import asks for is missing.
    """
    given = body.get("mappingParameters") or []
    is_list = isinstance(given, list) and all(isinstance(entry, dict) for entry in given)
    if not is_list or not all({"entityType", "entityName"} <= set(entry) for entry in given):
        raise ApiError(400, "The field mappingParameters is malformed")
    kinds = {entry["entityType"] for entry in given}
    asked = [kind for step in steps if isinstance(step, ModuleImport) for kind in step.prompts.values()]
    missing = [kind for kind in asked if kind not in kinds]
    if missing and call.tenant.options.missing_parameter == "refuse":
        raise ApiError(400, f"The mapping parameter {missing[0]} is missing")
    return given


def show_task(call: Call) -> Response:
    """`GET .../tasks/{task}`."""
    return call.answer("task", task=_full(call, _task(call)))


def cancel_task(call: Call) -> Response:
    """`DELETE .../tasks/{task}`."""
    call.tenant.tasks.cancel(_task(call), call.user)
    if call.tenant.options.cancel_answer == "empty":
        return Response(status_code=204)
    return call.answer("task", task=_full(call, _task(call)))


def _dump(call: Call) -> bytes | None:
    """The dump of an import, or of one import of a process; None when the import left none.

    Raises:
        ApiError: 404 when the task is unknown or its dump is gone.
    """
    task = _task(call)
    import_id = call.params.get("object", task.parent)
    content = call.tenant.dumps.get(call.user.email, import_id, task.id)
    left_one = any(
        result["objectId"] == import_id and result["failureDumpAvailable"] for result in task.results
    )
    if content is None and (left_one or not task.results):
        raise ApiError(404)
    return content


def read_dump(call: Call) -> Response:
    """`GET .../dump`: 204 (or 404) when the import left none, 404 when it is gone."""
    content = _dump(call)
    if content is None and call.tenant.options.no_dump_status == NOT_FOUND:
        raise ApiError(404)
    if content is None:
        return Response(status_code=204)
    return Response(content, media_type="text/plain")


def list_dump_chunks(call: Call) -> Response:
    """`GET .../dump/chunks`."""
    content = _dump(call)
    if content is None:
        raise ApiError(call.tenant.options.no_dump_chunks_status)
    return call.page(
        "chunk", "chunks", chunk_entries(ceil(len(content) / call.tenant.options.dump_chunk_bytes))
    )


def read_dump_chunk(call: Call) -> Response:
    """`GET .../dump/chunks/{chunk}`."""
    content = _dump(call) or b""
    size = call.tenant.options.dump_chunk_bytes
    number = int(call.params["chunk"]) if call.params["chunk"].isdecimal() else 0
    part = content[number * size : (number + 1) * size]
    if not part:
        raise ApiError(404)
    return Response(part, media_type="text/plain")


TASKS = "/{kind:imports|processes|actions|exports}/{parent}/tasks"
DUMPS = (
    "/{kind:imports}/{parent}/tasks/{task}/dump",
    "/{kind:processes}/{parent}/tasks/{task}/dumps/{object}",
)

ENDPOINTS = (
    Endpoint("GET", TASKS, list_tasks, listing=True),
    Endpoint("POST", TASKS, start_task, writes=True),
    Endpoint("GET", f"{TASKS}/{{task}}", show_task),
    Endpoint("DELETE", f"{TASKS}/{{task}}", cancel_task),
    *(Endpoint("GET", dump, read_dump) for dump in DUMPS),
    *(Endpoint("GET", f"{dump}/chunks", list_dump_chunks) for dump in DUMPS),
    *(Endpoint("GET", f"{dump}/chunks/{{chunk}}", read_dump_chunk) for dump in DUMPS),
)
