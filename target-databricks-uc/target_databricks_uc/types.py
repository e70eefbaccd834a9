"""Column types, and which of them a JSON schema becomes (Databricks reference, "Column types")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_PRECISION = 38
_BIGINT_MIN, _BIGINT_MAX = -(2**63), 2**63 - 1
_SQL_DECIMAL = re.compile(r"\s*(?:DECIMAL|NUMERIC|DEC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*", re.IGNORECASE)


class ColumnKind(Enum):
    """The types that this target loads, by their names in SQL."""

    BOOLEAN = "BOOLEAN"
    BIGINT = "BIGINT"
    DOUBLE = "DOUBLE"
    DECIMAL = "DECIMAL"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    STRING = "STRING"
    #: Objects, arrays and mixed values: JSON text in a STRING column.
    JSON = "JSON"


@dataclass(frozen=True)
class ColumnType:
    """A type with its digits.

    Attributes:
        kind: Which type.
        precision: Digits of a DECIMAL in all.
        scale: Digits behind its point.
    """

    kind: ColumnKind
    precision: int = 0
    scale: int = 0

    @property
    def sql(self) -> str:
        """The type in SQL."""
        if self.kind is ColumnKind.DECIMAL:
            return f"DECIMAL({self.precision},{self.scale})"
        return "STRING" if self.kind is ColumnKind.JSON else self.kind.value


BOOLEAN = ColumnType(ColumnKind.BOOLEAN)
BIGINT = ColumnType(ColumnKind.BIGINT)
DOUBLE = ColumnType(ColumnKind.DOUBLE)
DATE = ColumnType(ColumnKind.DATE)
TIMESTAMP = ColumnType(ColumnKind.TIMESTAMP)
STRING = ColumnType(ColumnKind.STRING)
JSON = ColumnType(ColumnKind.JSON)


def decimal(precision: int, scale: int) -> ColumnType:
    """A DECIMAL."""
    return ColumnType(ColumnKind.DECIMAL, precision, scale)


def parse_decimal(text: str) -> ColumnType | None:
    """A DECIMAL as SQL writes it; None for any other type."""
    digits = _SQL_DECIMAL.fullmatch(text)
    return decimal(int(digits[1]), int(digits[2] or 0)) if digits else None


def column_type(schema: Mapping[str, Any]) -> ColumnType:
    """The type of the column for a property."""
    found = {_type_of(name, part) for name, part in _alternatives(schema) if name != "null"}
    if len(found) == 1:
        return found.pop()
    if found == {BIGINT, DOUBLE}:
        return DOUBLE
    return STRING if {kind.kind for kind in found} <= _WRITTEN_AS_STRINGS and found else JSON


_WRITTEN_AS_STRINGS = {ColumnKind.STRING, ColumnKind.DATE, ColumnKind.TIMESTAMP}


_ALTERNATIVES = ("anyOf", "oneOf")


def _alternatives(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each JSON type that a property may have, with what its schema says of that type.

    What stands beside the alternatives holds for each of them: digits, format and bounds.
    """
    beside = {word: value for word, value in schema.items() if word not in {*_ALTERNATIVES, "type"}}
    for word in _ALTERNATIVES:
        for part in schema.get(word, ()):
            yield from _alternatives({**beside, **part})
    declared = schema.get("type", ())
    for name in (declared,) if isinstance(declared, str) else declared:
        yield name, schema


def _type_of(name: str, schema: Mapping[str, Any]) -> ColumnType:
    if (wanted := parse_decimal(str(schema.get("x-sql-datatype", "")))) and name in _DECIMAL_SOURCES:
        return _fitting_decimal(wanted.precision, wanted.scale)
    if name == "boolean":
        return BOOLEAN
    if name == "integer":
        bounds = (schema.get("minimum", 0), schema.get("maximum", 0))
        fits = all(_BIGINT_MIN <= bound <= _BIGINT_MAX for bound in bounds)
        return BIGINT if fits else decimal(MAX_PRECISION, 0)
    if name == "number":
        return _number_type(schema)
    if name == "string":
        return {"date": DATE, "date-time": TIMESTAMP}.get(schema.get("format", ""), STRING)
    return JSON


_DECIMAL_SOURCES = {"number", "integer", "string"}


def _number_type(schema: Mapping[str, Any]) -> ColumnType:
    step = schema.get("multipleOf")
    if not step:
        return DOUBLE
    exponent = Decimal(str(step)).normalize().as_tuple().exponent
    scale = max(0, -int(exponent))
    bounds = [schema[word] for word in ("minimum", "maximum") if word in schema]
    if len(bounds) < 2:  # noqa: PLR2004  # one bound says nothing about the digits of the other side
        return _fitting_decimal(MAX_PRECISION, scale)
    whole_digits = max(len(str(abs(int(bound)))) for bound in bounds)
    return _fitting_decimal(whole_digits + scale, scale)


def _fitting_decimal(precision: int, scale: int) -> ColumnType:
    scale = min(scale, MAX_PRECISION)
    return decimal(min(max(precision, scale, 1), MAX_PRECISION), scale)
