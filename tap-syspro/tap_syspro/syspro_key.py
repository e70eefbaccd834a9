"""`_syspro_key`: the id of a SYSPRO record in one readable text, `company/table/key[/key…]`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tap_syspro.errors import DoubtfulReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SEPARATOR = "/"
_ESCAPES = {"%": "%25", SEPARATOR: "%2F"}
_ENCODE = str.maketrans(_ESCAPES)


def encode(parts: Iterable[str]) -> str:
    """Join the parts; `%` and `/` inside a part are percent-encoded, so that `decode` is exact."""
    return SEPARATOR.join(part.translate(_ENCODE) for part in parts)


def decode(key: str) -> list[str]:
    """Take a key apart again."""
    return [part.replace("%2F", SEPARATOR).replace("%25", "%") for part in key.split(SEPARATOR)]


def key_of(
    row: Mapping[str, Any], company: str, table: str, readers: Mapping[str, Callable[[Any], object]]
) -> str:
    """Build the key of a row.

    Args:
        row: The row as OData gave it.
        company: Id of the company.
        table: Name of the table.
        readers: The columns of the table's key in their order, each with how its values are read.

    Raises:
        DoubtfulReadError: When a key column is missing or null.
        ValueError: When a value is not of its column's type.
    """
    parts = [company, table]
    for name, reader in readers.items():
        value = reader(row.get(name))
        if value is None:
            raise DoubtfulReadError(
                f"The table {table} of company {company} gave a row without {name}, a column of its key"
            )
        parts.append(format(value, "f") if isinstance(value, Decimal) else str(value))
    return encode(parts)
