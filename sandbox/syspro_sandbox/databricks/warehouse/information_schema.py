"""`<catalog>.information_schema`: queries over the values of now, so a client's own query runs unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syspro_sandbox.databricks.sql.names import literal
from syspro_sandbox.databricks.warehouse import delta_log
from syspro_sandbox.databricks.warehouse.metastore import INFORMATION_SCHEMA, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syspro_sandbox.databricks.sql.names import ObjectName
    from syspro_sandbox.databricks.warehouse.metastore import Metastore

Row = tuple[Any, ...]

_SCHEMATA = ("catalog_name", "schema_name", "schema_owner", "comment")
_TABLES = (
    "table_catalog", "table_schema", "table_name", "table_type", "is_insertable_into", "table_owner",
    "comment", "data_source_format",
)  # fmt: skip
_COLUMNS = (
    "table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default",
    "is_nullable", "full_data_type", "data_type", "numeric_precision", "numeric_scale", "comment",
    "partition_index",
)  # fmt: skip
_SYSTEM = "System user"
_NO_FORMAT = "UNKNOWN_DATA_SOURCE_FORMAT"
_INTEGERS = {"ordinal_position", "numeric_precision", "numeric_scale", "partition_index"}


def query(store: Metastore, owner: str, name: ObjectName) -> str:
    """The query that a view of the information schema is; `owner` is who has made everything.

    Raises:
        SqlError: The information schema has no such view.
    """
    if name.name not in _VIEWS:
        raise not_found(name)
    columns, read = _VIEWS[name.name]
    values = ", ".join(f"({', '.join(map(_value, row))})" for row in read(store, owner, name.catalog))
    casts = ", ".join(f"CAST({column} AS {_type(column)}) AS {column}" for column in columns)
    return f"SELECT {casts} FROM VALUES {values} AS t({', '.join(columns)})"


def _type(column: str) -> str:
    return "INT" if column in _INTEGERS else "STRING"


def _value(value: Any) -> str:
    return str(value) if isinstance(value, int) else literal(value)


def _schemata(store: Metastore, owner: str, catalog: str) -> Iterator[Row]:
    for name in store.schemas(catalog):
        yield catalog, name.schema, owner, store.schema(name).comment
    yield catalog, INFORMATION_SCHEMA, _SYSTEM, None


def _tables(store: Metastore, owner: str, catalog: str) -> Iterator[Row]:
    for schema in store.schemas(catalog):
        for name in store.tables(schema):
            comment = delta_log.read_snapshot(store.table_path(name)).comment
            yield catalog, name.schema, name.name, "MANAGED", "YES", owner, comment, "DELTA"
        for name in store.views(schema):
            comment = store.schema(schema).views[name.name].comment
            yield catalog, name.schema, name.name, "VIEW", "NO", owner, comment, _NO_FORMAT
    for view in _VIEWS:
        yield catalog, INFORMATION_SCHEMA, view, "VIEW", "NO", _SYSTEM, None, _NO_FORMAT


def _columns(store: Metastore, _owner: str, catalog: str) -> Iterator[Row]:
    for schema in store.schemas(catalog):
        for name in [*store.tables(schema), *store.views(schema)]:
            partitions = store.partitions(name)
            where = (catalog, name.schema, name.name)
            for position, column in enumerate(store.columns(name), 1):
                partition = partitions.index(column.name) + 1 if column.name in partitions else None
                kind, nullable = column.type, "YES" if column.nullable else "NO"
                yield (
                    *where, column.name, position, None, nullable, kind.text.lower(), kind.name,
                    kind.precision, kind.scale, column.comment, partition,
                )  # fmt: skip
    for view, (names, _) in _VIEWS.items():
        where = (catalog, INFORMATION_SCHEMA, view)
        unknown = (None,) * 4
        for position, column_name in enumerate(names, 1):
            kind_name = _type(column_name)
            yield (
                *where, column_name, position, None, "YES", kind_name.lower(), kind_name, *unknown,
            )  # fmt: skip


_VIEWS: dict[str, tuple[tuple[str, ...], Callable[[Metastore, str, str], Iterator[Row]]]] = {
    "schemata": (_SCHEMATA, _schemata),
    "tables": (_TABLES, _tables),
    "columns": (_COLUMNS, _columns),
}
