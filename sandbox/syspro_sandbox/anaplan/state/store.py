"""The SQLite database behind the stand-in."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS token (
    value TEXT PRIMARY KEY, id TEXT, refresh_id TEXT, email TEXT, expires REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS login (email TEXT PRIMARY KEY, at REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failed_login (email TEXT PRIMARY KEY, count INTEGER, at REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device_code (
    code TEXT PRIMARY KEY, user_code TEXT, client_id TEXT, scope TEXT, email TEXT, state TEXT, polled REAL,
    expires REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS authorization_code (
    code TEXT PRIMARY KEY, client_id TEXT, email TEXT, redirect_uri TEXT, scope TEXT, expires REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refresh_token (
    value TEXT PRIMARY KEY, family TEXT, client_id TEXT, email TEXT, scope TEXT, expires REAL, used INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY, name TEXT, chunk_count INTEGER, created INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS default_file (
    file_id TEXT PRIMARY KEY, content BLOB, administrators_only INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload (
    email TEXT, file_id TEXT, announced INTEGER, complete INTEGER, accessed REAL,
    PRIMARY KEY (email, file_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunk (
    email TEXT, file_id TEXT, pending INTEGER, number INTEGER, content BLOB,
    PRIMARY KEY (email, file_id, pending, number)
);
CREATE TABLE IF NOT EXISTS item (
    list_id TEXT, id INTEGER, name TEXT, code TEXT, parent INTEGER, properties TEXT,
    PRIMARY KEY (list_id, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cells (
    module_id TEXT, coordinates TEXT, content TEXT, PRIMARY KEY (module_id, coordinates)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS task (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, parent TEXT, email TEXT, created REAL,
    state TEXT, step INTEGER, step_started REAL, step_ends REAL, finished REAL, input BLOB, results TEXT,
    cancelled_by TEXT
);
CREATE TABLE IF NOT EXISTS task_parameters (task_id TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dump (
    email TEXT, import_id TEXT, task_id TEXT, content BLOB, accessed REAL, PRIMARY KEY (email, import_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS read_request (
    id TEXT PRIMARY KEY, parent TEXT, content BLOB, accessed REAL
) WITHOUT ROWID;
"""


class Store:
    """One database; the caller sees to it that one thread at a time uses it.

    Args:
        path: The database file; None keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does, or nothing of it."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, sql: str, *values: Any) -> int:
        """Run a statement and tell how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def execute_many(self, sql: str, rows: Iterator[tuple[Any, ...]]) -> None:
        """Run a statement once per row."""
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, *values: Any) -> Iterator[sqlite3.Row]:
        """The rows of a query."""
        return self._connection.execute(sql, values)

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query."""
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row of a query."""
        row = self.row(sql, *values)
        return None if row is None else row[0]

    def setting(self, name: str, default: Any) -> Any:
        """A remembered value."""
        row = self.row("SELECT value FROM setting WHERE name = ?", name)
        return default if row is None else row["value"]

    def set_setting(self, name: str, value: Any) -> None:
        """Remember a value."""
        self.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, value)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
