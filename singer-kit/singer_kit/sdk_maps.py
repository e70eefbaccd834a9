"""The SDK shell of stream maps and flattening: a target's schemas and runs in, mapped ones out."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import RecordsWithoutSchemaException
from singer_sdk.mapper import RemoveRecordTransform, SameRecordTransform

from singer_kit.messages import decode_record, encode
from singer_kit.runs import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_sdk.mapper import PluginMapper, StreamMap


@dataclass(frozen=True)
class MappedStream:
    """A stream behind its map.

    Attributes:
        name: Its name, which may be an alias.
        schema: Its JSON schema.
        key_properties: Its key; None or empty where it has none.
    """

    name: str
    schema: dict[str, Any]
    key_properties: Sequence[str] | None


class TargetMaps:
    """The maps of a target; runs of a stream without a map or flattening pass undecoded.

    Args:
        mapper: The SDK's maps, as configured.
    """

    def __init__(self, mapper: PluginMapper) -> None:
        self._mapper = mapper
        self._unmapped: set[str] = set()

    def register(
        self, stream: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> list[MappedStream]:
        """Take a SCHEMA; give the streams that it leads to."""
        self._mapper.register_raw_stream_schema(stream, schema, key_properties)
        maps = self._mapper.stream_maps[stream]
        self._unmapped.discard(stream)
        if all(map(changes_nothing, maps)):
            self._unmapped.add(stream)
        return [
            MappedStream(
                stream_map.stream_alias, stream_map.transformed_schema, stream_map.transformed_key_properties
            )
            for stream_map in maps
            if not isinstance(stream_map, RemoveRecordTransform)
        ]

    def apply(self, run: Run) -> list[Run]:
        """Map records.

        Returns:
            A run for each stream that the records lead to.

        Raises:
            RecordsWithoutSchemaException: No SCHEMA came before them.
            DataError: A record is not a JSON object.
        """
        if run.stream in self._unmapped:
            return [run]
        if run.stream not in self._mapper.stream_maps:
            raise RecordsWithoutSchemaException(
                f"A record of {run.stream} came before the schema of the stream."
            )
        mapped: dict[str, Run] = {}
        for raw, extracted_at in zip(run.records, run.extracted_at, strict=True):
            record = decode_record(raw)
            for stream_map in self._mapper.stream_maps[run.stream]:
                result = stream_map.transform(copy.copy(record))
                if result is not None:
                    name = stream_map.stream_alias
                    target = mapped.setdefault(name, Run(name, [], []))
                    target.records.append(encode(result))
                    target.extracted_at.append(extracted_at)
        return list(mapped.values())


def changes_nothing(stream_map: StreamMap) -> bool:
    """Whether a stream map hands records through as they are: neither a map nor flattening is configured."""
    return type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled
