"""What a statement runs with: the objects, the engine, the grants, the names that complete shorter ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from syspro_sandbox.databricks.sql.errors import SqlError, unsupported
from syspro_sandbox.databricks.sql.names import Defaults, quote
from syspro_sandbox.databricks.sql.relations import Files, relations
from syspro_sandbox.databricks.sql.session import inline_session, session_values
from syspro_sandbox.databricks.sql.tokens import Statement
from syspro_sandbox.databricks.warehouse import information_schema
from syspro_sandbox.databricks.warehouse.engine import (
    MAX_TEXT_BYTES,
    EngineError,
    Running,
    StatementCancelledError,
)
from syspro_sandbox.databricks.warehouse.engine_messages import translate
from syspro_sandbox.databricks.warehouse.metastore import INFORMATION_SCHEMA, not_found
from syspro_sandbox.databricks.warehouse.volumes import VolumePath, parquet_source

if TYPE_CHECKING:
    from pathlib import Path

    from syspro_sandbox.databricks.sql.names import ObjectName
    from syspro_sandbox.databricks.warehouse.engine import Engine
    from syspro_sandbox.databricks.warehouse.metastore import Metastore
    from syspro_sandbox.databricks.warehouse.privileges import Privileges

RESCUED_DATA = "_rescued_data"


@dataclass
class Context:
    """A statement's surroundings; `views` are those it is being read for."""

    metastore: Metastore
    engine: Engine
    privileges: Privileges
    defaults: Defaults
    running: Running
    owner: str
    views: tuple[ObjectName, ...] = ()

    def run(self, statement: Statement) -> pa.Table:
        """Run a statement whose names and paths are the engine's.

        Raises:
            SqlError: As Databricks says it.
        """
        if len(statement.text.encode()) > MAX_TEXT_BYTES:
            raise unsupported("statements above 4 MiB")
        if self.running.cancelled.is_set():
            raise StatementCancelledError("cancelled")
        try:
            return self.engine.execute(statement.text, self.running)
        except StatementCancelledError:
            raise
        except EngineError as error:
            raise translate(str(error), statement) from error

    def columns(self, query: str, statement: Statement) -> pa.Schema:
        """The columns of a query within a statement."""
        try:
            return self.engine.schema(query)
        except EngineError as error:
            raise translate(str(error), statement) from error

    def resolve(self, statement: Statement) -> Statement:
        """The statement with full lower-case names, local paths for files, views and who asks spelt out.

        Raises:
            SqlError: A table, view or file there is not, or no grant for it.
        """
        for found in list(relations(statement)):
            if isinstance(found, Files):
                statement.replace(found.start, found.end, self._files(found))
                continue
            name = self.defaults.object_name(found.parts)
            text = self._relation(name, target=found.target)
            if text.startswith("(") and not found.aliased:
                text += f" AS {quote(name.name)}"
            statement.replace(found.start, found.end, text)
        inline_session(statement, session_values(self.owner, self.defaults))
        return statement.edited()

    def table(self, name: ObjectName, privilege: str) -> Path:
        """The folder of a table the principal may use so.

        Raises:
            SqlError: No grant, or no such table.
        """
        self.privileges.require(privilege, name.full)
        return self.metastore.table(name)

    def _relation(self, name: ObjectName, *, target: bool) -> str:
        """What the engine reads or writes for a name."""
        store = self.metastore
        store.check_catalog(name.catalog)
        if target:
            self.table(name, "MODIFY")
            return name.sql
        if name.schema == INFORMATION_SCHEMA:
            return f"({information_schema.query(store, self.owner, name)})"
        if not store.is_table(name) and not store.is_view(name):
            raise not_found(name)
        if not self.views:  # a view reads with its owner's rights
            self.privileges.require("SELECT", name.full)
        return self._view(name) if store.is_view(name) else name.sql

    def _view(self, name: ObjectName) -> str:
        """A view as a query: in the engine it loses its quotes, and breaks on new columns of a table."""
        if name in self.views:
            raise SqlError("RECURSIVE_VIEW", f"Recursive view {name.sql} detected.")
        notes = self.metastore.schema(name.parent).views[name.name]
        inner = replace(self, defaults=Defaults(notes.catalog, notes.schema), views=(*self.views, name))
        query = inner.resolve(Statement(notes.query))
        chosen = ", ".join(f"{quote(column.source)} AS {quote(column.name)}" for column in notes.columns)
        return f"(SELECT {chosen} FROM ({query.text}) AS `_`)"

    def _files(self, files: Files) -> str:
        if files.format != "parquet":
            raise unsupported(f"reading of {files.format or 'files without a format'}: format => 'parquet'")
        if files.options:
            raise unsupported(f"read_files with {', '.join(sorted(files.options))}")
        path = VolumePath.parse(files.path)
        self.privileges.require("READ_VOLUME", path.volume.full)
        source = parquet_source(self.metastore, path)
        if files.options is None:
            return source
        # read_files adds a column for what does not fit, unless a schema is given
        # (Databricks reference, "Rescued data").
        return f"(SELECT *, CAST(NULL AS STRING) AS {RESCUED_DATA} FROM {source})"


def no_rows() -> pa.Table:
    """The result of a statement that returns none."""
    return pa.table({})


def rows(**columns: list[Any]) -> pa.Table:
    """A result made here: text, numbers or booleans by column."""
    return pa.table({name: pa.array(values, None if any(v is not None for v in values) else pa.string())
                     for name, values in columns.items()})  # fmt: skip


def counts(**numbers: int) -> pa.Table:
    """The one row that a change returns."""
    return pa.table({name: pa.array([number], pa.int64()) for name, number in numbers.items()})
