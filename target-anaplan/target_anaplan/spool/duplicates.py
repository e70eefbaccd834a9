"""Rows that stand twice: of one record that came again, or of different records with one key.

A module import adds doubled rows up and a list import drops all but one, so nothing doubled is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

_SHOWN = 3


def drop_replaced(index: sqlite3.Connection) -> int:
    """Remove the rows of records that came again later; returns how many."""
    replaced = 0
    for table in ("rows", "refused"):
        query = f"DELETE FROM {table} WHERE record NOT IN (SELECT id FROM records)"  # noqa: S608  # names of ours
        replaced += index.execute(query).rowcount
    return replaced


def keep_last(index: sqlite3.Connection) -> int:
    """Remove all rows but the last of each key; returns how many."""
    return index.execute(
        "DELETE FROM rows WHERE id NOT IN (SELECT max(id) FROM rows GROUP BY digest)"
    ).rowcount


def refuse_doubles(index: sqlite3.Connection, describe: Callable[[int, int], str]) -> None:
    """Refuse rows of different records that have the same key.

    Args:
        index: The spool's index.
        describe: Names the key and the records of two rows.

    Raises:
        MappingFailedError: There are some.
    """
    query = "SELECT min(id), max(id) FROM rows GROUP BY digest HAVING count(*) > 1 ORDER BY 1"
    doubles = index.execute(query).fetchall()
    if not doubles:
        return
    shown = [describe(first, last) for first, last in doubles[:_SHOWN]]
    more = f" and {len(doubles) - _SHOWN} more" if len(doubles) > _SHOWN else ""
    raise MappingFailedError(
        f"Rows have the same `key`: {'; '.join(shown)}{more}; nothing was sent, because Anaplan would add"
        " them up or drop all but one",
        remedy="Make the key columns unique, or set `on_duplicate: last`",
    )
