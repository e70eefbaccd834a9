"""The rows of one import file on disk, until the end of the run seals them into what is uploaded.

Memory stays flat whatever the number of rows: lines lie in a draft file, keys in SQLite. Sealing drops the
rows that a later record of the same key replaced and writes the file as gzip members, one a chunk; so the
archived file is byte for byte what was uploaded, and any gzip reader opens it as one file.
"""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
import zlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from target_anaplan.csv_format import CsvFormat

#: Chunks of one file: Anaplan reference 2.4.
MAX_CHUNKS = 1000
MAX_CHUNK_BYTES = 50 * 1000 * 1000

_FLUSH_ROWS = 2000
_GZIP = 31
_SHOWN = 3
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE records (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, stream TEXT, key TEXT, syspro_key TEXT);
CREATE TABLE rows (id INTEGER PRIMARY KEY, record INTEGER, start INTEGER, size INTEGER, digest BLOB);
CREATE TABLE refused (record INTEGER, code TEXT, reason TEXT, content TEXT);
CREATE TABLE sent (position INTEGER PRIMARY KEY, line INTEGER, row INTEGER);
BEGIN;
"""
_UPSERT = (
    "INSERT INTO records VALUES (?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET id = excluded.id,"
    " key = excluded.key, syspro_key = excluded.syspro_key"
)


@dataclass(frozen=True)
class Origin:
    """Which record of which stream a row comes from.

    Attributes:
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
    """A row as it stands in the file that was uploaded."""

    position: int
    line: int
    origin: Origin
    cells: list[str]


@dataclass(frozen=True)
class RefusedRow:
    """A row that never reached the file."""

    origin: Origin
    code: str
    reason: str
    record: dict[str, Any]


@dataclass(frozen=True)
class SealedFile:
    """What is uploaded.

    Attributes:
        chunks: Start and size of each gzip member.
        rows: Rows without the header.
        size: Bytes before compression.
        replaced: Rows that a later one of the same key replaced.
    """

    path: Path
    chunks: tuple[tuple[int, int], ...]
    rows: int
    size: int
    replaced: int

    @property
    def keys_path(self) -> Path:
        """The file beside it that names the record of each row."""
        return _keys_path(self.path)

    def chunk(self, number: int) -> bytes:
        """The compressed bytes of one chunk."""
        start, size = self.chunks[number]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(size)


class CsvSpool:
    """Collects the rows of one mapping.

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

    def add_record(self, origin: Origin) -> None:
        """Begins a record; rows and refusals that follow are its own.

        A record with the key of an earlier one of the same stream takes its place.
        """
        self._records += 1
        key = msgspec.json.encode(origin.key)
        digest = _digest(origin.stream.encode(), key) if origin.key else None
        self._new_records.append((self._records, digest, origin.stream, key.decode(), origin.syspro_key))

    def add_row(self, cells: Sequence[str]) -> None:
        """Adds a row of the current record.

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
        """Notes that a row of the current record cannot be written."""
        values = (self._records, code, reason, record.decode("utf-8", "replace"))
        self._index.execute("INSERT INTO refused VALUES (?, ?, ?, ?)", values)

    def seal(self, path: Path, chunk_bytes: int) -> SealedFile:
        """Writes the final file and the ids of its records beside it.

        Args:
            path: The file to write, gzip.
            chunk_bytes: Bytes of a chunk before compression, at most 50 MB.

        Raises:
            MappingFailedError: Rows share a key, or the file is too big for Anaplan.
        """
        self._flush()
        self._draft.close()
        replaced = self._drop_replaced()
        chunk_bytes = max(chunk_bytes, -(-self._size // (MAX_CHUNKS - 1)))
        if chunk_bytes > MAX_CHUNK_BYTES:
            raise MappingFailedError(
                f"{self._size} bytes are more than Anaplan takes in one file; split the stream"
            )
        chunks: list[tuple[int, int]] = []
        rows = size = filled = start = 0
        line_number = 2
        with ExitStack() as stack:
            draft = stack.enter_context(self._draft_path.open("rb"))
            target = stack.enter_context(path.open("wb"))
            keys = stack.enter_context(gzip.open(_keys_path(path), "wb"))
            packer = zlib.compressobj(wbits=_GZIP)
            header = self.format.header_line
            target.write(packer.compress(header))
            size = filled = len(header)
            placed: list[tuple[int, int, int]] = []
            for row_id, offset, length, label in self._final_rows():
                if draft.tell() != offset:
                    draft.seek(offset)
                line = draft.read(length)
                if filled + length > chunk_bytes and filled:
                    target.write(packer.flush())
                    chunks.append((start, target.tell() - start))
                    start, filled, packer = target.tell(), 0, zlib.compressobj(wbits=_GZIP)
                target.write(packer.compress(line))
                keys.write(label.encode() + b"\n")
                rows += 1
                filled += length
                size += length
                placed.append((rows, line_number, row_id))
                line_number += line.decode(self.format.encoding).count("\n")
                if len(placed) >= _FLUSH_ROWS:
                    self._place(placed)
            self._place(placed)
            target.write(packer.flush())
            chunks.append((start, target.tell() - start))
        return SealedFile(path, tuple(chunks), rows, size, replaced)

    def _final_rows(self) -> Iterator[tuple[int, int, int, str]]:
        query = (
            "SELECT rows.id, start, size, coalesce(syspro_key, stream || ' ' || key)"
            " FROM rows JOIN records ON records.id = record ORDER BY rows.id"
        )
        return cast("Iterator[tuple[int, int, int, str]]", self._index.execute(query))

    def _place(self, placed: list[tuple[int, int, int]]) -> None:
        self._index.executemany("INSERT INTO sent VALUES (?, ?, ?)", placed)
        placed.clear()

    def _drop_replaced(self) -> int:
        """Removes rows of records that came again, then settles rows with one key."""
        replaced = 0
        for table in ("rows", "refused"):
            query = f"DELETE FROM {table} WHERE record NOT IN (SELECT id FROM records)"  # noqa: S608  # names of ours
            replaced += self._index.execute(query).rowcount
        if not self._key:
            return replaced
        if self._keep_last:
            query = "DELETE FROM rows WHERE id NOT IN (SELECT max(id) FROM rows GROUP BY digest)"
            return replaced + self._index.execute(query).rowcount
        query = "SELECT min(id), max(id), count(*) FROM rows GROUP BY digest HAVING count(*) > 1 ORDER BY 1"
        doubles = self._index.execute(query).fetchall()
        if doubles:
            raise MappingFailedError(self._describe_doubles(doubles))
        return replaced

    def _describe_doubles(self, doubles: list[tuple[int, int, int]]) -> str:
        shown = []
        for first, last, _count in doubles[:_SHOWN]:
            row, other = self._read_row(first), self._read_row(last)
            key = ", ".join(
                f"{self.format.headers[position]} {row.cells[position]!r}" for position in self._key
            )
            shown.append(f"{key} ({row.origin.label} and {other.origin.label})")
        more = f" and {len(doubles) - _SHOWN} more" if len(doubles) > _SHOWN else ""
        return (
            f"rows have the same `key`: {'; '.join(shown)}{more}. Nothing was sent, because Anaplan"
            " would add them up or"
            " drop all but one. Make the key columns unique or set `on_duplicate: last`"
        )

    def refused_rows(self) -> Iterator[RefusedRow]:
        """The rows that could not be written, without those that were replaced."""
        query = (
            "SELECT stream, key, syspro_key, code, reason, content FROM refused JOIN records ON"
            " records.id = record"
            " ORDER BY refused.rowid"
        )
        for stream, key, syspro_key, code, reason, content in self._index.execute(query):
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
        query = (
            "SELECT start, size, stream, key, syspro_key FROM rows JOIN records ON records.id = record"
            " WHERE rows.id = ?"
        )
        start, size, stream, key, syspro_key = self._index.execute(query, (row_id,)).fetchone()
        with self._draft_path.open("rb") as draft:
            draft.seek(start)
            cells = self.format.cells(draft.read(size))
        return SentRow(0, 0, Origin(stream, msgspec.json.decode(key), syspro_key), cells)

    def _flush(self) -> None:
        self._index.executemany(_UPSERT, self._new_records)
        self._index.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", self._new_rows)
        self._new_records.clear()
        self._new_rows.clear()

    def close(self) -> None:
        """Removes what was spooled; the sealed file stays. Closing twice is harmless."""
        self._draft.close()
        self._index.close()
        if not self._folder.exists():
            return
        for path in sorted(self._folder.iterdir()):
            path.unlink()
        self._folder.rmdir()


def _keys_path(path: Path) -> Path:
    return path.with_name(f"{path.name.removesuffix('.csv.gz')}.keys.gz")


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
