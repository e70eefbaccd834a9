"""Bookmarks inside a tap's STATE."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def merge_bookmark(bookmark: dict[str, Any], update: Mapping[str, Any]) -> None:
    """Write an update into a bookmark, in depth; what the update does not name stays.

    Args:
        bookmark: Changed in place.
        update: Nested mappings with strings, integers, booleans or None at their ends.

    Raises:
        TypeError: A value is a fraction. SDK targets die of one (Meltano reference, "Fractions in STATE").
    """
    for key, value in update.items():
        if isinstance(value, Mapping):
            inner = bookmark.get(key)
            if not isinstance(inner, dict):
                inner = bookmark[key] = {}
            merge_bookmark(inner, value)
        elif isinstance(value, (float, Decimal)):
            msg = f"bookmark {key}: {value!r} is a fraction; SDK targets cannot print it"
            raise TypeError(msg)
        else:
            bookmark[key] = value
