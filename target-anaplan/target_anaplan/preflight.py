"""`--test`: what a run needs, looked at one by one; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.errors import KitError
from singer_kit.preflight import Finding

from target_anaplan.api.model_objects import LOCKED
from target_anaplan.errors import NotFoundError
from target_anaplan.plan.routing import resolve
from target_anaplan.settings import DEFAULT_API_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_anaplan.api.wiring import Connection
    from target_anaplan.mapping.definition import Mapping
    from target_anaplan.mapping.order import BatchKey
    from target_anaplan.settings import Settings

_ROLE_HINT = (
    "the user needs a role in the model that may run its imports and processes and write to their lists and"
    " modules"
)


def examine(settings: Settings, connection: Connection) -> list[Finding]:
    """Looks at login, workspace, model and every mapping."""
    try:
        return list(_look(settings, connection))
    finally:
        connection.client.logout()


def _look(settings: Settings, connection: Connection) -> Iterator[Finding]:
    steps: list[tuple[str, Callable[[], Finding]]] = [
        ("login and workspace", lambda: _workspace(settings, connection)),
        ("model", lambda: _model(settings, connection)),
        ("imports", lambda: _imports(connection)),
    ]
    for subject, step in steps:
        finding = _attempt(subject, step)
        yield finding
        if finding.level == "error":
            return
    if not settings.mappings:
        yield Finding(
            "warning", "mappings", "none: each stream must have the very columns of one import's file"
        )
    batches: dict[BatchKey, list[Mapping]] = {}
    for mapping in settings.mappings:
        batches.setdefault(mapping.batch, []).append(mapping)
    for mappings in batches.values():
        yield _mapping(mappings, connection)


def _attempt(subject: str, step: Callable[[], Finding]) -> Finding:
    try:
        return step()
    except KitError as error:
        return Finding("error", subject, str(error))


def _workspace(settings: Settings, connection: Connection) -> Finding:
    try:
        workspaces = connection.client.workspaces()
    except NotFoundError as error:
        remedy = f"correct `api_url`; it ends with the version, as in {DEFAULT_API_URL}"
        return Finding("error", "login and workspace", str(error), remedy)
    for workspace in workspaces:
        if workspace.get("id") == settings.workspace_id:
            return Finding("ok", "login and workspace", f"{settings.username} sees {workspace.get('name')!r}")
    remedy = "check `workspace_id`; an administrator can give the user access to the workspace"
    return Finding("error", "workspace", f"{settings.workspace_id} is not among those the user sees", remedy)


def _model(settings: Settings, connection: Connection) -> Finding:
    state = connection.catalogue.check_model()
    if state == LOCKED:
        return Finding("error", "model", "it is locked", "unlock it, or wait: `lock_wait_seconds`")
    return Finding("ok", "model", f"{settings.model_id} is there and {state}")


def _imports(connection: Connection) -> Finding:
    count = len(connection.catalogue.imports)
    if count == 0:
        return Finding("error", "imports", "the user sees none", _ROLE_HINT)
    processes = len(connection.catalogue.processes)
    return Finding("ok", "imports", f"the user sees {count} imports and {processes} processes")


def _mapping(mappings: list[Mapping], connection: Connection) -> Finding:
    kind, target = mappings[0].batch
    subject = f"{', '.join(mapping.stream for mapping in mappings)} -> {kind} {target!r}"

    def look() -> Finding:
        items = resolve(connection.catalogue, mappings).items
        files = [connection.catalogue.file_of(item).name for item in items]
        return Finding("ok", subject, f"found, and the columns are those of {', '.join(files)}")

    return _attempt(subject, look)
