"""CREATE and DROP of schemas, tables, views and volumes."""

from __future__ import annotations

import dataclasses
import shutil
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql import create_table
from syspro_sandbox.databricks.sql.errors import SqlError, syntax_error, unsupported
from syspro_sandbox.databricks.sql.names import check_columns, literal, object_name, quote
from syspro_sandbox.databricks.sql.relations import Relation, relations
from syspro_sandbox.databricks.sql.tokens import Cursor, Statement
from syspro_sandbox.databricks.sql.types import from_arrow
from syspro_sandbox.databricks.warehouse import delta_log
from syspro_sandbox.databricks.warehouse.clustering import check_clustering
from syspro_sandbox.databricks.warehouse.context import no_rows
from syspro_sandbox.databricks.warehouse.metastore import (
    INFORMATION_SCHEMA,
    TableNotes,
    ViewColumn,
    ViewNotes,
    not_found,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from syspro_sandbox.databricks.sql.create_table import CreateTable
    from syspro_sandbox.databricks.sql.names import ObjectName
    from syspro_sandbox.databricks.warehouse.context import Context

    Handler = Callable[[Context, Statement], pa.Table]

#: What else CREATE and DROP may name in Databricks.
_MISSING = frozenset(
    ["FUNCTION", "TEMPORARY", "TEMP", "EXTERNAL", "MATERIALIZED", "STREAMING", "CONNECTION", "SHARE", "LIVE"]
)


def create(context: Context, statement: Statement) -> pa.Table:
    """Any CREATE statement."""
    return _dispatch(context, statement, _CREATE)


def drop(context: Context, statement: Statement) -> pa.Table:
    """Any DROP statement."""
    return _dispatch(context, statement, _DROP)


def _dispatch(context: Context, statement: Statement, handlers: dict[str, Handler]) -> pa.Table:
    words = [token.upper for token in statement.tokens[1:4]]
    if words[:2] == ["OR", "REPLACE"]:
        del words[:2]
    kind = words[0] if words else ""
    if kind in _MISSING:
        raise unsupported(f"{statement.tokens[0].upper} {kind}")
    if kind not in handlers:
        raise syntax_error(repr(kind))
    return handlers[kind](context, statement)


# -- catalogs, schemas and volumes


def _create_catalog(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("CREATE", "CATALOG")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = object_name(cursor.identifier())
    if name in context.metastore.catalogs and if_not_exists:
        return no_rows()
    raise unsupported("CREATE CATALOG: name the catalogs in its options")


def _create_schema(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("CREATE")
    cursor.take()
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = context.defaults.schema_name(cursor.name())
    comment = cursor.string() if cursor.accept("COMMENT") else None
    if cursor.accept("MANAGED", "LOCATION"):
        cursor.string()
    if cursor.accept("WITH", "DBPROPERTIES"):
        cursor.properties()
    cursor.finish()
    context.metastore.check_catalog(name.catalog)
    with context.metastore.lock:
        if context.metastore.has_schema(name) or name.schema == INFORMATION_SCHEMA:
            if if_not_exists:
                return no_rows()
            raise SqlError(
                "SCHEMA_ALREADY_EXISTS", f"Cannot create schema {name.sql} because it already exists."
            )
        context.privileges.require("CREATE_SCHEMA", name.catalog)
        context.engine.execute(f"CREATE SCHEMA {name.sql}")
        context.metastore.create_schema(name, comment)
    return no_rows()


def _drop_schema(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("DROP")
    cursor.take()
    if_exists = cursor.accept("IF", "EXISTS")
    name = context.defaults.schema_name(cursor.name())
    cascade = cursor.accept("CASCADE") or (cursor.accept("RESTRICT") and False)
    cursor.finish()
    store = context.metastore
    with store.lock:
        if if_exists and not store.has_schema(name):
            return no_rows()
        if not cascade and (store.tables(name) or store.schema(name).views or store.schema(name).volumes):
            raise SqlError(
                "SCHEMA_NOT_EMPTY",
                f"Cannot drop a schema {name.sql} because it contains objects. Use CASCADE.",
            )
        context.engine.execute(f"DROP SCHEMA IF EXISTS {name.sql} CASCADE")
        store.drop_schema(name)
    return no_rows()


def _create_volume(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("CREATE", "VOLUME")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = context.defaults.object_name(cursor.name())
    if cursor.at("LOCATION"):
        raise unsupported("external volumes")
    comment = cursor.string() if cursor.accept("COMMENT") else None
    cursor.finish()
    with context.metastore.lock:
        if name.name in context.metastore.schema(name.parent).volumes:
            if if_not_exists:
                return no_rows()
            raise SqlError("VOLUME_ALREADY_EXISTS", f"Volume '{name.full}' already exists.", "ALREADY_EXISTS")
        context.privileges.require("CREATE_VOLUME", name.parent.full)
        context.metastore.create_volume(name, comment)
    return no_rows()


def _drop_volume(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("DROP", "VOLUME")
    if_exists = cursor.accept("IF", "EXISTS")
    name = context.defaults.object_name(cursor.name())
    cursor.finish()
    with context.metastore.lock:
        if not (if_exists and name.name not in context.metastore.schema(name.parent).volumes):
            context.metastore.drop_volume(name)
    return no_rows()


# -- tables


def _create_table(context: Context, statement: Statement) -> pa.Table:
    command = create_table.parse(statement)
    name = context.defaults.object_name(command.parts)
    store = context.metastore
    store.schema(name.parent)
    context.privileges.require("CREATE_TABLE", name.parent.full)
    with store.lock:
        exists = store.is_table(name)
        if store.is_view(name) or (exists and not command.replace):
            if command.if_not_exists:
                return no_rows()
            raise SqlError(
                "TABLE_OR_VIEW_ALREADY_EXISTS",
                f"Cannot create table or view {name.sql} because it already exists.",
            )
        _check_table(command)
        _make(context, _located(context, statement, command, name), command, name, exists=exists)
        store.schema(name.parent).tables[name.name] = TableNotes(
            clustering=command.clustered_by,
            primary_key=command.primary_key,
            primary_key_name=command.primary_key_name,
            properties=command.side_properties,
        )
        store.save(name.parent)
    return no_rows()


def _check_table(command: CreateTable) -> None:
    """Refuse what Databricks refuses of a definition; the columns of a query are not known yet."""
    names = [column.name for column in command.columns]
    mapped = command.properties.get("delta.columnMapping.mode", "none").lower() != "none"
    check_columns(names, mapped=mapped)
    if command.query:
        return
    if command.clustered_by:
        check_clustering(
            command.clustered_by, [(column.name, column.type_word) for column in command.columns]
        )
    nullable = {column.name.lower(): column.nullable for column in command.columns}
    for key in (*command.partitioned_by, *command.primary_key):
        if key.lower() not in nullable:
            raise SqlError(
                "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA", f"Couldn't find column {key} in: {', '.join(names)}."
            )
    for key in command.primary_key:
        if nullable[key.lower()]:
            raise SqlError(
                "DELTA_PRIMARY_KEY_COLUMN_NULLABLE",
                f"Column {quote(key)} of the primary key must be NOT NULL.",
            )


def _located(context: Context, statement: Statement, command: CreateTable, name: ObjectName) -> Statement:
    """The statement with the table's folder put in, and without what the engine has not."""
    path = context.metastore.table_path(name)
    statement.replace(command.name_start, command.name_end, name.sql)
    using = "" if command.using_delta else " USING DELTA"
    statement.replace(command.insert_at, command.insert_at, f"{using} LOCATION {literal(path.as_posix())} ")
    for start, end, replacement in command.edits:
        statement.replace(start, end, replacement)
    if command.query:
        query = context.resolve(Statement(command.query))
        check_columns(context.columns(query.text, statement).names)
        statement.replace(command.query_start, len(statement.text), f" AS {query.text}")
        statement.replace(*command.comment_span, "")
    return statement.edited()


def _make(
    context: Context, ready: Statement, command: CreateTable, name: ObjectName, *, exists: bool
) -> None:
    """Have the engine make the table; by a query it is made anew.

    Databricks reference, "Tables made anew".
    """
    path = context.metastore.table_path(name)
    if exists and command.query:
        query = Statement(command.query)
        if any(
            isinstance(r, Relation) and context.defaults.object_name(r.parts) == name
            for r in relations(query)
        ):
            raise unsupported("CREATE OR REPLACE TABLE from the table itself")
        context.engine.execute(f"DROP TABLE IF EXISTS {name.sql}")
        context.metastore.drop_table(name)
        exists = False
    try:
        context.run(ready)
    except SqlError:
        if not exists:
            shutil.rmtree(path, ignore_errors=True)
        raise
    if command.query and command.comment is not None:
        delta_log.set_comments(path, column=None, comment=command.comment)


def _drop_table(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("DROP", "TABLE")
    if_exists = cursor.accept("IF", "EXISTS")
    name = context.defaults.object_name(cursor.name())
    cursor.finish()
    with context.metastore.lock:
        if if_exists and not context.metastore.is_table(name) and not context.metastore.is_view(name):
            return no_rows()
        context.table(name, "MODIFY")
        context.engine.execute(f"DROP TABLE IF EXISTS {name.sql}")
        context.metastore.drop_table(name)
    return no_rows()


# -- views


def _create_view(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("CREATE")
    replace = cursor.accept("OR", "REPLACE")
    cursor.expect("VIEW")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = context.defaults.object_name(cursor.name())
    names, comments = _view_columns(cursor)
    comment = None
    while not cursor.accept("AS"):
        if cursor.accept("COMMENT"):
            comment = cursor.string()
        elif cursor.accept("TBLPROPERTIES"):
            cursor.properties()
        else:
            raise cursor.error("Expected AS.")
    query = statement.text[cursor.position :]
    store = context.metastore
    store.schema(name.parent)
    context.privileges.require("CREATE_TABLE", name.parent.full)
    with store.lock:
        if store.is_table(name) and replace:
            raise SqlError(
                "EXPECT_VIEW_NOT_TABLE", f"The table {name.sql} does not support CREATE OR REPLACE VIEW."
            )
        if store.is_table(name) or (store.is_view(name) and not replace):
            if if_not_exists:
                return no_rows()
            raise SqlError(
                "TABLE_OR_VIEW_ALREADY_EXISTS",
                f"Cannot create table or view {name.sql} because it already exists.",
            )
        shown = context.columns(context.resolve(Statement(query)).text, statement)
        dataclasses.replace(context, views=(name,)).resolve(Statement(query))  # it must not read itself
        names = names or shown.names
        if len(names) != len(shown):
            raise syntax_error(
                f"{name.sql}", f"The view has {len(names)} column names, its query {len(shown)} columns."
            )
        check_columns(names, mapped=True)
        if len({field.name.lower() for field in shown}) < len(shown):
            raise unsupported("views whose query has two columns of one name: give them aliases")
        columns = [
            ViewColumn(column, field.name, from_arrow(field), note)
            for column, field, note in zip(names, shown, comments or [None] * len(names), strict=True)
        ]
        notes = ViewNotes(query, context.defaults.catalog, context.defaults.schema, columns, comment)
        store.schema(name.parent).views[name.name] = notes
        store.save(name.parent)
    return no_rows()


def _view_columns(cursor: Cursor) -> tuple[list[str], list[str | None]]:
    names: list[str] = []
    comments: list[str | None] = []
    if not cursor.accept("("):
        return names, comments
    while True:
        names.append(cursor.identifier())
        comments.append(cursor.string() if cursor.accept("COMMENT") else None)
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return names, comments


def _drop_view(context: Context, statement: Statement) -> pa.Table:
    cursor = Cursor(statement)
    cursor.expect("DROP", "VIEW")
    if_exists = cursor.accept("IF", "EXISTS")
    name = context.defaults.object_name(cursor.name())
    cursor.finish()
    store = context.metastore
    with store.lock:
        if store.is_table(name):
            raise SqlError("EXPECT_VIEW_NOT_TABLE", f"{name.sql} is a table; DROP VIEW requires a view.")
        if not store.is_view(name):
            if if_exists:
                return no_rows()
            raise not_found(name)
        del store.schema(name.parent).views[name.name]
        store.save(name.parent)
    return no_rows()


_CREATE: dict[str, Handler] = {
    "CATALOG": _create_catalog,
    "SCHEMA": _create_schema,
    "DATABASE": _create_schema,
    "VOLUME": _create_volume,
    "TABLE": _create_table,
    "VIEW": _create_view,
}
_DROP: dict[str, Handler] = {
    "SCHEMA": _drop_schema,
    "DATABASE": _drop_schema,
    "VOLUME": _drop_volume,
    "TABLE": _drop_table,
    "VIEW": _drop_view,
}
