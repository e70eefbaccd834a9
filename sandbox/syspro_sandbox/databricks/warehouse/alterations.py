"""ALTER TABLE and COMMENT ON: by the engine where it can, else as commits of metadata or as notes."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql import create_table
from syspro_sandbox.databricks.sql.errors import SqlError, syntax_error, unsupported
from syspro_sandbox.databricks.sql.names import check_columns, literal, quote
from syspro_sandbox.databricks.sql.tokens import Cursor, Statement
from syspro_sandbox.databricks.sql.types import check_type
from syspro_sandbox.databricks.warehouse import delta_log
from syspro_sandbox.databricks.warehouse.clustering import check_clustering
from syspro_sandbox.databricks.warehouse.context import no_rows

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from syspro_sandbox.databricks.sql.names import ObjectName
    from syspro_sandbox.databricks.warehouse.context import Context

SCRATCH_SCHEMA = "sandbox_scratch"


def alter(context: Context, statement: Statement) -> pa.Table:
    """ALTER TABLE."""
    cursor = Cursor(statement)
    cursor.expect("ALTER")
    if not cursor.accept("TABLE"):
        raise unsupported(f"ALTER {cursor.peek().text}")
    start = cursor.position
    name = context.defaults.object_name(cursor.name())
    statement.replace(start, cursor.previous_end, name.sql)
    with context.metastore.lock:
        table = context.table(name, "MODIFY")
        if cursor.accept("ADD", "COLUMNS") or cursor.accept("ADD", "COLUMN"):
            _add_columns(context, cursor, table)
        elif cursor.accept("ALTER", "COLUMN") or cursor.accept("CHANGE", "COLUMN"):
            _alter_column(context, cursor, name, table)
        elif cursor.at("SET", "TBLPROPERTIES") or cursor.at("UNSET", "TBLPROPERTIES"):
            context.run(statement.edited())
        elif cursor.accept("ADD", "CONSTRAINT"):
            _add_constraint(context, cursor, name, table)
        elif cursor.accept("CLUSTER", "BY"):
            _cluster(context, cursor, name, table)
        elif cursor.at("SET", "TAGS") or cursor.at("UNSET", "TAGS"):
            _tag(cursor, context.metastore.table_notes(name).tags)
            context.metastore.save(name.parent)
        else:
            raise unsupported(f"ALTER TABLE ... {cursor.peek().text} {cursor.peek(1).text}".rstrip())
    return no_rows()


def _add_columns(context: Context, cursor: Cursor, table: Path) -> None:
    """A throw-away table gives the fields: no list of types is kept here.

    Databricks reference, "Added columns".
    """
    if cursor.at("("):
        start, end = cursor.group()
        cursor.finish()
        definition = cursor.statement.text[start:end]
    else:
        definition = cursor.statement.text[cursor.position :]
    parsed = create_table.parse(Statement(f"CREATE TABLE t ({definition})"))
    snapshot = delta_log.read_snapshot(table)
    if snapshot.metadata["configuration"].get("delta.columnMapping.mode", "none") != "none":
        raise unsupported("ADD COLUMNS on tables with column mapping")
    known = {field.name.lower() for field in snapshot.fields}
    for column in parsed.columns:
        if column.name.lower() in known:
            raise SqlError(
                "FIELDS_ALREADY_EXISTS", f"Cannot add column {quote(column.name)}, because it already exists."
            )
        if not column.nullable:
            raise syntax_error("'NOT'", "Columns are added nullable.")
    check_columns([column.name for column in parsed.columns])
    scratch = f"{quote(context.metastore.catalogs[0])}.{quote(SCRATCH_SCHEMA)}.{quote(uuid.uuid4().hex)}"
    folder = context.metastore.root / "scratch" / uuid.uuid4().hex
    context.engine.execute(f"CREATE SCHEMA IF NOT EXISTS {scratch.rpartition('.')[0]}")
    try:
        context.run(
            Statement(
                f"CREATE TABLE {scratch} ({definition}) USING DELTA LOCATION {literal(folder.as_posix())}"
            )
        )
        delta_log.add_columns(table, delta_log.read_snapshot(folder))
    finally:
        context.engine.execute(f"DROP TABLE IF EXISTS {scratch}")
        shutil.rmtree(folder, ignore_errors=True)


def _alter_column(context: Context, cursor: Cursor, name: ObjectName, table: Path) -> None:
    column = delta_log.read_snapshot(table).field(cursor.identifier()).name
    if cursor.accept("COMMENT"):
        delta_log.set_comments(table, column=column, comment=cursor.string())
        cursor.finish()
    elif cursor.at("SET", "TAGS") or cursor.at("UNSET", "TAGS"):
        _tag(cursor, context.metastore.table_notes(name).column_tags.setdefault(column, {}))
        context.metastore.save(name.parent)
    elif cursor.accept("TYPE"):
        check_type(cursor.peek().text)
        kind = cursor.statement.text[cursor.position :]
        context.run(Statement(f"ALTER TABLE {name.sql} ALTER COLUMN {quote(column)} TYPE {kind}"))
    else:
        raise unsupported(f"ALTER COLUMN ... {cursor.peek().text} {cursor.peek(1).text}".rstrip())


def _add_constraint(context: Context, cursor: Cursor, name: ObjectName, table: Path) -> None:
    constraint = cursor.identifier()
    if not cursor.at("PRIMARY", "KEY"):
        context.run(Statement(f"ALTER TABLE {name.sql} ADD CONSTRAINT {quote(constraint)} {_rest(cursor)}"))
        return
    cursor.expect("PRIMARY", "KEY")
    keys = cursor.names()
    snapshot = delta_log.read_snapshot(table)
    for key in keys:
        if snapshot.field(key).nullable:
            raise SqlError(
                "DELTA_PRIMARY_KEY_COLUMN_NULLABLE",
                f"Column {quote(key)} of the primary key must be NOT NULL.",
            )
    notes = context.metastore.table_notes(name)
    notes.primary_key, notes.primary_key_name = keys, constraint
    context.metastore.save(name.parent)


def _cluster(context: Context, cursor: Cursor, name: ObjectName, table: Path) -> None:
    snapshot = delta_log.read_snapshot(table)
    if snapshot.partitions:
        raise SqlError(
            "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED",
            "Cannot specify both CLUSTER BY and PARTITIONED BY.",
        )
    keys = [] if cursor.accept("NONE") or cursor.accept("AUTO") else cursor.names()
    cursor.finish()
    check_clustering(keys, [(field.name, field.type.name) for field in snapshot.fields])
    context.metastore.table_notes(name).clustering = keys
    context.metastore.save(name.parent)


def _tag(cursor: Cursor, tags: dict[str, str]) -> None:
    if cursor.accept("SET", "TAGS"):
        tags.update(cursor.properties())
    else:
        cursor.expect("UNSET", "TAGS", "(")
        tags.pop(cursor.string(), None)
        while cursor.accept(","):
            tags.pop(cursor.string(), None)
        cursor.expect(")")
    cursor.finish()


def _rest(cursor: Cursor) -> str:
    return cursor.statement.text[cursor.position :]


def comment_on(context: Context, statement: Statement) -> pa.Table:
    """COMMENT ON an object or column; a table's is a commit of metadata, as on Databricks."""
    cursor = Cursor(statement)
    cursor.expect("COMMENT", "ON")
    kind = cursor.take().upper
    parts = cursor.name()
    cursor.expect("IS")
    comment = None if cursor.accept("NULL") else cursor.string()
    cursor.finish()
    store = context.metastore
    with store.lock:
        if kind == "TABLE" and store.is_view(name := context.defaults.object_name(parts)):
            store.schema(name.parent).views[name.name].comment = comment
            store.save(name.parent)
        elif kind == "TABLE":
            delta_log.set_comments(
                context.table(context.defaults.object_name(parts), "MODIFY"), column=None, comment=comment
            )
        elif kind == "COLUMN":
            *table, column = parts
            delta_log.set_comments(
                context.table(context.defaults.object_name(tuple(table)), "MODIFY"),
                column=column,
                comment=comment,
            )
        elif kind in {"SCHEMA", "DATABASE"}:
            schema = context.defaults.schema_name(parts)
            store.schema(schema).comment = comment
            store.save(schema)
        elif kind == "VOLUME":
            name = context.defaults.object_name(parts)
            store.volume_path(name)
            store.schema(name.parent).volumes[name.name].comment = comment
            store.save(name.parent)
        else:
            raise unsupported(f"COMMENT ON {kind}")
    return no_rows()
