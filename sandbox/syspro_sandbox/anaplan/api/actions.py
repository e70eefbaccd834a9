"""Imports, processes, exports and other actions, as the model lists them.

Anaplan reference, "Objects of a model".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syspro_sandbox.anaplan.model.definition import DeleteAction
from syspro_sandbox.anaplan.wire import ApiError, Call, Endpoint, sort_items

if TYPE_CHECKING:
    from starlette.responses import Response

    from syspro_sandbox.anaplan.model.definition import Import, Step


def _import_fields(call: Call, definition: Import) -> dict[str, Any]:
    source = call.tenant.model.source_named[definition.source]
    return {
        "id": definition.id,
        "name": definition.name,
        **(
            {"importDataSourceId": source.id}
            if source.type == "FILE"
            else {"importDataSource": {"type": source.type, "name": source.name}}
        ),
        "importType": definition.import_type,
    }


def list_imports(call: Call) -> Response:
    """`GET .../imports`."""
    imports = [_import_fields(call, definition) for definition in call.tenant.model.imports]
    return call.page("import", "imports", sort_items(imports, call.text("sort")))


def show_import(call: Call) -> Response:
    """`GET .../imports/{import}`: an unknown one is an internal error.

    Anaplan reference, "Who sees what".
    """
    for definition in call.tenant.model.imports:
        if definition.id == call.params["import"]:
            source = call.tenant.model.source_named[definition.source]
            if source.type == "MODEL":
                return call.answer(
                    "importMetadata", importMetadata={"name": definition.name, "type": source.type}
                )
            metadata = {
                "name": definition.name,
                "type": "FILE",
                "source": {
                    "textEncoding": source.encoding,
                    "columnSeparator": source.separator,
                    "textDelimiter": source.delimiter,
                    "headerRow": source.header_row,
                    "firstDataRow": source.first_data_row,
                    "decimalSeparator": source.decimal_separator,
                    "headerNames": list(source.headers),
                    "columnCount": len(source.headers),
                },
            }
            return call.answer("importMetadata", importMetadata=metadata)
    raise ApiError(500)


def list_processes(call: Call) -> Response:
    """`GET .../processes`."""
    processes = [{"id": process.id, "name": process.name} for process in call.tenant.model.processes]
    return call.page("process", "processes", sort_items(processes, call.text("sort")))


def show_process(call: Call) -> Response:
    """`GET .../processes/{process}`."""
    model = call.tenant.model
    for process in model.processes:
        if process.id == call.params["process"]:
            actions = [_process_action(call, model.step_named[name]) for name in process.imports]
            return call.answer("process", processMetadata={"name": process.name, "actions": actions})
    raise ApiError(404)


def _action_fields(action: DeleteAction) -> dict[str, Any]:
    return {"id": action.id, "name": action.name, "actionType": action.action_type}


def _process_action(call: Call, definition: Step) -> dict[str, Any]:
    if isinstance(definition, DeleteAction):
        return _action_fields(definition)
    action = {**_import_fields(call, definition), "actionType": "IMPORT"}
    if call.flag("showImportDataSource") and "importDataSourceId" in action:
        action["importDataSource"] = {"importDataSourceId": action["importDataSourceId"], "type": "FILE"}
    return action


def list_actions(call: Call) -> Response:
    """`GET .../actions`: what deletes from lists."""
    actions = [_action_fields(action) for action in call.tenant.model.actions]
    return call.page("action", "actions", sort_items(actions, call.text("sort")))


def list_exports(call: Call) -> Response:
    """`GET .../exports`: the model has none."""
    return call.page("export", "exports", [])


ENDPOINTS = (
    Endpoint("GET", "/imports", list_imports),
    Endpoint("GET", "/imports/{import}", show_import),
    Endpoint("GET", "/processes", list_processes),
    Endpoint("GET", "/processes/{process}", show_process),
    Endpoint("GET", "/actions", list_actions),
    Endpoint("GET", "/exports", list_exports),
)
