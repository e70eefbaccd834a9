"""Where a batch goes: the import or process that its mappings name, by id or name, found in the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_anaplan.api.task_start import Runnable
from target_anaplan.errors import MappingFailedError
from target_anaplan.plan.column_check import check_headers, check_key
from target_anaplan.plan.process_check import check_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_anaplan.api.model_objects import ImportObject, ModelObjects, ProcessObject
    from target_anaplan.mapping.definition import Mapping


@dataclass(frozen=True)
class Destination:
    """What a batch's mappings name, found in the model.

    Attributes:
        runnable: The import or process to run.
        process: The process, where it is one.
        items: For each mapping the import that stands for its file.
    """

    runnable: Runnable
    process: ProcessObject | None
    items: tuple[ImportObject, ...]


def find_destination(objects: ModelObjects, mappings: Sequence[Mapping]) -> Destination:
    """The import or process of a batch, and the import that stands for each mapping's file.

    Raises:
        MappingFailedError: Something is missing, or does not fit.
    """
    kind, target = mappings[0].batch
    if kind == "import":
        item = objects.find_import(target)
        check_headers(mappings[0], item, objects.csv_format(item))
        check_key(mappings[0], item)
        return Destination(Runnable("imports", item.id, item.name), None, (item,))
    process = objects.find_process(target)
    items = [objects.find_file(process, mapping.file or "") for mapping in mappings]
    for mapping, item in zip(mappings, items, strict=True):
        for reader in process.imports:
            if reader.file_id == item.file_id:
                check_headers(mapping, reader, objects.csv_format(reader))
                check_key(mapping, reader)
    check_files(objects, process, items)
    return Destination(Runnable("processes", process.id, process.name), process, tuple(items))


def refuse_second_name(destination: Destination, others: Sequence[Destination]) -> None:
    """Refuse an import or process that mappings name in two ways, so that it would run twice.

    Args:
        destination: Where a batch goes.
        others: Where those go that were found before.

    Raises:
        MappingFailedError: One of them runs the same.
    """
    if destination.runnable in [other.runnable for other in others]:
        raise MappingFailedError(
            "Another mapping runs the same import or process, by its id or its name",
            remedy="Name the import or process in the same way in both mappings",
        )
