"""What a run needs, looked at one by one for `--test`; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.errors import KitError
from singer_kit.preflight import Finding

from target_anaplan.api.model_availability import LOCKED
from target_anaplan.errors import NotFoundError
from target_anaplan.plan.destination import find_destination
from target_anaplan.settings import DEFAULT_API_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_anaplan.api.wiring import AnaplanModel
    from target_anaplan.mapping.definition import Mapping
    from target_anaplan.plan.delivery_order import BatchKey
    from target_anaplan.settings import Settings

_ROLE_REMEDY = (
    "Give the user a role in the model that may run its imports and processes and write to their lists and"
    " modules"
)


def check(settings: Settings, model: AnaplanModel) -> list[Finding]:
    """Look at login, workspace, model and every mapping."""
    try:
        return list(_look(settings, model))
    finally:
        model.client.logout()


def _look(settings: Settings, model: AnaplanModel) -> Iterator[Finding]:
    steps: list[tuple[str, Callable[[], Finding]]] = [
        ("login and workspace", lambda: _check_workspace(settings, model)),
        ("model", lambda: _check_model(settings, model)),
        ("imports", lambda: _check_imports(model)),
    ]
    for subject, step in steps:
        finding = _attempt(subject, step)
        yield finding
        if finding.level == "error":
            return
    if not settings.mappings:
        message = "There are none: each stream must have the very columns of one import's file"
        remedy = "Set `mapping_file` or `mappings` to say what goes where"
        yield Finding("warning", "mappings", message, remedy)
    batches: dict[BatchKey, list[Mapping]] = {}
    for mapping in settings.mappings:
        batches.setdefault(mapping.batch, []).append(mapping)
    for mappings in batches.values():
        yield _check_mappings(mappings, model)


def _attempt(subject: str, step: Callable[[], Finding]) -> Finding:
    try:
        return step()
    except KitError as error:
        return Finding.of_error(subject, error)


def _check_workspace(settings: Settings, model: AnaplanModel) -> Finding:
    try:
        workspaces = list(model.client.get_all("/workspaces", "workspaces"))
    except NotFoundError as error:
        remedy = f"Correct `api_url`; it ends with the version, as in {DEFAULT_API_URL}"
        return Finding("error", "login and workspace", error.problem, remedy)
    for workspace in workspaces:
        if workspace.get("id") == settings.workspace_id:
            message = f"The user {settings.username} sees {workspace.get('name')!r}"
            return Finding("ok", "login and workspace", message)
    message = f"The workspace {settings.workspace_id} is not among those that the user sees"
    remedy = "Check `workspace_id`; an administrator can give the user access to the workspace"
    return Finding("error", "workspace", message, remedy)


def _check_model(settings: Settings, model: AnaplanModel) -> Finding:
    state = model.availability.check()
    if state == LOCKED:
        remedy = "Have a workspace administrator unlock it; `lock_wait_seconds` says how long a run waits"
        return Finding("error", "model", "The model is locked", remedy)
    return Finding("ok", "model", f"The model {settings.model_id} is there and {state}")


def _check_imports(model: AnaplanModel) -> Finding:
    count = len(model.objects.imports)
    if count == 0:
        return Finding("error", "imports", "The user sees none", _ROLE_REMEDY)
    processes = len(model.objects.processes)
    return Finding("ok", "imports", f"The user sees {count} imports and {processes} processes")


def _check_mappings(mappings: list[Mapping], model: AnaplanModel) -> Finding:
    kind, target = mappings[0].batch
    subject = f"{', '.join(mapping.stream for mapping in mappings)} -> {kind} {target!r}"

    def look() -> Finding:
        items = find_destination(model.objects, mappings).items
        files = [model.objects.file_of(item).name for item in items]
        return Finding("ok", subject, f"Found, and the columns are those of {', '.join(files)}")

    return _attempt(subject, look)
