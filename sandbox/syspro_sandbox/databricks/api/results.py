"""Results as the API hands them out: a manifest, and rows of strings in chunks.

Databricks reference, "Statement results".
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from syspro_sandbox.databricks.sql.types import from_arrow, is_variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

INLINE_BYTES = 25 * 1024 * 1024
_QUOTES_AND_COMMA = 3

Row = list[str | None]


class ResultTooLargeError(Exception):
    """The rows exceed what an inline result may hold."""


@dataclass(frozen=True)
class Result:
    """A finished statement's rows."""

    columns: list[dict[str, Any]]
    rows: list[Row]
    truncated: bool
    chunk_rows: int

    @classmethod
    def of(
        cls, table: pa.Table, *, chunk_rows: int, row_limit: int | None = None, byte_limit: int | None = None
    ) -> Result:
        """The result of a table, cut at the limits the client gave.

        Raises:
            ResultTooLargeError: Above 25 MiB.
        """
        columns = []
        for position, field in enumerate(table.schema):
            kind = from_arrow(field)
            column: dict[str, Any] = {
                "name": field.name, "type_text": kind.text, "type_name": kind.name, "position": position,
            }  # fmt: skip
            if kind.precision is not None:
                column |= {"type_precision": kind.precision, "type_scale": kind.scale}
            columns.append(column)
        kept = table if row_limit is None else table.slice(0, row_limit)
        truncated = kept.num_rows < table.num_rows
        rows: list[Row] = []
        size = 0
        for row in _rows(kept):
            size += sum(len(value or "") + _QUOTES_AND_COMMA for value in row)
            if byte_limit is not None and size > byte_limit:
                truncated = True
                break
            if size > INLINE_BYTES:
                raise ResultTooLargeError
            rows.append(row)
        return cls(columns, rows, truncated, chunk_rows)

    @property
    def chunks(self) -> list[dict[str, int]]:
        """Where each chunk begins and how long it is."""
        starts = range(0, len(self.rows), self.chunk_rows)
        return [
            {
                "chunk_index": index,
                "row_offset": start,
                "row_count": min(self.chunk_rows, len(self.rows) - start),
            }
            for index, start in enumerate(starts)
        ]

    def manifest(self) -> dict[str, Any]:
        """What the result is, without its rows."""
        return {
            "format": "JSON_ARRAY",
            "schema": {"column_count": len(self.columns), "columns": self.columns},
            "total_chunk_count": len(self.chunks),
            "chunks": self.chunks,
            "total_row_count": len(self.rows),
            "truncated": self.truncated,
        }

    def chunk(self, index: int, statement_id: str) -> dict[str, Any]:
        """One chunk with its rows; an empty result has none."""
        if not self.rows:
            return {}
        place = self.chunks[index]
        start = place["row_offset"]
        found: dict[str, Any] = {**place, "data_array": self.rows[start : start + place["row_count"]]}
        if index + 1 < len(self.chunks):
            found["next_chunk_index"] = index + 1
            found["next_chunk_internal_link"] = (
                f"/api/2.0/sql/statements/{statement_id}/result/chunks/{index + 1}"
            )
        return found


def _rows(table: pa.Table) -> Iterator[Row]:
    if not table.num_columns:
        return
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        values = column.to_pylist()
        columns.append(values if is_variant(field) else [_text(value) for value in values])
    for values in zip(*columns, strict=True):
        yield list(values)


def _text(value: Any) -> str | None:
    """A value as the API writes it."""
    if value is None:
        return None
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return str(value)


def _timestamp(value: dt.datetime) -> str:
    fraction = f"{value.microsecond:06d}" if value.microsecond % 1000 else f"{value.microsecond // 1000:03d}"
    return f"{value:%Y-%m-%dT%H:%M:%S}.{fraction}{'Z' if value.tzinfo else ''}"


def _float(value: float) -> str:
    if value != value:  # noqa: PLR0124  # not a number
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value).replace("e+", "E").replace("e", "E")


def _nested(value: Any) -> Any:
    """Values inside arrays, maps and structs are strings too."""
    if isinstance(value, dict):
        return {name: _nested(item) for name, item in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) for item in value):
            return {str(_text(key)): _nested(item) for key, item in value}
        return [_nested(item) for item in value]
    return _text(value)


def _json(value: Any) -> str:
    return json.dumps(_nested(value), ensure_ascii=False)


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (Decimal, lambda value: f"{value:f}"),
    (float, _float),
    (dt.datetime, _timestamp),
    (bytes, lambda value: base64.b64encode(value).decode()),
    (list, _json),
    (tuple, _json),
    (dict, _json),
)
