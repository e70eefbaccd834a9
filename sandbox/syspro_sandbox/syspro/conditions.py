"""SQL conditions over SYSPRO's values in stored form, shared by both services.

Comparisons are ordinal, as SYSPRO's collation Latin1_General_BIN is, and blanks at the end of a text do not
count, as in SQL Server (SYSPRO reference, "Collation").
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from syspro_sandbox.syspro.database import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syspro_sandbox.syspro.tables import Column

Comparison = Literal["eq", "ne", "gt", "ge", "lt", "le"]
Operand = str | Decimal | None
Parameter = str | int

#: The same comparison with its sides exchanged.
MIRRORED: dict[Comparison, Comparison] = {
    "eq": "eq",
    "ne": "ne",
    "gt": "lt",
    "ge": "le",
    "lt": "gt",
    "le": "ge",
}
_SQL = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_NULL_SAFE = _SQL | {"eq": "IS", "ne": "IS NOT"}
_BETWEEN_INTEGERS: dict[Comparison, Comparison] = {"gt": "gt", "ge": "gt", "lt": "le", "le": "le"}
_LARGEST = 2**63 - 1
_LARGEST_DIGITS = len(str(_LARGEST))
_EXACT = Context(prec=4096)


class Condition(NamedTuple):
    """A condition of a WHERE clause and the values of its placeholders."""

    sql: str
    parameters: tuple[Parameter, ...] = ()


ALWAYS = Condition("1")
NEVER = Condition("0")


def join(word: Literal["AND", "OR"], parts: Sequence[Condition]) -> Condition:
    """Several conditions as one, in brackets."""
    sql = f" {word} ".join(part.sql for part in parts)
    return Condition(f"({sql})", tuple(value for part in parts for value in part.parameters))


def compare(column: Column, comparison: Comparison, value: Operand) -> Condition:
    """Compare a column with a value; a null is unequal to every value and neither above nor below it.

    Args:
        column: The column.
        comparison: How.
        value: A text for a text column, ISO text for a date, a Decimal for a decimal, None for null.
    """
    if value is None:
        known = {"eq": f"{quote(column.name)} IS NULL", "ne": f"{quote(column.name)} IS NOT NULL"}
        return Condition(known.get(comparison, NEVER.sql))
    if isinstance(value, Decimal):
        return _compare_decimal(column, comparison, value)
    return compare_stored(column, comparison, value.rstrip(" "))


def compare_columns(left: Column, comparison: Comparison, right: Column) -> Condition:
    """Compare two columns of the same kind."""
    sides = [quote(left.name), quote(right.name)]
    if left.kind == "decimal":
        scale = max(left.scale, right.scale)
        sides = [
            f"{name} * {10 ** (scale - column.scale)}"
            for name, column in zip(sides, (left, right), strict=True)
        ]
    operator = (_NULL_SAFE if left.nullable or right.nullable else _SQL)[comparison]
    condition = f"{sides[0]} {operator} {sides[1]}"
    return Condition(f"ifnull({condition}, 0)" if left.nullable or right.nullable else f"({condition})")


def compare_stored(column: Column, comparison: Comparison, value: Parameter) -> Condition:
    """Compare a column with a value in stored form."""
    if not column.nullable:
        return Condition(f"{quote(column.name)} {_SQL[comparison]} ?", (value,))
    return Condition(f"ifnull({quote(column.name)} {_NULL_SAFE[comparison]} ?, 0)", (value,))


def _compare_decimal(column: Column, comparison: Comparison, value: Decimal) -> Condition:
    """Decimals are stored as integers: a value between two of them equals none, and is above the lower."""
    scaled = value.scaleb(column.scale, _EXACT)
    if scaled.adjusted() >= _LARGEST_DIGITS - 1:  # beyond what any column holds
        return compare_stored(column, comparison, -_LARGEST if scaled < 0 else _LARGEST)
    lower = int(scaled.to_integral_value(ROUND_FLOOR))
    if lower != scaled:
        if comparison in {"eq", "ne"}:
            return NEVER if comparison == "eq" else ALWAYS
        comparison = _BETWEEN_INTEGERS[comparison]
    return compare_stored(column, comparison, lower)
