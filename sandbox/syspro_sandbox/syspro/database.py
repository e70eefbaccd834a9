"""The SQLite files that stand for SYSPRO's databases, and the one way rows are written into them.

`<data_dir>/syspro/<company>.sqlite3` holds a company's tables, `<data_dir>/syspro/SysproDb.sqlite3` the
companies, the operators, the business clock and what the data were made from. Values are in stored form:
text right-trimmed and never null, decimals as integers (the value times 10^scale), dates as `YYYY-MM-DD` or
null, the rowversion as an integer.

Rows change only through a `RowStore`: it gives every inserted and updated row the next number of the
database's rowversion counter, as SQL Server does, and tells which keys it touched.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syspro_sandbox.syspro.tables import TABLES, Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from syspro_sandbox.syspro.companies import Operator

Value = str | int | None
Row = dict[str, Any]
Key = tuple[Any, ...]

SYSTEM = "SysproDb"
#: SQL Server's counter starts at 2000 in a new database.
FIRST_ROWVERSION = 0x7D0
BUSY_SECONDS = 30
_STORAGE = {
    "string": "TEXT NOT NULL",
    "decimal": "INTEGER NOT NULL",
    "date": "TEXT NOT NULL",
    "rowversion": "INTEGER NOT NULL",
}

_SYSTEM_TABLES = """
    CREATE TABLE Companies (CompanyId TEXT PRIMARY KEY, Name TEXT NOT NULL, LocalCurrency TEXT NOT NULL);
    CREATE TABLE Operators (
        Operator TEXT PRIMARY KEY,
        Password TEXT NOT NULL,
        ODataUser TEXT NOT NULL,
        ODataPassword TEXT NOT NULL
    );
    CREATE TABLE Seeding (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE Clock (business_date TEXT NOT NULL);
"""


class SysproDataError(Exception):
    """A user's mistake with the sandbox's SYSPRO data, told in one line."""


class MissingDataError(SysproDataError):
    """The folder holds no SYSPRO data."""


def syspro_dir(data_dir: Path) -> Path:
    """The folder of the SYSPRO databases."""
    return data_dir / "syspro"


def company_path(data_dir: Path, company: str) -> Path:
    """The file of a company's database."""
    return syspro_dir(data_dir) / f"{company}.sqlite3"


def system_path(data_dir: Path) -> Path:
    """The file of the system-wide database."""
    return company_path(data_dir, SYSTEM)


def connect(path: Path) -> sqlite3.Connection:
    """Open an existing database, in autocommit; transactions are begun explicitly.

    Raises:
        MissingDataError: When the file is not there.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)
    except sqlite3.OperationalError as error:
        raise MissingDataError(
            f"There is no SYSPRO data in {path.parent}: start a sandbox there first"
        ) from error
    connection.isolation_level = None
    return connection


def quote(name: str) -> str:
    """A table's or column's name as SQL writes it (`ApSupplier+`)."""
    return f'"{name}"'


def _column_sql(column: Column) -> str:
    storage = _STORAGE[column.kind]
    return f"{quote(column.name)} {storage.removesuffix(' NOT NULL') if column.nullable else storage}"


def create_company(path: Path, business_date: date) -> sqlite3.Connection:
    """Make a company's database with all its tables, empty, at a business date.

    The connection it returns does not sync: call `finish_seeding` when the rows are in.
    """
    connection = sqlite3.connect(path)
    connection.isolation_level = None
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    for table in TABLES.values():
        columns = ", ".join(map(_column_sql, table.columns))
        key = ", ".join(map(quote, table.key))
        connection.execute(f"CREATE TABLE {quote(table.name)} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID")
    connection.execute("CREATE TABLE Sandbox (rowversion INTEGER NOT NULL, business_date TEXT NOT NULL)")
    connection.execute("INSERT INTO Sandbox VALUES (?, ?)", [FIRST_ROWVERSION, business_date.isoformat()])
    return connection


def create_system(
    data_dir: Path,
    business_date: date,
    *,
    companies: Sequence[tuple[str, str, str]],
    operators: Sequence[Operator],
    seeding: Mapping[str, str],
) -> None:
    """Make the system-wide database; it appears whole or not at all, and says that the data are complete."""
    path = system_path(data_dir)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    connection = sqlite3.connect(unfinished)
    connection.executescript(_SYSTEM_TABLES)
    connection.executemany("INSERT INTO Companies VALUES (?, ?, ?)", companies)
    logins = [(each.code, each.password, each.odata_user, each.odata_password) for each in operators]
    connection.executemany("INSERT INTO Operators VALUES (?, ?, ?, ?)", logins)
    connection.executemany("INSERT INTO Seeding VALUES (?, ?)", seeding.items())
    connection.execute("INSERT INTO Clock VALUES (?)", [business_date.isoformat()])
    connection.commit()
    connection.close()
    unfinished.replace(path)


def finish_seeding(connection: sqlite3.Connection) -> None:
    """Turn a seeded database over to its readers, with a write-ahead log: a day never blocks a reader."""
    connection.executescript("PRAGMA synchronous = NORMAL; PRAGMA journal_mode = WAL;")
    connection.close()


@dataclass(frozen=True)
class TableChanges:
    """The rows of one company's table that a transaction touched, by key."""

    company: str
    table: str
    inserted: tuple[Key, ...]
    updated: tuple[Key, ...]
    deleted: tuple[Key, ...]


_BLANK: dict[str, Value] = {"string": "", "decimal": 0, "date": None, "rowversion": 0}
_BLANK_ROWS: dict[str, Row] = {
    name: {c.name: None if c.nullable else _BLANK[c.kind] for c in table.columns}
    for name, table in TABLES.items()
}

_KEYS = {name: table.key for name, table in TABLES.items()}


class RowStore:
    """The rows of one company's database, read as needed and written together.

    Args:
        company: Whose.
        connection: To the company's database; the caller begins and commits the transaction.

    Attributes:
        because: Why rows are touched now; reasons are kept only while there is one.
        reasons: Why each row was touched, by table and key.
    """

    def __init__(self, company: str, connection: sqlite3.Connection) -> None:
        self._company = company
        self._connection = connection
        self._loaded: dict[str, dict[Key, Row]] = {}
        self._inserted: defaultdict[str, dict[Key, Row]] = defaultdict(dict)
        self._changed: defaultdict[str, dict[int, Row]] = defaultdict(dict)
        self._deleted: defaultdict[str, set[Key]] = defaultdict(set)
        self.because = ""
        self.reasons: defaultdict[tuple[str, Key], list[str]] = defaultdict(list)

    def rows(self, table: str) -> dict[Key, Row]:
        """All rows of a table by key, in key order as far as they were stored before."""
        if table not in self._loaded:
            names = [column.name for column in TABLES[table].columns]
            order = ", ".join(map(quote, TABLES[table].key))
            stored = self._connection.execute(f"SELECT * FROM {quote(table)} ORDER BY {order}")
            rows = (dict(zip(names, values, strict=True)) for values in stored)
            self._loaded[table] = {self.key(table, row): row for row in rows} | self._inserted[table]
        return self._loaded[table]

    def highest(self, table: str, column: str) -> int:
        """The highest stored number in a column, 0 in an empty table."""
        query = f"SELECT coalesce(max({quote(column)}), 0) FROM {quote(table)}"
        stored: int = self._connection.execute(query).fetchone()[0]
        return max(stored, *(int(row[column]) for row in self._inserted[table].values()), 0)

    def key(self, table: str, row: Row) -> Key:
        """The key of a row."""
        return tuple([row[name] for name in _KEYS[table]])

    def insert(self, table: str, **values: Value) -> Row:
        """Add a row; columns not named are blank, 0 or null."""
        (row,) = self.insert_all(table, values, [{}])
        return row

    def insert_all(
        self, table: str, shared: Mapping[str, Value], rows: Iterable[Mapping[str, Value]]
    ) -> list[Row]:
        """Add rows that have some values in common; columns not named are blank, 0 or null."""
        blank, added = _BLANK_ROWS[table], []
        common = {**blank, **shared}
        for values in rows:
            row = {**common, **values}
            if len(row) != len(blank):
                raise KeyError(f"The table {table} has no {', '.join(sorted(row.keys() - blank.keys()))}")
            key = self.key(table, row)
            self._inserted[table][key] = row
            self._note(table, key)
            added.append(row)
        if table in self._loaded:
            self._loaded[table].update((self.key(table, row), row) for row in added)
        return added

    def change(self, table: str, row: Row, **values: Value) -> None:
        """Change columns of a row; nothing happens where they hold these values already."""
        for name, value in values.items():
            if row[name] != value:
                break
        else:
            return
        row.update(values)
        self._note(table, self.key(table, row))
        self._changed[table][id(row)] = row

    def delete(self, table: str, row: Row) -> None:
        """Remove a row."""
        key = self.key(table, row)
        self._note(table, key)
        self.rows(table).pop(key)
        self._changed[table].pop(id(row), None)
        if self._inserted[table].pop(key, None) is None:
            self._deleted[table].add(key)

    def _note(self, table: str, key: Key) -> None:
        if self.because:
            self.reasons[table, key].append(self.because)

    def flush(self) -> list[TableChanges]:
        """Write what was changed, in the order of the tables and keys, and tell what it was."""
        (rowversion,) = self._connection.execute("SELECT rowversion FROM Sandbox").fetchone()
        changes = []
        for table in TABLES.values():
            new = self._inserted[table.name]
            old = {self.key(table.name, row): row for row in self._changed[table.name].values()}
            inserted, updated = sorted(new), sorted(old.keys() - new.keys())
            deleted = sorted(self._deleted[table.name])
            rows = [*(new[key] for key in inserted), *(old[key] for key in updated)]
            self._remove(table, deleted)
            self._write(table, rows, rowversion)
            rowversion += len(rows)
            if rows or deleted:
                touched = tuple(inserted), tuple(updated), tuple(deleted)
                changes.append(TableChanges(self._company, table.name, *touched))
        self._connection.execute("UPDATE Sandbox SET rowversion = ?", [rowversion])
        for part in (self._inserted, self._changed, self._deleted):
            part.clear()
        return changes

    def _write(self, table: Table, rows: list[Row], rowversion: int) -> None:
        stamp = table.columns[-1].name
        for number, row in enumerate(rows, rowversion + 1):
            row[stamp] = number
        places = ", ".join("?" * len(table.columns))
        self._connection.executemany(
            f"INSERT OR REPLACE INTO {quote(table.name)} VALUES ({places})",
            (tuple(row.values()) for row in rows),
        )

    def _remove(self, table: Table, keys: list[Key]) -> None:
        where = " AND ".join(f"{quote(name)} = ?" for name in table.key)
        self._connection.executemany(f"DELETE FROM {quote(table.name)} WHERE {where}", keys)
