"""From records to Arrow columns: instants in UTC, exact decimals, JSON text, and the target's own columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
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
from singer_kit.messages import encode

from target_databricks_uc.arrow_types import INSTANT, arrow_schema, arrow_type
from target_databricks_uc.deletions import is_left_out
from target_databricks_uc.record_validation import RecordValidator
from target_databricks_uc.table_design import RECORD_METADATA
from target_databricks_uc.types import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_databricks_uc.settings import Deletes
    from target_databricks_uc.table_design import Column, Table

_tree_decoder = msgspec.json.Decoder(float_hook=Decimal)


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
    _validator: RecordValidator = field(init=False)
    _schema: pa.Schema = field(init=False)

    def __post_init__(self) -> None:
        self._validator = RecordValidator(self.table, self.strict)
        self._schema = arrow_schema(self.table)

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
        rows = self._validator.decode(lines)
        kept = [n for n, row in enumerate(rows) if not is_left_out(row.deleted_at, self.deletes)]
        rows, lines = [rows[n] for n in kept], [lines[n] for n in kept]
        own = self._own_columns(rows, kept, arrival)
        arrays = [
            own[column.name] if column.prop is None else self._column(column, rows, lines)
            for column in self.table.columns
        ]
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _own_columns(
        self, rows: Sequence[Any], numbers: Sequence[int], arrival: Arrival
    ) -> dict[str, pa.Array[Any]]:
        count = len(rows)
        own: dict[str, pa.Array[Any]] = {
            BATCH_ID: pa.repeat(arrival.batch_id, count),
            SEQUENCE: pa.array([arrival.first_sequence + number for number in numbers], pa.int64()),
            DELETED_AT: pa.array([_instant(row.deleted_at) for row in rows], INSTANT),
        }
        if any(column.name in RECORD_METADATA for column in self.table.columns):
            extracted = [arrival.extracted_at[number] for number in numbers]
            own |= {
                EXTRACTED_AT: _parse_instants(extracted),
                RECEIVED_AT: pa.repeat(pa.scalar(arrival.received_at, INSTANT), count),
                BATCHED_AT: pa.repeat(pa.scalar(arrival.batched_at, INSTANT), count),
                TABLE_VERSION: pa.nulls(count, pa.int64()),
                SYNC_STARTED_AT: pa.repeat(pa.scalar(arrival.sync_started_at, pa.int64()), count),
            }
        return own

    def _column(self, column: Column, rows: Sequence[Any], lines: Sequence[bytes]) -> pa.Array[Any]:
        kind = column.type.kind
        values = self._validator.values(column, rows)
        if kind is ColumnKind.JSON:
            values = [_json_text(value, column) for value in values]
        elif kind is ColumnKind.TIMESTAMP:
            values = list(map(_instant, values))
        wanted = arrow_type(column.type)
        try:
            return pa.array(values, wanted)
        except (pa.ArrowInvalid, OverflowError):
            self._validator.check_fit(column, values, lines, wanted)
            raise


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
    return pa.array(map(_instant, decoded), INSTANT)


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
