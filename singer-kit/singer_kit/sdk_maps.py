"""The SDK shell of stream maps and flattening: a target's schemas and runs in, mapped ones out."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import RecordsWithoutSchemaException, SingerSDKError
from singer_sdk.mapper import RemoveRecordTransform, SameRecordTransform

from singer_kit.errors import KitError, SettingsError, clause
from singer_kit.messages import decode_record, encode
from singer_kit.runs import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        self._names: dict[str, list[str]] = {}
        #: By the name of a mapped stream: its shape, and the streams whose records have it.
        self._sources: dict[str, tuple[Any, set[str]]] = {}

    def register(
        self, stream: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> list[MappedStream]:
        """Take a SCHEMA; give the streams that it leads to."""
        with explained_map_errors(stream):
            self._mapper.register_raw_stream_schema(stream, schema, key_properties)
            for stream_map in self._mapper.stream_maps[stream]:
                _check_alias(stream_map.stream_alias)
        maps = self._mapper.stream_maps[stream]
        self._unmapped.discard(stream)
        if all(map(changes_nothing, maps)):
            self._unmapped.add(stream)
        mapped = [
            MappedStream(
                stream_map.stream_alias, stream_map.transformed_schema, stream_map.transformed_key_properties
            )
            for stream_map in maps
            if not isinstance(stream_map, RemoveRecordTransform)
        ]
        self._names[stream] = list(dict.fromkeys(one.name for one in mapped))
        for one in mapped:
            self._note_source(one, stream)
        return mapped

    def names(self, stream: str) -> list[str]:
        """The streams that the records of a stream lead to."""
        return self._names[stream]

    def apply(self, run: Run) -> list[Run]:
        """Map records.

        Returns:
            A run for each stream that the records lead to.

        Raises:
            RecordsWithoutSchemaException: No SCHEMA came before them.
            DataError: A record is not a JSON object.
            SettingsError: An expression cannot take a record, or where it leads has another stream's schema.
        """
        self._check_sources(run.stream)
        if run.stream in self._unmapped:
            return [run]
        if run.stream not in self._mapper.stream_maps:
            raise RecordsWithoutSchemaException(
                f"A record of {run.stream} came before the schema of the stream."
            )
        mapped: dict[str, Run] = {}
        with explained_map_errors(run.stream):
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

    def _note_source(self, mapped: MappedStream, stream: str) -> None:
        shape = (mapped.schema, list(mapped.key_properties or ()))
        known, streams = self._sources.get(mapped.name, (None, set()))
        self._sources[mapped.name] = (shape, streams | {stream} if shape == known else {stream})

    def _check_sources(self, stream: str) -> None:
        """Refuse records for a sink that has the schema of another stream since: it would drop columns."""
        for name in self._names.get(stream, ()):
            if stream not in self._sources[name][1]:
                raise SettingsError(
                    f"The stream {stream} and another one with other columns lead to {name} at the same time",
                    setting="stream_maps",
                    remedy="Give each of them an alias of its own",
                )


@contextmanager
def explained_map_errors(stream: str | None = None) -> Iterator[None]:
    """Turn whatever a user's stream map raises into an error for the user.

    An expression may raise anything: `int(name)` a ValueError, `price * 1.1` a TypeError.

    Args:
        stream: The stream that is mapped; None for all.

    Raises:
        SettingsError: In place of every error that is not explained already.
    """
    try:
        yield
    except KitError:
        raise
    except Exception as error:
        where = f"The stream map of {stream}" if stream else "A stream map"
        raise SettingsError(
            f"{where} fails: {_reason(error)}", setting="stream_maps", remedy="Correct the stream map"
        ) from error


def _check_alias(alias: object) -> None:
    if not isinstance(alias, str):  # `__alias__` is an expression: of `2024` the SDK makes a number
        raise SettingsError(
            f"The alias {alias!r} is not a text",
            setting="stream_maps",
            remedy="Write it in quotes: \"'name'\"",
        )


def _reason(error: Exception) -> str:
    if isinstance(error, SingerSDKError):
        return clause(str(error))
    if isinstance(error, ValueError):  # it quotes the value, which is the record's
        return "an expression cannot take a value (ValueError)"
    return f"{type(error).__name__}: {clause(str(error))}"


def changes_nothing(stream_map: StreamMap) -> bool:
    """Whether a stream map hands records through as they are: neither a map nor flattening is configured."""
    return type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled
