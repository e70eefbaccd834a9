"""What a column becomes: its JSON type, and how its values are read.

Here it is decided which columns are dates, and that no decimal goes out without its digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_syspro import tables
from tap_syspro.column_descriptions import DESCRIPTIONS
from tap_syspro.column_digits import digits_of
from tap_syspro.odata.metadata import Column, ColumnKind
from tap_syspro.values import (
    read_any_decimal,
    read_date,
    read_decimal,
    read_integer,
    read_moment,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: A JSON schema.
Schema = dict[str, Any]

_JSON_TYPES: Mapping[ColumnKind, Schema] = {
    ColumnKind.DECIMAL: {"type": "number"},
    ColumnKind.FLOAT: {"type": "number"},
    ColumnKind.INTEGER: {"type": "integer"},
    ColumnKind.BOOLEAN: {"type": "boolean"},
    ColumnKind.DATE: {"type": "string", "format": "date"},
    ColumnKind.BINARY: {"type": "string", "contentEncoding": "base64"},
}
_TEXT: Schema = {"type": "string"}

#: Of a decimal whose digits nobody tells: all that warehouses hold, about half of them before the point.
_UNTOLD_DIGITS = (38, 18)


def _unchanged(value: object) -> object:
    return value


_READERS: Mapping[ColumnKind, Callable[[Any], object]] = {
    ColumnKind.TEXT: read_text,
    ColumnKind.FLOAT: read_decimal,
    ColumnKind.INTEGER: read_integer,
    ColumnKind.DATE: read_date,
}


def has_dates_only(table: str) -> bool:
    """Tell whether date-times of a table are SYSPRO dates, which have no time of day.

    They are in SYSPRO's own tables and custom forms; a view of somebody else's may hold times.
    """
    return table in tables.BY_NAME or table.endswith(tables.CUSTOM_FORM_SUFFIX)


def property_of(column: Column, *, nullable: bool, dates_only: bool) -> Schema:
    """Build the schema of one column.

    Args:
        column: The column.
        nullable: Whether it may be null.
        dates_only: Whether date-times of its table are SYSPRO dates.
    """
    schema: Schema
    if column.kind is ColumnKind.MOMENT:
        schema = {"type": "string", "format": "date" if dates_only else "date-time"}
    else:
        schema = dict(_JSON_TYPES.get(column.kind, _TEXT))
    if column.kind is ColumnKind.TEXT and column.max_length:
        schema["maxLength"] = column.max_length
    if column.kind is ColumnKind.DECIMAL:
        digits = digits_of(column)
        if digits and digits[1] == 0:
            schema["type"] = "integer"
        precision, scale = digits or _UNTOLD_DIGITS
        schema["x-sql-datatype"] = f"DECIMAL({precision},{scale})"
    if nullable:
        schema["type"] = [schema["type"], "null"]
    if description := column.description or DESCRIPTIONS.get(column.name, ""):
        schema["description"] = description
    return schema


def reader_of(column: Column, *, dates_only: bool) -> Callable[[Any], object]:
    """Choose how the values of a column are read.

    Args:
        column: The column.
        dates_only: Whether date-times of its table are SYSPRO dates.
    """
    if column.kind is ColumnKind.MOMENT:
        return read_date if dates_only else read_moment
    if column.kind is ColumnKind.DECIMAL:
        digits = digits_of(column)
        if digits is None:
            return read_any_decimal
        return read_integer if digits[1] == 0 else read_decimal
    return _READERS.get(column.kind, _unchanged)
