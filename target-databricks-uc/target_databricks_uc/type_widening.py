"""Which values an existing column takes without loss, and to which type it can be widened.

Databricks reference, "Type changes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_databricks_uc.types import MAX_PRECISION, ColumnKind, decimal

if TYPE_CHECKING:
    from target_databricks_uc.types import ColumnType

_BIGINT_DIGITS = 19


def accepts(existing: ColumnType, incoming: ColumnType) -> bool:
    """Whether every value of a type can be cast to an existing column's type without loss."""
    if existing.kind is ColumnKind.STRING or existing.sql == incoming.sql:
        return True
    if existing.kind is ColumnKind.DECIMAL:
        return widen(existing, incoming) == existing
    return existing.kind is ColumnKind.TIMESTAMP and incoming.kind is ColumnKind.DATE


def widen(existing: ColumnType, incoming: ColumnType) -> ColumnType | None:
    """The narrowest type that holds both and that Delta can widen the column to; None if there is none.

    Only whole numbers and decimals widen: DECIMAL(p,s) to DECIMAL(p+k1,s+k2) where k1 >= k2 >= 0, and BIGINT
    to a DECIMAL of at least 20 digits (Databricks reference, "Type changes").
    """
    one, other = _digits(existing), _digits(incoming)
    if one is None or other is None:
        return None
    scale = max(one[1], other[1])
    precision = max(one[0], other[0]) + scale
    if existing.kind is ColumnKind.BIGINT and incoming.kind is ColumnKind.DECIMAL:
        precision = max(precision, _BIGINT_DIGITS + 1 + scale)
    return decimal(precision, scale) if precision <= MAX_PRECISION else None


def _digits(of: ColumnType) -> tuple[int, int] | None:
    """Digits before and behind the point."""
    if of.kind is ColumnKind.BIGINT:
        return _BIGINT_DIGITS, 0
    return (of.precision - of.scale, of.scale) if of.kind is ColumnKind.DECIMAL else None
