"""Data types in their four spellings: SQL text, Delta's schema JSON, Arrow, and the API's `type_name`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from syspro_sandbox.databricks.sql.errors import SqlError

if TYPE_CHECKING:
    from collections.abc import Callable

#: What Databricks knows as a type; the engine would take TEXT, BOOL and others besides.
TYPE_NAMES = frozenset({
    "BIGINT", "LONG", "INT", "INTEGER", "SMALLINT", "SHORT", "TINYINT", "BYTE", "STRING", "VARCHAR",
    "CHAR", "CHARACTER", "BOOLEAN", "DOUBLE", "FLOAT", "REAL", "DECIMAL", "DEC", "NUMERIC", "DATE",
    "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "BINARY", "VARIANT", "ARRAY", "MAP", "STRUCT",
    "INTERVAL", "VOID",
})  # fmt: skip

_SIMPLE = {
    "string": ("STRING", "STRING"),
    "long": ("LONG", "BIGINT"),
    "integer": ("INT", "INT"),
    "short": ("SHORT", "SMALLINT"),
    "byte": ("BYTE", "TINYINT"),
    "double": ("DOUBLE", "DOUBLE"),
    "float": ("FLOAT", "FLOAT"),
    "boolean": ("BOOLEAN", "BOOLEAN"),
    "binary": ("BINARY", "BINARY"),
    "date": ("DATE", "DATE"),
    "timestamp": ("TIMESTAMP", "TIMESTAMP"),
    "timestamp_ntz": ("TIMESTAMP_NTZ", "TIMESTAMP_NTZ"),
    "variant": ("VARIANT", "VARIANT"),
    "void": ("NULL", "VOID"),
}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(-?\d+)\)")
_ARROW_NAMES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (
        lambda kind: (
            pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        ),
        "string",
    ),
    (pa.types.is_int64, "long"),
    (pa.types.is_int32, "integer"),
    (pa.types.is_int16, "short"),
    (pa.types.is_int8, "byte"),
    (pa.types.is_float64, "double"),
    (pa.types.is_float32, "float"),
    (pa.types.is_boolean, "boolean"),
    (
        lambda kind: (
            pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
        ),
        "binary",
    ),
    (pa.types.is_date, "date"),
    (lambda kind: pa.types.is_timestamp(kind) and kind.tz is not None, "timestamp"),
    (pa.types.is_timestamp, "timestamp_ntz"),
    (pa.types.is_null, "void"),
)


@dataclass(frozen=True)
class SqlType:
    """A type as the API describes it: base name, full text, and the digits of a decimal."""

    name: str
    text: str
    precision: int | None = None
    scale: int | None = None


def check_type(word: str) -> None:
    """Refuse a type name Databricks has not.

    Raises:
        SqlError: UNSUPPORTED_DATATYPE.
    """
    if word.upper() not in TYPE_NAMES:
        raise SqlError("UNSUPPORTED_DATATYPE", f'Unsupported data type "{word.upper()}".')


def from_delta(kind: Any) -> SqlType:
    """The type of a field in a Delta schema: a name, or an object for nested types."""
    if isinstance(kind, str):
        if found := _DECIMAL.fullmatch(kind):
            precision, scale = int(found.group(1)), int(found.group(2))
            return SqlType("DECIMAL", f"DECIMAL({precision},{scale})", precision, scale)
        name, text = _SIMPLE[kind]
        return SqlType(name, text)
    if kind["type"] == "array":
        return SqlType("ARRAY", f"ARRAY<{from_delta(kind['elementType']).text}>")
    if kind["type"] == "map":
        return SqlType(
            "MAP", f"MAP<{from_delta(kind['keyType']).text}, {from_delta(kind['valueType']).text}>"
        )
    fields = ", ".join(f"{field['name']}: {from_delta(field['type']).text}" for field in kind["fields"])
    return SqlType("STRUCT", f"STRUCT<{fields}>")


def is_variant(field: pa.Field[Any]) -> bool:
    """Whether an Arrow column holds VARIANT values."""
    return (field.metadata or {}).get(b"ARROW:extension:name") == b"arrow.parquet.variant"


def from_arrow(field: pa.Field[Any]) -> SqlType:
    """The type of a result column."""
    if is_variant(field):
        return from_delta("variant")
    return from_delta(_delta_of(field.type))


def _delta_of(kind: pa.DataType) -> Any:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_map(kind):
        return {"type": "map", "keyType": _delta_of(kind.key_type), "valueType": _delta_of(kind.item_type)}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return {"type": "array", "elementType": _delta_of(kind.value_type)}
    if pa.types.is_struct(kind):
        fields = [
            {"name": kind.field(i).name, "type": _delta_of(kind.field(i).type)}
            for i in range(kind.num_fields)
        ]
        return {"type": "struct", "fields": fields}
    for matches, name in _ARROW_NAMES:
        if matches(kind):
            return name
    raise SqlError("UNSUPPORTED_DATATYPE", f'Unsupported data type "{kind}" in a result.')
