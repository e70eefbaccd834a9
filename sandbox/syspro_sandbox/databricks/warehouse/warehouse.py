"""Statements in, results out: the one door to the SQL side."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pyarrow as pa

from syspro_sandbox.databricks.sql import gaps
from syspro_sandbox.databricks.sql.errors import syntax_error, unsupported
from syspro_sandbox.databricks.sql.names import Defaults, literal, quote
from syspro_sandbox.databricks.sql.parameters import Parameter, bind, inline_identifiers
from syspro_sandbox.databricks.sql.tokens import Statement
from syspro_sandbox.databricks.sql.types import is_variant
from syspro_sandbox.databricks.warehouse import alterations, changes, copying, definitions, descriptions
from syspro_sandbox.databricks.warehouse.context import Context
from syspro_sandbox.databricks.warehouse.engine import Engine, Running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syspro_sandbox.databricks.warehouse.metastore import Metastore
    from syspro_sandbox.databricks.warehouse.privileges import Privileges


class Warehouse:
    """Statements over a metastore; the engine starts with the first one.

    Args:
        metastore: The objects.
        privileges: What the principal may do.
        owner: The principal's name, the owner of everything.
    """

    def __init__(self, metastore: Metastore, privileges: Privileges, owner: str) -> None:
        self._metastore = metastore
        self._privileges = privileges
        self._owner = owner
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def execute(
        self,
        text: str,
        defaults: Defaults | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        running: Running | None = None,
    ) -> pa.Table:
        """Run one statement of Databricks SQL.

        Args:
            text: The statement.
            defaults: The catalog and schema of shorter names; the first catalog otherwise.
            parameters: Values of its `:name` markers.
            running: Lets another thread cancel it.

        Returns:
            Its rows; no columns for a definition.

        Raises:
            SqlError: Why it failed.
            StatementCancelledError: It was cancelled.
        """
        statement = inline_identifiers(bind(Statement(text), dict(parameters or {})))
        verb = statement.tokens[0].upper
        if verb not in _HANDLERS:
            raise unsupported(verb) if verb in gaps.VERBS else syntax_error(repr(statement.tokens[0].text))
        gaps.check(statement)
        defaults = defaults or Defaults(self._metastore.catalogs[0])
        return _HANDLERS[verb](self._context(defaults, running or Running()), statement)

    def close(self) -> None:
        """End the engine, and with it every running statement."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None

    def _context(self, defaults: Defaults, running: Running) -> Context:
        with self._lock:
            if self._engine is None:
                self._engine = Engine(self._metastore.catalogs)
                self._restore(self._engine)
            return Context(self._metastore, self._engine, self._privileges, defaults, running, self._owner)

    def _restore(self, engine: Engine) -> None:
        """Tell a new engine what the folders hold; views are spelt out where they are read."""
        store = self._metastore
        for catalog in store.catalogs:
            for schema in store.schemas(catalog):
                engine.execute(f"CREATE SCHEMA IF NOT EXISTS {schema.sql}")
                for table in store.tables(schema):
                    location = literal(store.table_path(table).as_posix())
                    engine.execute(f"CREATE TABLE IF NOT EXISTS {table.sql} USING DELTA LOCATION {location}")


def _query(context: Context, statement: Statement) -> pa.Table:
    ready = context.resolve(statement)
    table = context.run(ready)
    variants = {field.name for field in table.schema if is_variant(field)}
    if not variants:
        return table
    # The engine hands VARIANT out in its binary form; clients get JSON text, and the type says VARIANT.
    chosen = ", ".join(
        f"to_json({quote(name)}) AS {quote(name)}" if name in variants else quote(name)
        for name in table.schema.names
    )
    texts = context.run(Statement(f"SELECT {chosen} FROM ({ready.text}) AS `_`"))
    fields = [field.with_type(pa.string()) if field.name in variants else field for field in table.schema]
    return texts.cast(pa.schema(fields))


_HANDLERS: dict[str, Callable[[Context, Statement], pa.Table]] = {
    "SELECT": _query,
    "WITH": _query,
    "VALUES": _query,
    "(": _query,
    "INSERT": changes.insert,
    "MERGE": changes.change,
    "UPDATE": changes.change,
    "DELETE": changes.change,
    "TRUNCATE": changes.truncate,
    "COPY": copying.copy,
    "CREATE": definitions.create,
    "DROP": definitions.drop,
    "ALTER": alterations.alter,
    "COMMENT": alterations.comment_on,
    "SHOW": descriptions.show,
    "DESCRIBE": descriptions.describe,
    "DESC": descriptions.describe,
}
