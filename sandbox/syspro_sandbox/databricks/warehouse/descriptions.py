"""SHOW and DESCRIBE, answered from the objects: the engine's answers are stale after a schema change."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import unsupported
from syspro_sandbox.databricks.sql.tokens import Cursor
from syspro_sandbox.databricks.warehouse import delta_log
from syspro_sandbox.databricks.warehouse.context import rows
from syspro_sandbox.databricks.warehouse.metastore import not_found

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from syspro_sandbox.databricks.sql.names import ObjectName, SchemaName
    from syspro_sandbox.databricks.sql.tokens import Statement
    from syspro_sandbox.databricks.warehouse.context import Context

_OTHER = {"HISTORY", "DETAIL", "SCHEMA", "DATABASE", "CATALOG", "VOLUME", "FUNCTION", "QUERY"}


def show(context: Context, statement: Statement) -> pa.Table:
    """SHOW CATALOGS, SCHEMAS, TABLES, VIEWS, VOLUMES or COLUMNS."""
    cursor = Cursor(statement)
    cursor.expect("SHOW")
    kind = cursor.take().upper
    scope = cursor.name() if cursor.accept("IN") or cursor.accept("FROM") else ()
    pattern = "*"
    if cursor.accept("LIKE") or cursor.peek().kind == "string":
        pattern = cursor.string()
    cursor.finish()
    store = context.metastore
    if kind == "CATALOGS":
        return rows(catalog=_matching(store.catalogs, pattern))
    if kind in {"SCHEMAS", "DATABASES"}:
        catalog = context.defaults.schema_name((*scope, "_")).catalog if scope else context.defaults.catalog
        return rows(databaseName=_matching([name.schema for name in store.schemas(catalog)], pattern))
    if kind == "COLUMNS":
        return rows(col_name=[column.name for column in store.columns(_known(context, scope))])
    schema = context.defaults.schema_name(scope or (context.defaults.schema,))
    store.schema(schema)
    if kind == "TABLES":
        names = _matching([item.name for item in [*store.tables(schema), *store.views(schema)]], pattern)
        return rows(database=[schema.schema] * len(names), tableName=names, isTemporary=[False] * len(names))
    if kind == "VIEWS":
        names = _matching([item.name for item in store.views(schema)], pattern)
        return rows(namespace=[schema.schema] * len(names), viewName=names, isTemporary=[False] * len(names))
    if kind == "VOLUMES":
        names = _matching(_volumes(context, schema), pattern)
        return rows(database=[schema.schema] * len(names), volume_name=names)
    raise unsupported(f"SHOW {kind}")


def describe(context: Context, statement: Statement) -> pa.Table:
    """DESCRIBE [TABLE] [EXTENDED]."""
    cursor = Cursor(statement)
    cursor.take()
    if cursor.peek().upper in _OTHER and cursor.peek(1).named:
        raise unsupported(f"DESCRIBE {cursor.peek().upper}")
    cursor.accept("TABLE")
    extended = cursor.accept("EXTENDED")
    name = _known(context, cursor.name())
    if cursor.at("AS"):
        raise unsupported("DESCRIBE ... AS JSON")
    cursor.finish()
    context.privileges.require("SELECT", name.full)
    lines = [
        (column.name, column.type.text.lower(), column.comment) for column in context.metastore.columns(name)
    ]
    kinds = {column: kind for column, kind, _ in lines}
    if context.metastore.is_table(name):
        snapshot = delta_log.read_snapshot(context.metastore.table_path(name))
        notes = context.metastore.table_notes(name)
        for title, keys in (("Partition", snapshot.partitions), ("Clustering", notes.clustering)):
            if keys:
                lines += [(f"# {title} Information", "", ""), ("# col_name", "data_type", "comment")]
                lines += [(key, kinds.get(key, ""), None) for key in keys]
    if extended:
        lines += [("", "", ""), ("# Detailed Table Information", "", ""), *_details(context, name)]
    return rows(
        col_name=[line[0] for line in lines],
        data_type=[line[1] for line in lines],
        comment=[line[2] for line in lines],
    )


def _details(context: Context, name: ObjectName) -> list[tuple[str, str, str | None]]:
    store = context.metastore
    found = {"Catalog": name.catalog, "Database": name.schema, "Table": name.name, "Owner": context.owner}
    if store.is_table(name):
        snapshot = delta_log.read_snapshot(store.table_path(name))
        properties = {**snapshot.metadata["configuration"], **store.table_notes(name).properties}
        found |= {"Comment": snapshot.comment or "", "Type": "MANAGED", "Provider": "delta"}
        found["Table Properties"] = (
            "[" + ",".join(f"{key}={value}" for key, value in sorted(properties.items())) + "]"
        )
    else:
        notes = store.schema(name.parent).views[name.name]
        found |= {"Comment": notes.comment or "", "Type": "VIEW", "View Text": notes.query}
    return [(key, value, "") for key, value in found.items()]


def _known(context: Context, parts: tuple[str, ...]) -> ObjectName:
    name = context.defaults.object_name(parts)
    context.metastore.check_catalog(name.catalog)
    if not context.metastore.is_table(name) and not context.metastore.is_view(name):
        raise not_found(name)
    return name


def _volumes(context: Context, schema: SchemaName) -> list[str]:
    return sorted(context.metastore.schema(schema).volumes)


def _matching(names: Iterable[str], pattern: str) -> list[str]:
    """Names that match a pattern of SHOW: `*` for any characters, `|` between alternatives."""
    return [
        name
        for name in names
        if any(fnmatch.fnmatch(name, part.strip().lower()) for part in pattern.split("|"))
    ]
