"""Whether a mapping's columns are those of the file, and its properties those of the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_anaplan.api.model_objects import MODULE_DATA
from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from target_anaplan.api.model_objects import ImportObject
    from target_anaplan.csv_format import CsvFormat
    from target_anaplan.mapping.definition import Mapping
    from target_anaplan.spool.mapped_file import Stream


def check_headers(mapping: Mapping, item: ImportObject, file_format: CsvFormat) -> None:
    """Refuse a file that would differ from what the import expects.

    A missing column silently stops loading while the import goes on to "succeed" (Anaplan reference, "Columns
    of an import").

    Raises:
        MappingFailedError: The columns differ.
    """
    wanted = set(file_format.headers)
    missing = [repr(header) for header in file_format.headers if header not in mapping.columns]
    extra = [repr(header) for header in mapping.columns if header not in wanted]
    differences = []
    if missing:
        differences.append(f"the file has {', '.join(missing)}, which the mapping does not fill")
    if extra:
        differences.append(f"the mapping fills {', '.join(extra)}, which the file does not have")
    if differences:
        raise MappingFailedError(
            f"The columns differ from those of the import {item.name!r}: {'; '.join(differences)}",
            remedy="Correct the mapping in `mapping_file` or `mappings`, or upload a file with the new"
            " columns in Anaplan and map them there",
        )


def check_key(mapping: Mapping, item: ImportObject) -> None:
    """Refuse a mapping without a key onto a module, where equal rows are added up in silence.

    Anaplan reference, "Module imports".

    Raises:
        MappingFailedError: It fills a module and says nothing of a key.
    """
    if mapping.key is None and item.import_type == MODULE_DATA:
        raise MappingFailedError(
            f"The mapping has no `key`, and the import {item.name!r} fills a module, where equal rows are"
            " added up",
            remedy="Write the headers of the module's dimensions as `key:`, or `key: none` where rows are"
            " meant to be added up",
        )


def check_properties(mapping: Mapping, stream: Stream) -> None:
    """Refuse a mapping that reads what the stream does not have.

    Raises:
        MappingFailedError: A property is missing.
    """
    missing = mapping.missing_properties(stream.properties) if stream.properties else {}
    if missing:
        places = ", ".join(f"{name!r} ({place})" for name, place in missing.items())
        raise MappingFailedError(
            f"The stream {stream.name!r} has no property {places}",
            remedy="Correct the mapping in `mapping_file` or `mappings`, or select the property in the tap",
        )
