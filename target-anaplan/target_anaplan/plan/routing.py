"""Which record goes where: streams, the mappings that take them, and the batches they fill.

Nothing is asked of Anaplan before a record needs it; what a batch lacks stops that batch alone.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from singer_kit.errors import SettingsError

from target_anaplan.errors import MappingFailedError
from target_anaplan.plan.automatic_mapping import fitting_mapping
from target_anaplan.plan.batches import Batch, Binding
from target_anaplan.plan.column_check import check_properties
from target_anaplan.plan.deletions import Deletions
from target_anaplan.plan.delivery_order import arrange, predecessors
from target_anaplan.plan.destination import find_destination, refuse_second_name
from target_anaplan.spool.mapped_file import MappedFile, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from target_anaplan.api.model_objects import ModelObjects
    from target_anaplan.errors import RowRefusedError
    from target_anaplan.mapping import definition
    from target_anaplan.plan.delivery_order import BatchKey
    from target_anaplan.settings import Settings

_logger = logging.getLogger(__name__)


class Plan:
    """The streams and batches of a run.

    Args:
        settings: The settings, with the mappings.
        objects: Gives access to the model's objects, logging in when first called.
        spool_dir: Where the rows wait.

    Attributes:
        batches: What is delivered.
        deletions: The records that are marked as deleted, sorted out.
    """

    def __init__(self, settings: Settings, objects: Callable[[], ModelObjects], spool_dir: Path) -> None:
        self._settings = settings
        self._objects = objects
        self._spool_dir = spool_dir
        self._streams: dict[str, Stream] = {}
        self._routes: dict[str, list[definition.Mapping]] = {}
        self._fed: dict[str, dict[BatchKey, None]] = {}
        self.deletions = Deletions()
        self.batches: dict[BatchKey, Batch] = {}
        for mapping in settings.mappings:
            self.batches.setdefault(mapping.batch, Batch([])).mappings.append(mapping)
        self._waits = predecessors(settings.document, settings.mappings) if settings.document else {}

    def open_stream(self, name: str, properties: frozenset[str], key_properties: tuple[str, ...]) -> None:
        """Take note of a SCHEMA.

        Args:
            name: Name of the stream.
            properties: The names of its properties.
            key_properties: Its key.

        Raises:
            SettingsError: No mapping takes the stream.
        """
        stream = Stream(name, properties, key_properties)
        is_new = self._streams.get(name) != stream
        self._streams[name] = stream
        if self._settings.document is None:
            if is_new:
                self._routes.pop(name, None)  # mapped anew with its next record
            return
        routes = [mapping for mapping in self._settings.mappings if mapping.matches(name)]
        if not routes:
            self._report_unmapped(stream, "no mapping names it")
        for mapping in routes:
            self._attempt(self.batches[mapping.batch], partial(check_properties, mapping, stream))
        self._routes[name] = routes

    def take(
        self, stream_name: str, record: Mapping[str, Any], broken: RowRefusedError | None = None
    ) -> None:
        """Hand a record to the mappings of its stream, unless it is marked as deleted.

        Args:
            stream_name: Its stream.
            record: The record.
            broken: Why it cannot become a row, if it cannot.

        Raises:
            SettingsError: The stream fits no import, or several.
        """
        if self.deletions.sort_out(record):
            return
        stream = self._streams[stream_name]
        if stream_name not in self._routes:
            self._routes[stream_name] = self._map_automatically(stream)
        for mapping in self._routes[stream_name]:
            batch = self.batches[mapping.batch]
            self._fed.setdefault(stream_name, {})[mapping.batch] = None
            if batch.error is not None:
                continue
            if batch.binding is None:
                self._attempt(batch, partial(self._bind, batch))
            for file in batch.files:
                if file.mapping is mapping:
                    file.take(stream, record, broken)

    def batches_of(self, stream_name: str) -> list[Batch]:
        """The batches that a stream's records are part of, under any of its schemas."""
        routed = {mapping.batch: None for mapping in self._routes.get(stream_name, ())}
        return [self.batches[key] for key in {**self._fed.get(stream_name, {}), **routed}]

    def ordered(self) -> list[Batch]:
        """The batches in the order of their delivery."""
        waits = {key: self._waits.get(key, set()) for key in self.batches}
        return [self.batches[key] for key in arrange(waits, lambda key: self.batches[key].rank)]

    def before(self, batch: Batch) -> list[Batch]:
        """The batches that one waits for."""
        return [self.batches[key] for key in self._waits.get(batch.mappings[0].batch, ())]

    def close(self) -> None:
        """Let go of every spool, also of those that were not delivered."""
        for batch in self.batches.values():
            for file in batch.files:
                file.spool.close()

    @staticmethod
    def _attempt(batch: Batch, step: Callable[[], None]) -> None:
        """Take a step; what one mapping lacks stops its batch alone."""
        try:
            step()
        except MappingFailedError as error:
            batch.fail(error)

    def _report_unmapped(self, stream: Stream, reason: str) -> None:
        if self._settings.unmapped_streams == "fail":
            raise SettingsError(
                f"The stream {stream.name!r} cannot be delivered: {reason}",
                setting="mapping_file",
                remedy="Add a mapping, deselect the stream in the tap, or set `unmapped_streams: skip`",
            )
        _logger.warning("The stream %s is skipped: %s", stream.name, reason)

    def _bind(self, batch: Batch) -> None:
        """Find what a batch needs in the model, and open its files."""
        objects = self._objects()
        destination = find_destination(objects, batch.mappings)
        bound = [other.binding.destination for other in self.batches.values() if other.binding]
        refuse_second_name(destination, bound)
        files = [
            MappedFile.open(
                mapping,
                item,
                objects.file_of(item),
                objects.csv_format(item),
                self._spool_dir / f"{destination.runnable.id}-{item.id}",
            )
            for mapping, item in zip(batch.mappings, destination.items, strict=True)
        ]
        batch.binding = Binding(destination, tuple(files))

    def _map_automatically(self, stream: Stream) -> list[definition.Mapping]:
        mapped = [mapping for batch in self.batches.values() for mapping in batch.mappings]
        mapping = fitting_mapping(stream, self._objects(), mapped)
        if mapping is None:
            self._report_unmapped(stream, "no import's file has exactly its columns")
            return []
        batch = self.batches.setdefault(mapping.batch, Batch([mapping]))
        return batch.mappings  # those of an earlier schema where it fits as well
