"""Names: how streams and properties become names that Unity Catalog accepts (databricks.md 3.1)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from singer_kit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_databricks_uc.settings import ColumnCase

_MAX_BYTES = 255
_HASH_DIGITS = 8
_NOT_WORD = re.compile(r"\W")
#: What Delta refuses in a column name without column mapping, and what no tool shows well.
_NOT_IN_COLUMN = re.compile(r"[ ,;{}()=.`\x00-\x1f\x7f]")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def table_name(stream: str) -> str:
    """The table of a stream: lower case, as Unity Catalog stores it, of letters, digits and `_` alone."""
    return _shorten(_NOT_WORD.sub("_", stream.lower()) or "_")


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
                f"The properties {other!r} and {prop!r} would share the column {name!r}. "
                "Rename one with a stream map, or deselect it in the tap."
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
