"""How streams and properties become tables and columns with names that are accepted.

Databricks reference, "Names".
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from singer_kit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_databricks_uc.settings import ColumnCase

#: The table of loads, which no stream may have.
LOADS_TABLE = "_loads"
_MAX_BYTES = 255
_HASH_DIGITS = 8
_NOT_WORD = re.compile(r"\W")
#: What Delta refuses in a column name without column mapping, and what no tool shows well.
_NOT_IN_COLUMN = re.compile(r"[ ,;{}()=.`\x00-\x1f\x7f]")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def table_name(stream: str) -> str:
    """The table of a stream: lower case, as Unity Catalog stores it, of letters, digits and `_` alone."""
    return _shorten(_NOT_WORD.sub("_", stream.lower()) or "_")


class TableOwners:
    """Which stream has which table in a run."""

    def __init__(self) -> None:
        self._streams = {LOADS_TABLE: "the target's audit trail"}

    def claim(self, table: str, stream: str) -> None:
        """Reserve a table for a stream.

        Raises:
            DataError: Another stream has it, or the target itself.
        """
        other = self._streams.setdefault(table, stream)
        if other != stream:
            raise DataError(
                f"The table {table} belongs to {other} already", remedy="Rename the stream with a stream map"
            )


def column_name(prop: str, case: ColumnCase) -> str:
    """The column of a property."""
    name = _NOT_IN_COLUMN.sub("_", prop) or "_"
    if case == "snake":
        name = _HUMPS.sub("_", name).lower()
    return _shorten(name)


def column_names(props: Iterable[str], case: ColumnCase) -> dict[str, str]:
    """The columns of all properties of a stream.

    Raises:
        DataError: Two properties would fall into one column; columns are matched without regard to case.
    """
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    for prop in props:
        name = column_name(prop, case)
        if (other := taken.setdefault(name.lower(), prop)) != prop:
            raise DataError(
                f"The properties {other!r} and {prop!r} would share the column {name!r}",
                remedy="Rename one with a stream map, or deselect it in the tap",
            )
        names[prop] = name
    return names


def quote(*parts: str) -> str:
    """A quoted, possibly qualified name."""
    return ".".join(f"`{part.replace('`', '``')}`" for part in parts)


def _shorten(name: str) -> str:
    encoded = name.encode()
    if len(encoded) <= _MAX_BYTES:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:_HASH_DIGITS]
    return f"{encoded[: _MAX_BYTES - _HASH_DIGITS - 1].decode(errors='ignore')}_{digest}"
