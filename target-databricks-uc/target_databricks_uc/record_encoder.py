"""From record lines to Arrow columns: typed decoding, exact decimals, errors that name record and column.

msgspec decodes a whole chunk of lines into structs of the stream's own shape, which validates them on the way
(Meltano reference, "Typed decoding"); no dict is made for a record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
from singer_kit.contract import (
    BATCH_ID,
    BATCHED_AT,
    DELETED_AT,
    EXTRACTED_AT,
    RECEIVED_AT,
    SEQUENCE,
    SYNC_STARTED_AT,
    TABLE_VERSION,
)
from singer_kit.errors import DataError
from singer_kit.messages import decode_record, encode

from target_databricks_uc.errors import MissingKeyError
from target_databricks_uc.table_design import RECORD_METADATA
from target_databricks_uc.types import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_databricks_uc.settings import Deletes
    from target_databricks_uc.table_design import Column, Table
    from target_databricks_uc.types import ColumnType

_DECODED: Mapping[ColumnKind, Any] = {
    ColumnKind.BOOLEAN: bool,
    ColumnKind.BIGINT: int,
    ColumnKind.DOUBLE: float,
    ColumnKind.DECIMAL: Decimal,
    ColumnKind.DATE: date,
    ColumnKind.TIMESTAMP: datetime,
    ColumnKind.STRING: str,
    ColumnKind.JSON: msgspec.Raw,
}
_INSTANT = pa.timestamp("us", tz="UTC")
_ARROW_TYPES: Mapping[ColumnKind, pa.DataType] = {
    ColumnKind.BOOLEAN: pa.bool_(),
    ColumnKind.BIGINT: pa.int64(),
    ColumnKind.DOUBLE: pa.float64(),
    ColumnKind.DATE: pa.date32(),
    ColumnKind.TIMESTAMP: _INSTANT,
}
_tree_decoder = msgspec.json.Decoder(float_hook=Decimal)
_ROW_IN_MESSAGE = re.compile(r"\$\[(\d+)\](?:\.(.*?))?`?$")


def arrow_type(of: ColumnType) -> pa.DataType:
    """The type of a staged column. Timestamps are instants in microseconds: Spark knows no nanoseconds."""
    if of.kind is ColumnKind.DECIMAL:
        return pa.decimal128(of.precision, of.scale)
    return _ARROW_TYPES.get(of.kind, pa.string())


def arrow_schema(table: Table) -> pa.Schema:
    """The schema of the staged files of a table."""
    return pa.schema([pa.field(column.name, arrow_type(column.type)) for column in table.columns])


@dataclass(frozen=True)
class Arrival:
    """What the target itself knows about a chunk of records.

    Attributes:
        batch_id: The batch it belongs to.
        first_sequence: Sequence of its first record.
        received_at: When its first record arrived.
        batched_at: When it is written.
        sync_started_at: When the run started, in milliseconds.
        extracted_at: When the tap read each record.
    """

    batch_id: str
    first_sequence: int
    received_at: datetime
    batched_at: datetime
    sync_started_at: int
    extracted_at: Sequence[str | None]


@dataclass
class Encoder:
    """The way of one stream's lines into Arrow tables.

    Attributes:
        table: The stream's table.
        deletes: With `ignore`, deleted records are left out.
        strict: Check required properties, and take no number or boolean written as text.
    """

    table: Table
    deletes: Deletes
    strict: bool
    _fields: dict[str, str] = field(init=False)
    _decoder: msgspec.json.Decoder[Any] = field(init=False)
    _schema: pa.Schema = field(init=False)

    def __post_init__(self) -> None:
        filled = [column for column in self.table.columns if column.prop is not None]
        self._fields = {column.name: f"c{number}" for number, column in enumerate(filled)}
        rename = {self._fields[column.name]: str(column.prop) for column in filled}
        row = msgspec.defstruct(
            "Record",
            [
                *((self._fields[column.name], *self._decoded_as(column)) for column in filled),
                ("deleted_at", datetime | None, None),
            ],
            rename={**rename, "deleted_at": DELETED_AT},
            gc=False,
        )
        self._decoder = msgspec.json.Decoder(list[row], strict=self.strict)  # type: ignore[valid-type]
        self._schema = arrow_schema(self.table)

    def _decoded_as(self, column: Column) -> tuple[Any, Any]:
        decoded = _DECODED[column.type.kind]
        if decoded is msgspec.Raw:
            return decoded, msgspec.Raw()
        if column.name in self.table.keys or column.prop in self.table.required:
            return decoded | None | msgspec.UnsetType, msgspec.UNSET
        return decoded | None, None

    def encode(self, lines: Sequence[bytes], arrival: Arrival) -> pa.Table:
        """Make the columns of a chunk.

        Args:
            lines: Records as the tap wrote them.
            arrival: What the target adds.

        Returns:
            An Arrow table of at most as many rows.

        Raises:
            DataError: A record does not hold what its schema promises.
            MissingKeyError: A record lacks its key.
        """
        rows = self._decode(lines)
        self._check_presence(rows, lines)
        kept = [n for n, row in enumerate(rows) if row.deleted_at is None or self.deletes != "ignore"]
        rows, lines = [rows[n] for n in kept], [lines[n] for n in kept]
        own = self._own_columns(rows, kept, arrival)
        arrays = [
            own[column.name] if column.prop is None else self._column(column, rows, lines)
            for column in self.table.columns
        ]
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _decode(self, lines: Sequence[bytes]) -> list[Any]:
        try:
            rows: list[Any] = self._decoder.decode(b"[" + b",".join(lines) + b"]")
        except msgspec.ValidationError as error:
            place = _ROW_IN_MESSAGE.search(str(error))
            problem = str(error).split(" - at ", 1)[0]
            if place is None:
                raise DataError(f"A record does not fit its schema: {problem}") from error
            prop = f"property {place[2]}: " if place[2] else ""
            raise DataError(f"{self._describe(lines[int(place[1])])}: {prop}{problem}") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(f"A record is not JSON in UTF-8: {error}") from error
        return rows

    def _describe(self, line: bytes) -> str:
        """Name a record by its key, or by how it begins."""
        record = decode_record(line)
        keys = [column.prop for column in self.table.columns if column.name in self.table.keys]
        named = {str(key): record.get(str(key)) for key in keys} or dict(list(record.items())[:3])
        return "Record " + ", ".join(f"{name}={value}" for name, value in named.items())

    def _check_presence(self, rows: Sequence[Any], lines: Sequence[bytes]) -> None:
        for column in self.table.columns:
            is_key = column.name in self.table.keys
            if not (is_key or (self.strict and column.prop in self.table.required)):
                continue
            values = map(attrgetter(self._fields[column.name]), rows)
            for number, value in enumerate(values):
                missing = value is msgspec.UNSET or (isinstance(value, msgspec.Raw) and not value)
                if missing and is_key:
                    raise MissingKeyError(
                        f"{self._describe(lines[number])}: the key {column.prop} is missing"
                    )
                # A deleted record carries its key alone.
                if missing and rows[number].deleted_at is None:
                    raise DataError(f"{self._describe(lines[number])}: property {column.prop} is missing")

    def _own_columns(
        self, rows: Sequence[Any], numbers: Sequence[int], arrival: Arrival
    ) -> dict[str, pa.Array[Any]]:
        count = len(rows)
        own: dict[str, pa.Array[Any]] = {
            BATCH_ID: pa.repeat(arrival.batch_id, count),
            SEQUENCE: pa.array([arrival.first_sequence + number for number in numbers], pa.int64()),
            DELETED_AT: pa.array([_instant(row.deleted_at) for row in rows], _INSTANT),
        }
        if any(column.name in RECORD_METADATA for column in self.table.columns):
            extracted = [arrival.extracted_at[number] for number in numbers]
            own |= {
                EXTRACTED_AT: _parse_instants(extracted),
                RECEIVED_AT: pa.repeat(pa.scalar(arrival.received_at, _INSTANT), count),
                BATCHED_AT: pa.repeat(pa.scalar(arrival.batched_at, _INSTANT), count),
                TABLE_VERSION: pa.nulls(count, pa.int64()),
                SYNC_STARTED_AT: pa.repeat(pa.scalar(arrival.sync_started_at, pa.int64()), count),
            }
        return own

    def _column(self, column: Column, rows: Sequence[Any], lines: Sequence[bytes]) -> pa.Array[Any]:
        kind = column.type.kind
        values: list[Any] = list(map(attrgetter(self._fields[column.name]), rows))
        if column.prop in self.table.required or column.name in self.table.keys:
            values = [None if value is msgspec.UNSET else value for value in values]
        if kind is ColumnKind.JSON:
            values = [_json_text(value, column) for value in values]
        elif kind is ColumnKind.TIMESTAMP:
            values = list(map(_instant, values))
        wanted = arrow_type(column.type)
        try:
            return pa.array(values, wanted)
        except (pa.ArrowInvalid, OverflowError):
            for value, line in zip(values, lines, strict=True):
                if not _fits(value, wanted):
                    problem = f"{value} does not fit {column.type.sql}"
                    raise DataError(f"{self._describe(line)}: property {column.prop}: {problem}") from None
            raise


def _fits(value: Any, wanted: pa.DataType) -> bool:
    try:
        pa.array([value], wanted)
    except (pa.ArrowInvalid, OverflowError):
        return False
    return True


def _instant(value: datetime | None) -> datetime | None:
    """A moment in UTC; one without zone is taken for UTC."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=timezone.utc)


def _parse_instants(texts: Sequence[str | None]) -> pa.Array[Any]:
    try:
        decoded = msgspec.convert(texts, list[datetime | None])
    except msgspec.ValidationError as error:
        raise DataError(f"The time_extracted of a record is no time: {error}") from error
    return pa.array(map(_instant, decoded), _INSTANT)


def _json_text(value: msgspec.Raw, column: Column) -> str | None:
    """JSON without needless blanks and escapes; a string that stands alone is text, not JSON."""
    raw = bytes(value)
    if not raw or raw == b"null":
        return None
    try:
        if raw.startswith(b'"'):
            return msgspec.json.decode(raw, type=str)
        if b"\\u" in raw:  # many taps escape every letter beyond ASCII, and people search these columns
            return encode(_tree_decoder.decode(raw)).decode()
        return msgspec.json.format(raw, indent=-1).decode()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"Property {column.prop} of a record is not JSON in UTF-8: {error}") from error
