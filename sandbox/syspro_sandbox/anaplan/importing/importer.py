"""Run one import: read the file, check its columns, load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.list_import import ListImporter
from syspro_sandbox.anaplan.importing.module_import import ModuleImporter
from syspro_sandbox.anaplan.importing.outcome import Outcome, failure
from syspro_sandbox.anaplan.importing.source import SourceError, read_source
from syspro_sandbox.anaplan.model.definition import ListImport
from syspro_sandbox.anaplan.state.items import Hierarchies

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import Import
    from syspro_sandbox.anaplan.options import AnaplanOptions
    from syspro_sandbox.anaplan.state.store import Store


def run_import(definition: Import, content: bytes | None, options: AnaplanOptions, store: Store) -> Outcome:
    """Run an import with the content of its file.

    Args:
        definition: The import.
        content: What the file held when the import started; None when there was neither private nor
            default content.
        options: The switches.
        store: The model's data.
    """
    if content is None:
        return failure("uploadedFileNoLongerAvailable", "The uploaded file is no longer available")
    source = options.model.source_named[definition.source]
    try:
        file = read_source(content, source)
    except SourceError as error:
        return failure(error.code, str(error))
    if missing := [column for column in definition.mandatory if column not in file.header]:
        return failure("missingFields", f"Missing fields: {', '.join(missing)}")
    hierarchies = Hierarchies(store, options.model)
    if isinstance(definition, ListImport):
        return ListImporter(definition, source, options, hierarchies).run(file)
    return ModuleImporter(definition, source, options, hierarchies, store).run(file)
