"""Which record goes where: streams, the mappings that take them, and the batches they form.

Nothing is asked of Anaplan before a record needs it; what a batch lacks stops that batch alone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from singer_kit.errors import SettingsError

from target_anaplan.api.tasks import Runnable
from target_anaplan.delivery.mapped_file import Feed, Stream, check_headers, check_properties
from target_anaplan.errors import MappingFailedError
from target_anaplan.mapping import definition, order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from target_anaplan.api.model_objects import Catalogue, ImportObject, ProcessObject
    from target_anaplan.mapping.order import BatchKey
    from target_anaplan.settings import Settings

DELETED_AT = "_sdc_deleted_at"
#: Columns about the transport: automatic mapping does not ask the file to have them.
_OPTIONAL_PREFIXES = ("_syspro_", "_sdc_")

_logger = logging.getLogger(__name__)


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


@dataclass(frozen=True)
class Binding:
    """A batch at work: where it goes, and what feeds each mapping's file."""

    destination: Destination
    feeds: tuple[Feed, ...]


@dataclass
class Batch:
    """The mappings that are uploaded together and run as one import or process.

    Attributes:
        binding: None until the first record comes.
        error: Why it cannot be delivered.
        done: Whether it was delivered, or had nothing to deliver at the end.
    """

    mappings: list[definition.Mapping]
    binding: Binding | None = None
    error: str | None = None
    done: bool = False

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        kind, target = self.mappings[0].batch
        if self.binding is not None:
            target = self.binding.destination.runnable.name
        streams = ", ".join(dict.fromkeys(mapping.stream for mapping in self.mappings))
        return f"{kind} {target!r} (stream {streams})"

    @property
    def rank(self) -> int:
        """Lists before processes, which hold both, before modules."""
        if self.binding is None or self.binding.destination.process is not None:
            return 1
        return 0 if self.binding.destination.items[0].fills_list else 2

    def fail(self, error: Exception) -> None:
        """Notes why it cannot be delivered; the first reason stays."""
        if self.error is None:
            self.error = str(error)
            _logger.warning("%s: %s", self.name, error)  # the run's last line is the error


class Plan:
    """The streams and batches of a run.

    Args:
        settings: With the mappings.
        catalogue: Gives access to the model's objects, logging in when first called.
        spool_dir: Where the rows wait.

    Attributes:
        deletions: Tombstones that came in; with `on_delete: ignore` they change nothing.
    """

    def __init__(self, settings: Settings, catalogue: Callable[[], Catalogue], spool_dir: Path) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._spool_dir = spool_dir
        self.deletions = 0
        self._streams: dict[str, Stream] = {}
        self._routes: dict[str, list[definition.Mapping]] = {}
        self.batches: dict[BatchKey, Batch] = {}
        for mapping in settings.mappings:
            self.batches.setdefault(mapping.batch, Batch([])).mappings.append(mapping)
        self.waits = order.predecessors(settings.document, settings.mappings) if settings.document else {}

    def open_stream(self, stream: Stream) -> None:
        """Takes note of a SCHEMA.

        Raises:
            SettingsError: No mapping takes the stream.
        """
        self._streams[stream.name] = stream
        if self._settings.document is None:
            self._routes.pop(stream.name, None)
            return
        routes = [mapping for mapping in self._settings.mappings if mapping.matches(stream.name)]
        if not routes:
            self._report_unmapped(stream, "no mapping names it")
        for mapping in routes:
            self._attempt(self.batches[mapping.batch], partial(check_properties, mapping, stream))
        self._routes[stream.name] = routes

    def take(self, stream_name: str, record: Mapping[str, Any]) -> None:
        """Hands a record to the mappings of its stream; a tombstone is counted.

        Raises:
            SettingsError: The stream fits no import, or several.
        """
        if record.get(DELETED_AT):
            self.deletions += 1
            return
        stream = self._streams[stream_name]
        if stream_name not in self._routes:
            self._routes[stream_name] = self._map_automatically(stream)
        for mapping in self._routes[stream_name]:
            batch = self.batches[mapping.batch]
            if batch.error is not None:
                continue
            if batch.binding is None:
                self._attempt(batch, partial(self._bind, batch))
            for feed in batch.binding.feeds if batch.binding else ():
                if feed.mapping is mapping:
                    feed.take(stream, record)

    def batches_of(self, stream_name: str) -> list[Batch]:
        """The batches that a stream's records are part of."""
        return [self.batches[mapping.batch] for mapping in self._routes.get(stream_name, ())]

    def ordered(self) -> list[Batch]:
        """The batches in the order of their delivery."""
        waits = {key: self.waits.get(key, set()) for key in self.batches}
        return [self.batches[key] for key in order.arrange(waits, lambda key: self.batches[key].rank)]

    def before(self, batch: Batch) -> list[Batch]:
        """The batches that one waits for."""
        return [self.batches[key] for key in self.waits.get(batch.mappings[0].batch, ())]

    def close(self) -> None:
        """Lets go of every spool, also of those that were not delivered."""
        for batch in self.batches.values():
            for feed in batch.binding.feeds if batch.binding else ():
                feed.spool.close()

    @staticmethod
    def _attempt(batch: Batch, step: Callable[[], None]) -> None:
        """Takes a step; what one mapping lacks stops its batch alone."""
        try:
            step()
        except MappingFailedError as error:
            batch.fail(error)

    def _report_unmapped(self, stream: Stream, reason: str) -> None:
        if self._settings.unmapped_streams == "fail":
            raise SettingsError(
                f"the stream {stream.name!r} cannot be delivered: {reason}",
                setting="mapping_file",
                remedy="Add a mapping, deselect the stream in the tap, or set `unmapped_streams: skip`",
            )
        _logger.warning("The stream %s is skipped: %s", stream.name, reason)

    def _bind(self, batch: Batch) -> None:
        """Finds what a batch needs in the model and opens its files."""
        catalogue = self._catalogue()
        destination = resolve(catalogue, batch.mappings)
        bound = [other.binding.destination.runnable for other in self.batches.values() if other.binding]
        if destination.runnable in bound:
            raise MappingFailedError("another mapping runs the same import or process, by its id or its name")
        feeds = [
            Feed.open(
                mapping,
                item,
                catalogue.file_of(item),
                catalogue.csv_format(item),
                self._spool_dir / f"{destination.runnable.id}-{item.id}",
            )
            for mapping, item in zip(batch.mappings, destination.items, strict=True)
        ]
        batch.binding = Binding(destination, tuple(feeds))

    def _map_automatically(self, stream: Stream) -> list[definition.Mapping]:
        """The mapping onto the one import whose file has exactly the stream's columns."""
        catalogue = self._catalogue()
        needed = {name for name in stream.properties if not name.startswith(_OPTIONAL_PREFIXES)}
        fitting: list[tuple[ImportObject, tuple[str, ...]]] = []
        for item in catalogue.imports:
            try:
                headers = catalogue.csv_format(item).headers if item.file_id else ()
            except MappingFailedError:
                continue
            if headers and needed <= set(headers) <= stream.properties:
                fitting.append((item, headers))
        if not fitting:
            self._report_unmapped(stream, "no import's file has exactly its columns")
            return []
        if len(fitting) > 1:
            names = ", ".join(repr(item.name) for item, _headers in fitting)
            raise SettingsError(
                f"the stream {stream.name!r} fits several imports: {names}",
                setting="mappings",
                remedy="Write a mapping that names one",
            )
        item, headers = fitting[0]
        mapping = definition.automatic(stream.name, item.id, headers)
        if mapping.batch in self.batches:
            raise SettingsError(
                f"the streams {stream.name!r} and {self.batches[mapping.batch].mappings[0].stream!r}"
                " both fit the import"
                f" {item.name!r}",
                setting="mappings",
                remedy="Write a mapping for each",
            )
        self.batches[mapping.batch] = Batch([mapping])
        return [mapping]


def resolve(catalogue: Catalogue, mappings: list[definition.Mapping]) -> Destination:
    """Finds the import or process of a batch, and the import that stands for each mapping's file.

    Raises:
        MappingFailedError: Something is missing, or does not fit.
    """
    kind, target = mappings[0].batch
    if kind == "import":
        item = catalogue.find_import(target)
        check_headers(mappings[0], item, catalogue.csv_format(item))
        return Destination(Runnable("imports", item.id, item.name), None, (item,))
    process = catalogue.find_process(target)
    items = [catalogue.find_file(process, mapping.file or "") for mapping in mappings]
    for mapping, item in zip(mappings, items, strict=True):
        for reader in process.imports:
            if reader.file_id == item.file_id:
                check_headers(mapping, reader, catalogue.csv_format(reader))
    filled = {item.file_id for item in items}
    if len(filled) < len(items):
        raise MappingFailedError("two mappings fill the same file of the process")
    if unfilled := [item for item in process.imports if item.file_id and item.file_id not in filled]:
        raise MappingFailedError(
            f"the process also runs {unfilled[0].name!r} with the file"
            f" {catalogue.file_of(unfilled[0]).name!r}, which no"
            " mapping fills: it would import what was uploaded some other time. Add a mapping with"
            " that `file:`"
        )
    return Destination(Runnable("processes", process.id, process.name), process, tuple(items))
