"""One mapping at work: the import it fills, and the rows of its streams on their way into the spool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from target_anaplan.delivery.spool import CsvSpool, Origin
from target_anaplan.errors import MappingFailedError, RowRefusedError
from target_anaplan.mapping.values import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType
    from collections.abc import Sequence
    from pathlib import Path

    from target_anaplan.api.model_objects import ImportObject, Named
    from target_anaplan.csv_format import CsvFormat
    from target_anaplan.mapping.definition import Mapping
    from target_anaplan.mapping.expressions import Record

SYSPRO_KEY = "_syspro_key"


@dataclass(frozen=True)
class Stream:
    """What a SCHEMA message says that matters here."""

    name: str
    properties: frozenset[str]
    key_properties: tuple[str, ...]


@dataclass
class Feed:
    """Shapes records into rows.

    Attributes:
        item: The import whose file is filled.
        file: That file.
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
    ) -> Feed:
        """Begins the file of a mapping.

        Raises:
            MappingFailedError: The mapping's columns are not those of the file.
        """
        check_headers(mapping, item, file_format)
        folder.mkdir(parents=True)
        key = [file_format.headers.index(header) for header in mapping.key]
        spool = CsvSpool(folder, file_format, key=key, keep_last=mapping.on_duplicate == "last")
        return cls(mapping, item, file, spool)

    def take(self, stream: Stream, record: MappingType[str, Any]) -> None:
        """Adds the rows of one record."""
        self.records += 1
        self.streams.add(stream.name)
        key = {name: record.get(name) for name in stream.key_properties}
        self.spool.add_record(Origin(stream.name, key, record.get(SYSPRO_KEY)))
        try:
            narrow = self._unpivot(record)
        except RowRefusedError as error:
            self.spool.refuse(error.code, str(error), msgspec.json.encode(record))
            return
        for row in narrow:
            self._add_row(row)

    def _add_row(self, record: Record) -> None:
        try:
            self.spool.add_row(self._cells(record))
        except RowRefusedError as error:
            self.spool.refuse(error.code, str(error), msgspec.json.encode(record))

    def _unpivot(self, record: Record) -> Sequence[Record]:
        return list(self.mapping.unpivot.records(record)) if self.mapping.unpivot else [record]

    def _cells(self, record: Record) -> list[str]:
        columns = self.mapping.columns
        separator = self.spool.format.decimal_separator
        return [to_text(columns[header].value(record), separator) for header in self.spool.format.headers]


def check_headers(mapping: Mapping, item: ImportObject, file_format: CsvFormat) -> None:
    """Refuses a file that would differ from what the import expects.

    A missing column silently stops loading while the import goes on to "succeed" (Anaplan reference 5).

    Raises:
        MappingFailedError: The columns differ.
    """
    wanted, given = set(file_format.headers), set(mapping.columns)
    missing = [header for header in file_format.headers if header not in given]
    extra = [header for header in mapping.columns if header not in wanted]
    if missing or extra:
        parts = [
            f"the file has {', '.join(map(repr, missing))}, which the mapping does not fill"
            if missing
            else "",
            f"the mapping fills {', '.join(map(repr, extra))}, which the file does not have" if extra else "",
        ]
        raise MappingFailedError(
            f"the columns differ from those of the import {item.name!r}:"
            f" {'; '.join(filter(None, parts))}. Correct the mapping (setting `mapping_file` or `mappings`),"
            " or upload a file with the new columns in Anaplan and map them there"
        )


def check_properties(mapping: Mapping, stream: Stream) -> None:
    """Refuses a mapping that reads what the stream does not have.

    Raises:
        MappingFailedError: A property is missing.
    """
    missing = mapping.missing_properties(stream.properties) if stream.properties else {}
    if missing:
        places = ", ".join(f"{name!r} ({place})" for name, place in missing.items())
        raise MappingFailedError(
            f"the stream {stream.name!r} has no property {places}; correct the mapping (setting"
            " `mapping_file` or `mappings`), or select the property in the tap"
        )
