"""Run one import: read the file, check its columns, load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.list_import import ListImporter
from syspro_sandbox.anaplan.importing.module_import import ModuleImporter
from syspro_sandbox.anaplan.importing.outcome import Outcome, failure
from syspro_sandbox.anaplan.importing.source import SourceError, SourceFile, read_source
from syspro_sandbox.anaplan.model.definition import ListImport
from syspro_sandbox.anaplan.state.items import Hierarchies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syspro_sandbox.anaplan.model.definition import Import, Model
    from syspro_sandbox.anaplan.options import AnaplanOptions
    from syspro_sandbox.anaplan.state.store import Store


def run_import(
    definition: Import,
    content: bytes | None,
    options: AnaplanOptions,
    store: Store,
    parameters: Mapping[str, str] | None = None,
) -> Outcome:
    """Run an import with the content of its file.

    Args:
        definition: The import.
        content: What the file held when the import started; None when there was neither private nor
            default content.
        options: The switches.
        store: The model's data.
        parameters: The items that whoever started it gave, by `entityType`.
    """
    if content is None:
        return failure("uploadedFileNoLongerAvailable", "The uploaded file is no longer available")
    source = options.model.source_named[definition.source]
    try:
        file = read_source(content, source)
    except SourceError as error:
        return failure(error.code, str(error))
    missing = _missing_columns(definition, file, every=options.missing_column == "fail")
    if missing:
        return failure("missingFields", f"Missing fields: {', '.join(missing)}")
    hierarchies = Hierarchies(store, options.model)
    if isinstance(definition, ListImport):
        return ListImporter(definition, source, options, hierarchies).run(file)
    parameters = parameters or {}
    for dimension, kind in definition.prompts.items():
        if not _is_item(options.model, hierarchies, dimension, parameters.get(kind, "")):
            return failure("failedToLocateEntity", f"Failed to locate {kind}: {parameters.get(kind, '')}")
    return ModuleImporter(definition, source, options, hierarchies, store=store, parameters=parameters).run(
        file
    )


def _missing_columns(definition: Import, file: SourceFile, *, every: bool) -> list[str]:
    """The headers without which the import fails, in the order of the import."""
    wanted = definition.mandatory
    if every:
        others = definition.properties if isinstance(definition, ListImport) else definition.line_items
        wanted = (*wanted, *others.values())
    return [column for column in wanted if column not in file.header]


def _is_item(model: Model, hierarchies: Hierarchies, dimension: str, name: str) -> bool:
    fixed = model.fixed_items(dimension)
    return name in fixed if fixed is not None else hierarchies[dimension].find(name) is not None
