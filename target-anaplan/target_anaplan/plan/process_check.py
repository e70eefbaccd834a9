"""Whether a process gets every file that it imports, each from one mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_anaplan.api.model_objects import ImportObject, ModelObjects, ProcessObject


def check_files(objects: ModelObjects, process: ProcessObject, items: Sequence[ImportObject]) -> None:
    """Refuse a process that would import what was uploaded some other time.

    Args:
        objects: The model's.
        process: The process.
        items: For each mapping the import that stands for its file.

    Raises:
        MappingFailedError: A file is filled twice, or not at all.
    """
    filled = {item.file_id for item in items}
    if len(filled) < len(items):
        raise MappingFailedError(
            "Two mappings fill the same file of the process", remedy="Name several streams by a pattern"
        )
    if unfilled := [item for item in process.imports if item.file_id and item.file_id not in filled]:
        raise MappingFailedError(
            f"The process also runs {unfilled[0].name!r} with the file"
            f" {objects.file_of(unfilled[0]).name!r}, which no mapping fills: it would import what was"
            " uploaded some other time",
            remedy="Add a mapping with that `file:`",
        )
