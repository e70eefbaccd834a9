"""Statements that change rows, with the counts Databricks returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import SqlError, syntax_error, unsupported
from syspro_sandbox.databricks.sql.names import quote
from syspro_sandbox.databricks.sql.relations import Relation, relations
from syspro_sandbox.databricks.sql.tokens import Cursor, Statement
from syspro_sandbox.databricks.warehouse import delta_log
from syspro_sandbox.databricks.warehouse.context import counts

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from syspro_sandbox.databricks.warehouse.context import Context
    from syspro_sandbox.databricks.warehouse.delta_log import Snapshot

_QUERY_HEADS = ("SELECT", "WITH", "VALUES", "TABLE", "FROM", "(")


def change(context: Context, statement: Statement) -> pa.Table:
    """MERGE, UPDATE or DELETE; the counts are the commit's, the engine's own mean something else."""
    table = _target(context, statement)
    before = delta_log.latest_version(table)
    verb = statement.tokens[0].upper
    run_change(context, context.resolve(statement), table, before)
    metrics = delta_log.find_commit(table, before, verb)
    if verb == "MERGE":
        updated, deleted, inserted = (
            int(metrics.get(f"numTargetRows{kind}", 0)) for kind in ("Updated", "Deleted", "Inserted")
        )
        return counts(
            num_affected_rows=updated + deleted + inserted,
            num_updated_rows=updated,
            num_deleted_rows=deleted,
            num_inserted_rows=inserted,
        )
    return counts(
        num_affected_rows=int(metrics.get("numUpdatedRows", 0)) + int(metrics.get("numDeletedRows", 0))
    )


def truncate(context: Context, statement: Statement) -> pa.Table:
    """TRUNCATE TABLE, which the engine knows as DELETE."""
    cursor = Cursor(statement)
    cursor.expect("TRUNCATE", "TABLE")
    name = context.defaults.object_name(cursor.name())
    cursor.finish()
    return change(context, Statement(f"DELETE FROM {name.sql}"))


def insert(context: Context, statement: Statement) -> pa.Table:
    """INSERT INTO or OVERWRITE, by position or BY NAME, with a column list or REPLACE WHERE."""
    table = _target(context, statement)
    before = delta_log.latest_version(table)
    ready = context.resolve(statement)
    cursor = Cursor(ready)
    cursor.expect("INSERT")
    if not (cursor.accept("INTO") or cursor.accept("OVERWRITE")):
        raise cursor.error("Expected INTO or OVERWRITE.")
    cursor.accept("TABLE")
    cursor.name()
    if cursor.at("PARTITION"):
        raise unsupported("INSERT ... PARTITION")
    head_end = cursor.previous_end
    listed = (
        cursor.names()
        if cursor.at("(") and cursor.peek(1).named and cursor.peek(1).upper not in _QUERY_HEADS
        else []
    )
    by_name = cursor.accept("BY", "NAME")
    predicate = _predicate(cursor) if cursor.accept("REPLACE", "WHERE") else None
    if cursor.peek().upper not in _QUERY_HEADS:
        raise cursor.error("Expected a query.")
    query = ready.text[cursor.position :]
    snapshot = delta_log.read_snapshot(table)
    if listed or by_name:
        query = _in_table_order(context, ready, snapshot, query, listed)
        replaced = f" REPLACE WHERE {predicate}" if predicate else ""
        ready = Statement(f"{ready.text[:head_end]}{replaced} {query}")
    if predicate:
        _check_replaced(context, ready, snapshot, query, predicate)
    result = run_change(context, ready, table, before)
    inserted = int(result.column(0)[0].as_py())
    return counts(num_affected_rows=inserted, num_inserted_rows=inserted)


def run_change(context: Context, statement: Statement, table: Path, before: int) -> pa.Table:
    """Run a change of a table; a conflict is told apart by what the other commit did."""
    try:
        return context.run(statement)
    except SqlError as error:
        if error.condition == "DELTA_CONCURRENT_APPEND" and delta_log.changed_metadata(table, before):
            raise SqlError(
                "DELTA_METADATA_CHANGED",
                "The metadata of the Delta table has been changed by a concurrent update.",
            ) from error
        raise


def _target(context: Context, statement: Statement) -> Path:
    found = next((item for item in relations(statement) if isinstance(item, Relation) and item.target), None)
    if found is None:
        raise syntax_error(f"{statement.tokens[-1].text!r}", "Expected the name of a table.")
    return context.table(context.defaults.object_name(found.parts), "MODIFY")


def _predicate(cursor: Cursor) -> str:
    start, depth = cursor.position, 0
    while not cursor.done and (
        depth or cursor.peek().upper not in {"SELECT", "WITH", "VALUES", "TABLE", "FROM"}
    ):
        depth += {"(": 1, ")": -1}.get(cursor.take().upper, 0)
    return cursor.statement.text[start : cursor.previous_end]


def _in_table_order(
    context: Context, statement: Statement, snapshot: Snapshot, query: str, listed: list[str]
) -> str:
    """The query with all columns of the table in order, NULL for those it has not."""
    columns = context.columns(query, statement).names
    if listed and len(listed) != len(columns):
        short = len(columns) < len(listed)
        raise SqlError(
            f"INSERT_COLUMN_ARITY_MISMATCH.{'NOT_ENOUGH' if short else 'TOO_MANY'}_DATA_COLUMNS",
            f"Cannot write to the table, the reason is {'not enough' if short else 'too many'} data columns.",
        )
    given = {snapshot.field(name).name for name in listed or columns}
    chosen = ", ".join(
        quote(field.name)
        if field.name in given
        else f"CAST(NULL AS {field.type.text}) AS {quote(field.name)}"
        for field in snapshot.fields
    )
    aliases = f" ({', '.join(map(quote, listed))})" if listed else ""
    return f"SELECT {chosen} FROM ({query}) AS `_`{aliases}"


def _check_replaced(
    context: Context, statement: Statement, snapshot: Snapshot, query: str, predicate: str
) -> None:
    """Refuse rows outside the slice, which the engine would let in.

    Databricks reference, "Leniency of the engine".
    """
    columns = ", ".join(quote(field.name) for field in snapshot.fields)
    if len(context.columns(query, statement).names) != len(snapshot.fields):
        return  # the insert itself says so
    source = f"({query}) AS `_` ({columns})"
    probe = f"SELECT 1 AS outside FROM {source} WHERE NOT coalesce(({predicate}), false) LIMIT 1"
    if context.run(Statement(probe)).num_rows:
        raise SqlError(
            "DELTA_REPLACE_WHERE_MISMATCH",
            f"Written data does not conform to partial table overwrite condition '{predicate}'.",
        )
