"""Compare what the warehouse holds with what SYSPRO holds."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from syspro_sandbox.readback.databricks import query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def as_text(value: Any) -> str:
    """A key part as the comparison uses it: numbers without trailing zeros, text as it is."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def read_table(
    environment: Mapping[str, str], stream: str, key: Sequence[str]
) -> dict[tuple[str, ...], dict[str, str | None]]:
    """Rows of a stream's table by key; a key that stands there twice is an error."""
    rows = query(environment, f"SELECT * FROM `main`.`syspro`.`{stream}`")
    by_key = {tuple(_key_text(row[part]) for part in key): row for row in rows}
    assert len(by_key) == len(rows), f"{stream} holds a key more than once"
    return by_key


def _key_text(value: str | None) -> str:
    if value is not None and re.fullmatch(r"-?\d+\.\d+", value):
        return as_text(Decimal(value))
    return str(value)


def differences(
    source: Mapping[str, Any], delivered: Mapping[str, str | None]
) -> dict[str, tuple[Any, str | None]]:
    """The columns in which a delivered row differs from SYSPRO's."""
    return {
        name: (value, delivered[name]) for name, value in source.items() if not _same(value, delivered[name])
    }


def _same(value: Any, delivered: str | None) -> bool:
    if value is None or delivered is None:
        return value is None and delivered is None
    if isinstance(value, Decimal):
        try:
            return Decimal(delivered) == value
        except InvalidOperation:
            return False
    return str(value) == delivered


def sum_columns(
    environment: Mapping[str, str], stream: str, columns: Sequence[str], company: str
) -> dict[str, Decimal]:
    """Sums over all rows of a company, by the warehouse's own arithmetic."""
    totals = ", ".join(f"SUM(`{name}`) AS `{name}`" for name in columns)
    [summed] = query(
        environment, f"SELECT {totals} FROM `main`.`syspro`.`{stream}` WHERE `_syspro_company` = '{company}'"
    )
    return {name: Decimal(summed[name] or 0) for name in columns}
