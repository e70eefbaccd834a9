"""The rows of one import file on disk, until the end of the run seals them into what is uploaded.

Memory stays flat whatever the number of rows: lines lie in a draft file, keys in SQLite. Sealing drops the
rows that a later record of the same key replaced.
"""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from target_anaplan.spool import duplicates
from target_anaplan.spool.chunks import ChunkWriter, SealedFile, chunk_size, keys_path, synced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from target_anaplan.csv_format import CsvFormat

_FLUSH_ROWS = 2000
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE records (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, stream TEXT, key TEXT, syspro_key TEXT);
CREATE TABLE rows (id INTEGER PRIMARY KEY, record INTEGER, start INTEGER, size INTEGER, digest BLOB);
CREATE TABLE refused (record INTEGER, code TEXT, reason TEXT, content TEXT);
CREATE TABLE sent (position INTEGER PRIMARY KEY, line INTEGER, row INTEGER);
BEGIN;
"""
_UPSERT = """
INSERT INTO records VALUES (?, ?, ?, ?, ?)
ON CONFLICT (digest) DO UPDATE SET id = excluded.id, key = excluded.key, syspro_key = excluded.syspro_key
"""
_FINAL_ROWS = """
SELECT rows.id, start, size, coalesce(syspro_key, stream || ' ' || key)
FROM rows JOIN records ON records.id = record ORDER BY rows.id
"""
_REFUSED_ROWS = """
SELECT stream, key, syspro_key, code, reason, content
FROM refused JOIN records ON records.id = record ORDER BY refused.rowid
"""
_ONE_ROW = """
SELECT start, size, stream, key, syspro_key
FROM rows JOIN records ON records.id = record WHERE rows.id = ?
"""


@dataclass(frozen=True)
class Origin:
    """Which record of which stream a row comes from.

    Attributes:
        stream: Name of the stream.
        key: The stream's key properties with their values.
        syspro_key: The record's own id where the tap gives one.
    """

    stream: str
    key: dict[str, Any]
    syspro_key: str | None = None

    @property
    def label(self) -> str:
        """One line that names the record."""
        return self.syspro_key or f"{self.stream} {msgspec.json.encode(self.key).decode()}"


@dataclass(frozen=True)
class SentRow:
    """A row as it stands in the file that was uploaded.

    Attributes:
        position: Number of the row, counted from 1.
        line: The physical line that it begins in; the header is line 1.
        origin: The record behind it.
        cells: Its texts.
    """

    position: int
    line: int
    origin: Origin
    cells: list[str]


@dataclass(frozen=True)
class RefusedRow:
    """A row that never reached the file.

    Attributes:
        origin: The record behind it.
        code: A stable word for the kind of reason.
        reason: Why it cannot be written.
        record: What should have been written.
    """

    origin: Origin
    code: str
    reason: str
    record: dict[str, Any]


class CsvSpool:
    """The rows of one mapping.

    Args:
        folder: An existing folder for the files of this spool alone.
        file_format: How rows become bytes.
        key: Positions of the cells that together must be unique.
        keep_last: Whether the last of several rows with one key wins, or they are an error.
    """

    def __init__(
        self, folder: Path, file_format: CsvFormat, *, key: Sequence[int] = (), keep_last: bool = False
    ) -> None:
        self.format = file_format
        self._folder = folder
        self._key = tuple(key)
        self._keep_last = keep_last
        self._draft_path = folder / "rows.csv"
        self._draft = self._draft_path.open("wb", buffering=1 << 20)
        self._index = sqlite3.connect(folder / "keys.sqlite3", isolation_level=None)
        self._index.executescript(_SCHEMA)
        self._size = 0
        self._records = 0
        self._rows = 0
        self._new_records: list[tuple[int, bytes | None, str, str, str | None]] = []
        self._new_rows: list[tuple[int, int, int, int, bytes | None]] = []

    # Filling

    def add_record(self, origin: Origin, *, replaces: bool = True) -> None:
        """Begin a record; rows and refusals that follow are its own.

        Args:
            origin: Which one.
            replaces: Whether it takes the place of an earlier one of the same stream with the same key.
        """
        if len(self._new_records) >= _FLUSH_ROWS:
            self._flush()
        self._records += 1
        key = msgspec.json.encode(origin.key)
        digest = _digest(origin.stream.encode(), key) if origin.key and replaces else None
        self._new_records.append((self._records, digest, origin.stream, key.decode(), origin.syspro_key))

    def add_row(self, cells: Sequence[str]) -> None:
        """Add a row of the current record.

        Raises:
            RowRefusedError: The file's format cannot hold it.
        """
        line = self.format.line(cells)
        self._rows += 1
        digest = (
            _digest(*(cells[position].encode("utf-8", "surrogatepass") for position in self._key))
            if self._key
            else None
        )
        self._new_rows.append((self._rows, self._records, self._size, len(line), digest))
        self._draft.write(line)
        self._size += len(line)
        if len(self._new_rows) >= _FLUSH_ROWS:
            self._flush()

    def refuse(self, code: str, reason: str, record: bytes) -> None:
        """Note that a row of the current record cannot be written."""
        values = (self._records, code, reason, record.decode("utf-8", "replace"))
        self._index.execute("INSERT INTO refused VALUES (?, ?, ?, ?)", values)

    def _flush(self) -> None:
        self._index.executemany(_UPSERT, self._new_records)
        self._index.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", self._new_rows)
        self._new_records.clear()
        self._new_rows.clear()

    # Sealing

    def seal(self, path: Path, chunk_bytes: int) -> SealedFile:
        """Write the final file, and the ids of its records beside it.

        Args:
            path: The file to write, gzip.
            chunk_bytes: Bytes of a chunk before compression, at most 50 MB.

        Raises:
            MappingFailedError: Rows share a key, or the file is too big for Anaplan.
        """
        self._flush()
        self._draft.close()
        replaced = self._settle_duplicates()
        chunk_bytes = chunk_size(self._size, chunk_bytes)
        rows, line_number = 0, 2
        placed: list[tuple[int, int, int]] = []
        with ExitStack() as stack:
            draft = stack.enter_context(self._draft_path.open("rb"))
            writer = ChunkWriter(stack.enter_context(synced(path)), chunk_bytes)
            named = stack.enter_context(synced(keys_path(path)))
            keys = stack.enter_context(gzip.GzipFile(fileobj=named, mode="wb"))
            writer.write(self.format.header_line)
            for row_id, start, length, label in self._final_rows():
                if draft.tell() != start:
                    draft.seek(start)
                line = draft.read(length)
                writer.write(line)
                keys.write(label.encode() + b"\n")
                rows += 1
                placed.append((rows, line_number, row_id))
                line_number += line.decode(self.format.encoding).count("\n")
                if len(placed) >= _FLUSH_ROWS:
                    self._place(placed)
            self._place(placed)
            chunks = writer.finish()
        return SealedFile(path, chunks, rows, writer.size, replaced)

    def _settle_duplicates(self) -> int:
        """Remove what later rows replaced; returns how many rows."""
        replaced = duplicates.drop_replaced(self._index)
        if self._key and self._keep_last:
            return replaced + duplicates.keep_last(self._index)
        if self._key:
            duplicates.refuse_doubles(self._index, self._describe_double)
        return replaced

    def _describe_double(self, first: int, last: int) -> str:
        row, other = self._read_row(first), self._read_row(last)
        key = ", ".join(f"{self.format.headers[position]} {row.cells[position]!r}" for position in self._key)
        return f"{key} ({row.origin.label} and {other.origin.label})"

    def _final_rows(self) -> Iterator[tuple[int, int, int, str]]:
        return cast("Iterator[tuple[int, int, int, str]]", self._index.execute(_FINAL_ROWS))

    def _place(self, placed: list[tuple[int, int, int]]) -> None:
        self._index.executemany("INSERT INTO sent VALUES (?, ?, ?)", placed)
        placed.clear()

    # Looking up

    def refused_rows(self) -> Iterator[RefusedRow]:
        """The rows that could not be written, without those that were replaced."""
        for stream, key, syspro_key, code, reason, content in self._index.execute(_REFUSED_ROWS):
            origin = Origin(stream, msgspec.json.decode(key), syspro_key)
            yield RefusedRow(origin, code, reason, msgspec.json.decode(content))

    def row_at_line(self, line: int) -> SentRow | None:
        """The row that covers a physical line of the file; the header is line 1."""
        self._index.execute("CREATE INDEX IF NOT EXISTS sent_line ON sent (line)")
        query = "SELECT position, line, row FROM sent WHERE line <= ? ORDER BY line DESC LIMIT 1"
        return self._sent(self._index.execute(query, (line,)).fetchone())

    def row_at_position(self, position: int) -> SentRow | None:
        """The n-th row of the file, counted from 1."""
        query = "SELECT position, line, row FROM sent WHERE position = ?"
        return self._sent(self._index.execute(query, (position,)).fetchone())

    def _sent(self, found: tuple[int, int, int] | None) -> SentRow | None:
        if found is None:
            return None
        position, line, row_id = found
        row = self._read_row(row_id)
        return SentRow(position, line, row.origin, row.cells)

    def _read_row(self, row_id: int) -> SentRow:
        start, size, stream, key, syspro_key = self._index.execute(_ONE_ROW, (row_id,)).fetchone()
        with self._draft_path.open("rb") as draft:
            draft.seek(start)
            cells = self.format.cells(draft.read(size))
        return SentRow(0, 0, Origin(stream, msgspec.json.decode(key), syspro_key), cells)

    def close(self) -> None:
        """Remove what was spooled; the sealed file stays. Closing twice is harmless."""
        self._draft.close()
        self._index.close()
        if not self._folder.exists():
            return
        for path in sorted(self._folder.iterdir()):
            path.unlink()
        self._folder.rmdir()


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
