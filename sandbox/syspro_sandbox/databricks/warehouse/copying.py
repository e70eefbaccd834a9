"""COPY INTO: files into a table once, remembered under the table's log.

Databricks reference, "COPY INTO".
"""

from __future__ import annotations

import fnmatch
import json
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql import copy_into
from syspro_sandbox.databricks.sql.errors import SqlError
from syspro_sandbox.databricks.sql.names import quote
from syspro_sandbox.databricks.sql.tokens import Statement
from syspro_sandbox.databricks.sql.types import from_arrow
from syspro_sandbox.databricks.warehouse import delta_log
from syspro_sandbox.databricks.warehouse.changes import run_change
from syspro_sandbox.databricks.warehouse.context import counts
from syspro_sandbox.databricks.warehouse.volumes import VolumePath, parquet_source, visible_files

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from syspro_sandbox.databricks.sql.copy_into import CopyInto
    from syspro_sandbox.databricks.sql.names import ObjectName
    from syspro_sandbox.databricks.warehouse.context import Context

_LEDGER = "_copy_into_log/loaded.json"


def copy(context: Context, statement: Statement) -> pa.Table:
    """Load the files this table has not loaded yet; a known path is skipped even if the file has changed."""
    command = copy_into.parse(statement)
    name = context.defaults.object_name(command.parts)
    table = _table(context, name)
    context.privileges.require("READ_VOLUME", VolumePath.parse(command.path).volume.full)
    with context.metastore.loading(name):
        ledger = table / delta_log.LOG / _LEDGER
        loaded: list[str] = json.loads(ledger.read_text(encoding="utf-8")) if ledger.is_file() else []
        files = [path for path in _files(context, command) if command.force or path.text not in loaded]
        if not files:
            return counts(num_affected_rows=0, num_inserted_rows=0, num_skipped_corrupt_files=0)
        rows = _insert(context, statement, command, name, files)
        ledger.parent.mkdir(exist_ok=True)
        ledger.write_text(json.dumps([*loaded, *(path.text for path in files)]), encoding="utf-8")
    return counts(num_affected_rows=rows, num_inserted_rows=rows, num_skipped_corrupt_files=0)


def _table(context: Context, name: ObjectName) -> Path:
    if not context.metastore.is_table(name):
        raise SqlError(
            "DELTA_MISSING_DELTA_TABLE_COPY_INTO",
            f"Table {name.sql} doesn't exist. Create an empty Delta table first.",
        )
    return context.table(name, "MODIFY")


def _files(context: Context, command: CopyInto) -> list[VolumePath]:
    """The files the command names, in order."""
    path = VolumePath.parse(command.path)
    place = path.on_disk(context.metastore)
    if command.files is not None:
        if missing := [file for file in command.files if not place.joinpath(*file.split("/")).is_file()]:
            raise SqlError("PATH_NOT_FOUND", f"Path does not exist: {path.text}/{missing[0]}.")
        return [VolumePath(path.volume, (*path.parts, *file.split("/"))) for file in command.files]
    if place.is_file():
        return [path]
    if not place.is_dir():
        raise SqlError("PATH_NOT_FOUND", f"Path does not exist: {path.text}.")
    found = [file.name for file in visible_files(place)]
    if not found:
        raise SqlError(
            "COPY_INTO_SOURCE_SCHEMA_INFERENCE_FAILED",
            f"The source directory {path.text} did not contain any files.",
        )
    chosen = [name for name in found if command.pattern is None or fnmatch.fnmatch(name, command.pattern)]
    return [VolumePath(path.volume, (*path.parts, name)) for name in chosen]


def _insert(
    context: Context, statement: Statement, command: CopyInto, name: ObjectName, files: list[VolumePath]
) -> int:
    table = context.metastore.table_path(name)
    snapshot = delta_log.read_snapshot(table)
    query = " UNION ALL ".join(_select(context, command, path) for path in files)
    given: dict[str, str] = {}
    for field in context.columns(query, statement):
        known = next((item for item in snapshot.fields if item.name.lower() == field.name.lower()), None)
        if known is None:
            raise SqlError(
                "DELTA_METADATA_MISMATCH",
                f"A schema mismatch detected when writing to the Delta table: it has no column {field.name}.",
            )
        # Databricks is strict here, unlike INSERT: the client casts.
        if (kind := from_arrow(field)).text not in {known.type.text, "VOID"}:
            raise SqlError(
                "DELTA_FAILED_TO_MERGE_FIELDS",
                f"Failed to merge fields '{known.name}' {known.type.text} and '{field.name}' {kind.text}.",
            )
        given[known.name] = field.name
    sources = {
        item.name: quote(given[item.name]) if item.name in given else "NULL" for item in snapshot.fields
    }
    chosen = ", ".join(
        f"CAST({sources[item.name]} AS {item.type.text}) AS {quote(item.name)}" for item in snapshot.fields
    )
    text = f"INSERT INTO {name.sql} SELECT {chosen} FROM ({query}) AS `_`"
    return int(run_change(context, Statement(text), table, snapshot.version).column(0)[0].as_py())


def _select(context: Context, command: CopyInto, path: VolumePath) -> str:
    source = parquet_source(context.metastore, path)
    if command.query is None:
        return f"SELECT * FROM {source}"
    text, start, end = command.query
    return text[:start] + source + text[end:]
