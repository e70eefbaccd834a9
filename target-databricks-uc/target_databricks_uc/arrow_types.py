"""The Arrow type of each column in the staged files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from target_databricks_uc.types import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_databricks_uc.table_design import Table
    from target_databricks_uc.types import ColumnType

#: Timestamps are instants in microseconds: Spark knows no nanoseconds.
INSTANT = pa.timestamp("us", tz="UTC")
_ARROW_TYPES: Mapping[ColumnKind, pa.DataType] = {
    ColumnKind.BOOLEAN: pa.bool_(),
    ColumnKind.BIGINT: pa.int64(),
    ColumnKind.DOUBLE: pa.float64(),
    ColumnKind.DATE: pa.date32(),
    ColumnKind.TIMESTAMP: INSTANT,
}


def arrow_type(of: ColumnType) -> pa.DataType:
    """The type of a staged column."""
    if of.kind is ColumnKind.DECIMAL:
        return pa.decimal128(of.precision, of.scale)
    return _ARROW_TYPES.get(of.kind, pa.string())


def arrow_schema(table: Table) -> pa.Schema:
    """The schema of the staged files of a table."""
    return pa.schema([pa.field(column.name, arrow_type(column.type)) for column in table.columns])
