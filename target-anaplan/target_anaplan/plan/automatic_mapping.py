"""A stream without a mapping: the one import whose file has exactly its columns, for no other stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit import contract
from singer_kit.errors import SettingsError

from target_anaplan.errors import MappingFailedError
from target_anaplan.mapping import definition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_anaplan.api.model_objects import ImportObject, ModelObjects
    from target_anaplan.spool.mapped_file import Stream


def fitting_mapping(
    stream: Stream, objects: ModelObjects, mapped: Iterable[definition.Mapping]
) -> definition.Mapping | None:
    """The mapping onto the one import that fits; None where none does.

    The file need not have the columns about the transport (`_syspro_*`, `_sdc_*`).

    Args:
        stream: The stream.
        objects: The model's.
        mapped: The mappings that there are already.

    Raises:
        SettingsError: Several imports fit, or several streams fit one.
    """
    needed = {name for name in stream.properties if not name.startswith(contract.PREFIXES)}
    fitting: list[tuple[ImportObject, tuple[str, ...]]] = []
    for item in objects.imports:
        try:
            headers = objects.csv_format(item).headers if item.file_id else ()
        except MappingFailedError:
            continue
        if headers and needed <= set(headers) <= stream.properties:
            fitting.append((item, headers))
    if not fitting:
        return None
    if len(fitting) > 1:
        names = ", ".join(repr(item.name) for item, _headers in fitting)
        raise SettingsError(
            f"The stream {stream.name!r} fits several imports: {names}",
            setting="mappings",
            remedy="Write a mapping that names one",
        )
    item, headers = fitting[0]
    mapping = definition.automatic(stream.name, item.id, headers, stream.key_properties)
    for other in mapped:
        if other.batch == mapping.batch and other.stream != stream.name:
            raise SettingsError(
                f"The streams {stream.name!r} and {other.stream!r} both fit the import {mapping.target!r}",
                setting="mappings",
                remedy="Write a mapping for each",
            )
    return mapping
