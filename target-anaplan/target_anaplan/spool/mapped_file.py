"""The file that one mapping fills: records of its streams become rows of the spool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from singer_kit import contract

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping.exact_values import to_text
from target_anaplan.spool.rows import CsvSpool, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType
    from collections.abc import Sequence
    from pathlib import Path

    from target_anaplan.api.model_objects import ImportObject, Named
    from target_anaplan.csv_format import CsvFormat
    from target_anaplan.mapping.definition import Mapping
    from target_anaplan.mapping.exact_values import Record


@dataclass(frozen=True)
class Stream:
    """What a SCHEMA message says that matters here.

    Attributes:
        name: Name of the stream.
        properties: The names of its properties.
        key_properties: Its key.
    """

    name: str
    properties: frozenset[str]
    key_properties: tuple[str, ...]


@dataclass
class MappedFile:
    """One mapping at work, and the rows of its file.

    Attributes:
        mapping: How.
        item: The import whose file is filled.
        file: That file.
        spool: Where the rows wait.
        records: How many records were taken.
        streams: Where they came from.
    """

    mapping: Mapping
    item: ImportObject
    file: Named
    spool: CsvSpool
    records: int = 0
    streams: set[str] = field(default_factory=set)

    @classmethod
    def open(
        cls, mapping: Mapping, item: ImportObject, file: Named, file_format: CsvFormat, folder: Path
    ) -> MappedFile:
        """Begin the file of a mapping whose columns are those of the file."""
        folder.mkdir(parents=True)
        key = [file_format.headers.index(header) for header in mapping.key or ()]
        spool = CsvSpool(folder, file_format, key=key, keep_last=mapping.on_duplicate == "last")
        return cls(mapping, item, file, spool)

    def take(
        self, stream: Stream, record: MappingType[str, Any], broken: RowRefusedError | None = None
    ) -> None:
        """Add the rows of one record; those that cannot be written are set aside with the reason.

        Args:
            stream: Its stream.
            record: The record.
            broken: Why it cannot become a row, if it cannot.
        """
        self.records += 1
        self.streams.add(stream.name)
        key = {name: record.get(name) for name in stream.key_properties}
        origin = Origin(stream.name, key, record.get(contract.KEY))
        self.spool.add_record(origin, replaces=record.keys() >= key.keys())
        if broken := broken or self._find_absent(record):
            self._refuse(broken, record)
            return
        try:
            narrow = self._unpivot(record)
        except RowRefusedError as error:
            self._refuse(error, record)
            return
        for row in narrow:
            self._add_row(row)

    def _find_absent(self, record: Record) -> RowRefusedError | None:
        """Why a record cannot fill its rows for want of properties, so that cells would be blanked."""
        if self.mapping.on_absent == "blank":
            return None
        absent = self.mapping.missing_properties(record.keys())
        if not absent:
            return None
        return RowRefusedError(
            "absent",
            f"The record has no property {', '.join(absent)}, and a blank cell would clear what Anaplan has"
            " (`on_absent: blank` does so)",
        )

    def _add_row(self, record: Record) -> None:
        try:
            self.spool.add_row(self._cells(record))
        except RowRefusedError as error:
            self._refuse(error, record)

    def _refuse(self, error: RowRefusedError, record: Record) -> None:
        self.spool.refuse(error.code, error.problem, msgspec.json.encode(record))

    def _unpivot(self, record: Record) -> Sequence[Record]:
        return list(self.mapping.unpivot.records(record)) if self.mapping.unpivot else [record]

    def _cells(self, record: Record) -> list[str]:
        columns = self.mapping.columns
        separator = self.spool.format.decimal_separator
        return [to_text(columns[header].value(record), separator) for header in self.spool.format.headers]
