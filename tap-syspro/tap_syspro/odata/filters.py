"""How OData is told which rows: conditions and literals of `$filter`, for the types that SYSPRO tables have.

Text goes in single quotes with quotes doubled; decimals and dates stand bare (SYSPRO reference, "Literals").
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tap_syspro.odata.metadata import ColumnKind
from tap_syspro.odata.urls import MAX_QUERY_BYTES, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HAS_ZONE = re.compile(r"(Z|[+-]\d{2}:\d{2})$")


def text(value: str) -> str:
    """Quote a string."""
    return "'" + value.replace("'", "''") + "'"


def number(value: Decimal | int) -> str:
    """Write a number in full, never in scientific notation."""
    return format(Decimal(value), "f")


def moment(value: str, kind: ColumnKind) -> str:
    """Write a date back as SYSPRO gave it.

    A value keeps the offset it came with: only then does `eq` mean the same row again, whatever zone the
    service counts in. A zone is added where there is none, as the grammar of OData wants one.
    """
    if kind is ColumnKind.DATE:
        return value[:10]
    return value if _HAS_ZONE.search(value) else f"{value}Z"


def start_of(day: date, kind: ColumnKind) -> str:
    """Write a bound that separates `day` from the day before it.

    SYSPRO's dates are midnights in a zone that nobody tells (SYSPRO reference, "Midnights"). 10:01 UTC of
    the day before lies between the two midnights for every offset from -10:00 to +13:45, so the bound is
    right wherever the server stands, and says the same as `values.midnight` of a row.
    """
    if kind is ColumnKind.DATE:
        return day.isoformat()
    return f"{(day - timedelta(days=1)).isoformat()}T10:01:00Z"


def literal(value: object, kind: ColumnKind) -> str:
    """Write a value read from a row as a literal of its column's type.

    Raises:
        ValueError: For a value that OData cannot compare.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return number(value)
    if isinstance(value, str):
        if kind is ColumnKind.TEXT:
            return text(value.rstrip(" "))
        if kind in {ColumnKind.DATE, ColumnKind.MOMENT}:
            return moment(value, kind)
        if kind in {ColumnKind.DECIMAL, ColumnKind.INTEGER}:
            return number(Decimal(value))
        if kind is ColumnKind.GUID:
            return value
    msg = f"a value of kind {kind.value} cannot stand in a filter"
    raise ValueError(msg)


def all_of(*filters: str) -> str:
    """Join filters with `and`; empty ones drop out."""
    return _join(" and ", filters)


def any_of(*filters: str) -> str:
    """Join filters with `or`; empty ones drop out."""
    return _join(" or ", filters)


def _join(word: str, filters: Sequence[str]) -> str:
    present = [item for item in filters if item]
    if len(present) < 2:  # noqa: PLR2004  # a single one is not joined
        return "".join(present)
    return word.join(f"({item})" if _is_compound(item) else item for item in present)


def _is_compound(expression: str) -> bool:
    """Tell whether `and` or `or` stands outside quotes, so that brackets are needed."""
    unquoted = "".join(expression.split("'")[::2])
    return " and " in unquoted or " or " in unquoted


def after(position: Sequence[tuple[str, str]]) -> str:
    """Select what follows a position in the order of its columns.

    Args:
        position: Column and literal, in the order of `$orderby`.

    Returns:
        `A ge 1 and (A gt 1 or (B ge 2 and (…)))`. The bound of the first column stands before every `or`:
        only so SQL Server can seek to the position in an index, where `A gt 1 or …` makes it scan from the
        first row for every page. Nested, so that its length grows with the number of columns and not with
        its square.
    """
    (column, value), *rest = position
    beyond = f"{column} gt {value}"
    return all_of(f"{column} ge {value}", any_of(beyond, after(rest))) if rest else beyond


def not_before(columns: Sequence[str], values: Sequence[int]) -> str:
    """Select the period given and those after it, by year and, where there is one, period."""
    *outer, last = zip(columns, values, strict=True)
    condition = f"{last[0]} ge {last[1]}"
    for column, value in reversed(outer):
        condition = any_of(f"{column} gt {value}", all_of(f"{column} eq {value}", condition))
    return condition


#: Bytes left to the order, the position and the other conditions of a read that is narrowed by `one_of`.
_ROOM_FOR_THE_REST = 640


def one_of(
    column: str, values: Sequence[str], max_bytes: int = MAX_QUERY_BYTES - _ROOM_FOR_THE_REST
) -> Iterator[str]:
    """Select rows by the values of a column, in as many filters as their length asks for.

    Args:
        column: The column.
        values: Literals.
        max_bytes: How long a filter may be once it is encoded.
    """
    batch: list[str] = []
    length = 0
    for value in values:
        condition = f"{column} eq {value}"
        added = len(encode(f"{condition} or "))
        if batch and length + added > max_bytes:
            yield any_of(*batch)
            batch, length = [], 0
        batch.append(condition)
        length += added
    if batch:
        yield any_of(*batch)
