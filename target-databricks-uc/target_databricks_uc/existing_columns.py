"""The columns that a table has already, read from the rows and type names of DESCRIBE TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_databricks_uc.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    STRING,
    TIMESTAMP,
    ColumnType,
    parse_decimal,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EXISTING = {
    "boolean": BOOLEAN,
    "bigint": BIGINT,
    "double": DOUBLE,
    "date": DATE,
    "timestamp": TIMESTAMP,
    "string": STRING,
}


def read_columns(rows: Iterable[Mapping[str, str | None]]) -> dict[str, str]:
    """Types of a table's columns by name, from the rows of DESCRIBE TABLE.

    Partition and clustering columns are listed once more behind the columns, below a heading: a line with `#`
    and without type, which a column always has, also one whose name begins with `#`.
    """
    columns: dict[str, str] = {}
    for row in rows:
        column, kind = row["col_name"] or "", row["data_type"] or ""
        if not column or (column.startswith("#") and not kind):
            break
        columns[column] = kind
    return columns


def parse_sql_type(text: str) -> ColumnType | None:
    """A type as DESCRIBE TABLE gives it; None for one that this target never makes."""
    return parse_decimal(text) or _EXISTING.get(text.strip().lower())
