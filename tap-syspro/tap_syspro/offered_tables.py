"""What the companies offer together: their tables, each with the columns that any of them has.

Companies differ: one licensed a module, another was upgraded first, a third has columns of its own. A
stream has one schema, so a table is what all companies know of it, and wide enough for each.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from tap_syspro.column_digits import digits_of
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Digits that a warehouse's decimal has at most.
_MAX_DIGITS = 38
#: Digits of the largest whole number that OData has a type for.
_INTEGER_DIGITS = (19, 0)

#: What holds the values of both where companies differ in a column's type; text holds those of all others.
_COMMON_KINDS: Mapping[frozenset[ColumnKind], ColumnKind] = {
    frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL}): ColumnKind.DECIMAL,
    frozenset({ColumnKind.INTEGER, ColumnKind.FLOAT}): ColumnKind.FLOAT,
    frozenset({ColumnKind.DECIMAL, ColumnKind.FLOAT}): ColumnKind.FLOAT,
    frozenset({ColumnKind.DATE, ColumnKind.MOMENT}): ColumnKind.MOMENT,
}


def united(offers: Sequence[Mapping[str, EntitySet]]) -> dict[str, EntitySet]:
    """Unite what companies offer, in the order of the first that has it.

    Args:
        offers: The tables of each company, by name.
    """
    names = dict.fromkeys(name for offer in offers for name in offer)
    return {name: _united_table(offer[name] for offer in offers if name in offer) for name in names}


def _united_table(entity_sets: Iterable[EntitySet]) -> EntitySet:
    return reduce(_both_tables, entity_sets)


def _both_tables(one: EntitySet, other: EntitySet) -> EntitySet:
    if one == other:
        return one
    columns = dict(one.columns)
    for name, column in other.columns.items():
        columns[name] = _both_columns(columns[name], column) if name in columns else column
    key = other.key if set(other.key) > set(one.key) else one.key
    return EntitySet(one.name, columns, key)


def _both_columns(one: Column, other: Column) -> Column:
    if one == other:
        return one
    kind = one.kind
    if kind is not other.kind:
        kind = _COMMON_KINDS.get(frozenset({kind, other.kind}), ColumnKind.TEXT)
    digits = _both_digits(one, other) if kind is ColumnKind.DECIMAL else None
    precision, scale = digits or (None, None)
    return replace(
        one,
        kind=kind,
        max_length=max(one.max_length, other.max_length) if one.max_length and other.max_length else None,
        precision=precision,
        scale=scale,
        description=one.description or other.description,
    )


def _both_digits(one: Column, other: Column) -> tuple[int, int] | None:
    """Find the digits that hold the values of both; None where nobody tells those of one of them."""
    digits = [
        _INTEGER_DIGITS if column.kind is ColumnKind.INTEGER else digits_of(column) for column in (one, other)
    ]
    known = [each for each in digits if each]
    if len(known) < len(digits):
        return None
    scale = max(scale for _, scale in known)
    return min(_MAX_DIGITS, scale + max(precision - scale for precision, scale in known)), scale
