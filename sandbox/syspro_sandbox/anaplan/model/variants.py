"""The model, changed as people change models: each function returns another one.

`AnaplanStandIn.change_model` puts it in force while the server runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syspro_sandbox.anaplan.model.definition import VERSIONS, Process, Version

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import DeleteAction, Import, LineItem, Model, Module


def with_formula(model: Model, module: str, line_item: str, formula: str = "1") -> Model:
    """Turn a line item into a calculated one; an empty formula makes it take data again."""
    return _with_line_items(
        model,
        module,
        *(
            replace(one, formula=formula) if one.name == line_item else one
            for one in model.module_named[module].line_items
        ),
    )


def with_line_item(model: Model, module: str, line_item: LineItem) -> Model:
    """Add a line item to a module."""
    return _with_line_items(model, module, *model.module_named[module].line_items, line_item)


def with_changed_import(model: Model, name: str, **changes: Any) -> Model:
    """Change an import, `clear="all"` say."""
    return replace(
        model, imports=tuple(replace(one, **changes) if one.name == name else one for one in model.imports)
    )


def with_changed_source(model: Model, name: str, **changes: Any) -> Model:
    """Change the file of an import, its headers or its separator say."""
    return replace(
        model, sources=tuple(replace(one, **changes) if one.name == name else one for one in model.sources)
    )


def with_import(model: Model, definition: Import) -> Model:
    """Add an import."""
    return replace(model, imports=(*model.imports, definition))


def with_process(model: Model, name: str, *steps: str) -> Model:
    """Add a process of imports and actions, by name."""
    return replace(
        model, processes=(*model.processes, Process(len(model.processes) + 1, name, imports=steps))
    )


def with_delete(model: Model, action: DeleteAction) -> Model:
    """Add an action that deletes from a list."""
    return replace(model, actions=(*model.actions, action))


def with_versions(model: Model, module: str, *, closed: tuple[str, ...] = ()) -> Model:
    """Give a module the versions Actual and Budget as one more dimension, on its pages."""
    versions = tuple(
        Version(number, name, closed=name in closed)
        for number, name in enumerate(("Actual", "Budget"), start=1)
    )
    old = model.module_named[module]
    changed = old
    if VERSIONS not in old.dimensions:
        changed = replace(old, dimensions=(*old.dimensions, VERSIONS), pages=(*old.pages, VERSIONS))
    return replace(_with_module(model, changed), versions=versions)


def _with_line_items(model: Model, module: str, *line_items: LineItem) -> Model:
    return _with_module(model, replace(model.module_named[module], line_items=line_items))


def _with_module(model: Model, module: Module) -> Model:
    return replace(model, modules=tuple(module if one.name == module.name else one for one in model.modules))
