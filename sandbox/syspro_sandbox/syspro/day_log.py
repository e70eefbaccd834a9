"""What the days that were played did, row by row: kept with each company's rows, in the same transaction.

A test that finds a row wrong can ask on which day, and for what reason, it was written last.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from syspro_sandbox.syspro.database import Key, company_path, connect

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from syspro_sandbox.syspro.database import TableChanges

Change = Literal["inserted", "updated", "deleted"]

_TABLE = """
    CREATE TABLE IF NOT EXISTS DayLog (
        day TEXT NOT NULL, table_name TEXT NOT NULL, key TEXT NOT NULL, change TEXT NOT NULL,
        reasons TEXT NOT NULL
    )
"""


class DayEvent(NamedTuple):
    """What a day did to one row.

    Attributes:
        day: The business date.
        company: Whose row.
        table: Its table.
        key: Its key, in stored form.
        change: What happened to the row; one that was deleted and made anew has both.
        reasons: The steps of the day that touched it, in order, such as `pays` or `reversals`.
    """

    day: date
    company: str
    table: str
    key: Key
    change: Change
    reasons: tuple[str, ...]


def events_of(
    day: date, changes: Iterable[TableChanges], reasons: Mapping[tuple[str, Key], Iterable[str]]
) -> Iterator[DayEvent]:
    """The rows that a day changed in a company, with the reasons for each."""
    for each in changes:
        kinds: tuple[tuple[Change, tuple[Key, ...]], ...] = (
            ("deleted", each.deleted),
            ("inserted", each.inserted),
            ("updated", each.updated),
        )
        for change, keys in kinds:
            for key in keys:
                because = tuple(dict.fromkeys(reasons.get((each.table, key), ())))
                yield DayEvent(day, each.company, each.table, key, change, because)


def write_log(connection: sqlite3.Connection, events: Iterable[DayEvent]) -> None:
    """Keep events with the rows of their company."""
    connection.execute(_TABLE)
    connection.executemany(
        "INSERT INTO DayLog VALUES (?, ?, ?, ?, ?)",
        (
            (each.day.isoformat(), each.table, json.dumps(each.key), each.change, ",".join(each.reasons))
            for each in events
        ),
    )


def read_log(data_dir: Path, company: str) -> list[DayEvent]:
    """What all days played so far did in a company, oldest first.

    Raises:
        MissingDataError: When the folder holds no data of that company.
    """
    with closing(connect(company_path(data_dir, company))) as connection:
        connection.execute(_TABLE)
        return list(_events(connection, company))


def deleted_keys(connection: sqlite3.Connection, table: str) -> list[Key]:
    """The keys of a table that days deleted, oldest first."""
    connection.execute(_TABLE)
    return [each.key for each in _events(connection, "") if (each.table, each.change) == (table, "deleted")]


def _events(connection: sqlite3.Connection, company: str) -> Iterator[DayEvent]:
    for day, table, key, change, reasons in connection.execute("SELECT * FROM DayLog ORDER BY rowid"):
        because = tuple(filter(None, reasons.split(",")))
        yield DayEvent(date.fromisoformat(day), company, table, tuple(json.loads(key)), change, because)
