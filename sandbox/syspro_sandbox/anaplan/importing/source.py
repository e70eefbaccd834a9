"""A file of an import data source, read row by row with its lines counted."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syspro_sandbox.anaplan.model.definition import DataSource


class SourceError(Exception):
    """A file that cannot be read as its data source says; `code` is the type of the failure."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Row:
    """A row of data, the physical line it begins at, and its record (the first of the file are 1)."""

    line: int
    fields: list[str]
    record: int = 0

    def at(self, position: int | None) -> str:
        """A field; blank where the row is too short or the column is not there."""
        return self.fields[position] if position is not None and position < len(self.fields) else ""


@dataclass(frozen=True)
class SourceFile:
    """A file, split into its header and its rows."""

    header: list[str]
    rows: list[Row]

    def position(self, column: str | None) -> int | None:
        """Where a column stands; the first counts when a header occurs twice, a blank one never."""
        return self.header.index(column) if column and column in self.header else None


def read_source(content: bytes, source: DataSource) -> SourceFile:
    """Read a file by the settings of its data source.

    Bytes that the encoding does not know become replacement characters; a byte order mark is part of
    the first header (Anaplan reference, "Encoding of files").

    Raises:
        SourceError: When a quoted text does not end, or goes on after its end.
    """
    text = content.decode(source.encoding, errors="replace")
    header: list[str] = []
    rows: list[Row] = []
    for number, row in enumerate(_records(text, source), start=1):
        if number == source.header_row:
            header = row.fields
        elif number >= source.first_data_row and row.fields:
            rows.append(row)
    return SourceFile(header, rows)


def _records(text: str, source: DataSource) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=source.separator,
        quotechar=source.delimiter or None,
        quoting=csv.QUOTE_MINIMAL if source.delimiter else csv.QUOTE_NONE,
        strict=True,
    )
    line = 1
    try:
        for record, fields in enumerate(reader, start=1):
            yield Row(line, fields, record)
            line = reader.line_num + 1
    except csv.Error as error:
        code, message = (
            ("columnSeparatorExpected", "Column separator expected")
            if "expected after" in str(error)
            else ("unmatchedTextDelimiter", "Unmatched text delimiter")
        )
        raise SourceError(code, f"{message} in line {line}") from None
