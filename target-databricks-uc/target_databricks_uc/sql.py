"""The statements that this target sends; every mutating one may run twice without harm.

The text stays inside what both Databricks and the local warehouse read (Databricks reference, "SQL that both
read"): no QUALIFY, no `* EXCEPT`, three-level names, string literals escaped with a backslash.
"""
# ruff: noqa: S608  # every name is quoted and every literal escaped, here

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.contract import BATCH_ID, DELETED_AT, SEQUENCE

from target_databricks_uc import deletions
from target_databricks_uc.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from target_databricks_uc.settings import Deletes, Layout
    from target_databricks_uc.table_design import Column, Table
    from target_databricks_uc.types import ColumnType

_RANK = "_sdc_rank"
_NEWEST = "_sdc_newest"
_MARK = "_sdc_mark"


def literal(text: str) -> str:
    """A string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _names(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(prefix + quote(name) for name in columns)


def _casts(columns: Iterable[Column]) -> str:
    return ",\n    ".join(
        f"CAST({quote(column.source)} AS {column.type.sql}) AS {quote(column.name)}" for column in columns
    )


def create_schema(catalog: str, schema: str) -> str:
    """Make the schema."""
    return f"CREATE SCHEMA IF NOT EXISTS {quote(catalog, schema)} COMMENT 'Loaded by target-databricks-uc'"


def create_volume(catalog: str, schema: str, volume: str) -> str:
    """Make the volume through which files pass."""
    return f"CREATE VOLUME IF NOT EXISTS {quote(catalog, schema, volume)}"


def create_table(name: str, table: Table, layout: Layout) -> str:
    """Make the table of a stream."""
    columns = ",\n".join(f"  {_definition(column)}" for column in table.columns)
    laid_out = ""
    if table.layout:
        words = {"cluster": "CLUSTER BY", "partition": "PARTITIONED BY", "none": ""}[layout]
        laid_out = f"\n{words} ({_names(table.layout)})"
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (\n{columns}\n)\nUSING DELTA{laid_out}\n"
        f"COMMENT {literal(f'Stream {table.stream}')}"
    )


def _definition(column: Column) -> str:
    comment = f" COMMENT {literal(column.description)}" if column.description else ""
    return f"{quote(column.name)} {column.type.sql}{comment}"


def describe_table(name: str) -> str:
    """The columns that a table has."""
    return f"DESCRIBE TABLE {name}"


def add_columns(name: str, columns: Iterable[Column]) -> str:
    """Add columns; there is no IF NOT EXISTS for them, so the loser of a race gets FIELDS_ALREADY_EXISTS."""
    return f"ALTER TABLE {name} ADD COLUMNS ({', '.join(map(_definition, columns))})"


def enable_widening(name: str) -> str:
    """Let a table's columns take wider types; only when needed, as older readers then refuse the table."""
    return f"ALTER TABLE {name} SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')"


def widen_column(name: str, column: str, to: ColumnType) -> str:
    """Give a column a wider type."""
    return f"ALTER TABLE {name} ALTER COLUMN {quote(column)} TYPE {to.sql}"


def _newest_by_key(table: Table, folder: str) -> str:
    """One row for each key of a batch.

    The values are those of its newest record that is not a deletion; the delete mark is that of its newest
    record of all. So a deletion changes nothing but the mark, and a later record clears it. A key of which
    the batch holds deletions alone is marked as such.
    """
    keys = _names(table.keys)
    others = [column.name for column in table.columns if column.name not in (SEQUENCE, DELETED_AT)]
    sequence, deleted = quote(SEQUENCE), quote(DELETED_AT)
    by_age = f"PARTITION BY {keys} ORDER BY {sequence} DESC"
    return f"""  SELECT {_names(others)},
    {quote(_NEWEST)} AS {sequence}, {quote(_MARK)} AS {deleted}, {quote(deletions.ONLY_MARK)}
  FROM (
    SELECT {_names(others)},
    {deleted} IS NOT NULL AS {quote(deletions.ONLY_MARK)},
    first_value({sequence}) OVER ({by_age}) AS {quote(_NEWEST)},
    first_value({deleted}) OVER ({by_age}) AS {quote(_MARK)},
    row_number() OVER (PARTITION BY {keys} ORDER BY {deleted} IS NOT NULL, {sequence} DESC) AS {quote(_RANK)}
    FROM (
    SELECT {_casts(table.columns)}
    FROM read_files({literal(folder)}, format => 'parquet')
    )
  )
  WHERE {quote(_RANK)} = 1"""


def _same_key(table: Table) -> str:
    return " AND ".join(f"t.{quote(key)} <=> s.{quote(key)}" for key in table.keys)


def merge(name: str, table: Table, folder: str, deletes: Deletes) -> str:
    """Bring a batch into the table of a keyed stream; a row never gives way to an older one."""
    every = [column.name for column in table.columns]
    not_older = f"s.{quote(SEQUENCE)} >= coalesce(t.{quote(SEQUENCE)}, 0)"
    gone, action = deletions.merge_action(deletes)
    emptied = "".join(f", {quote(column)} = NULL" for column in table.emptied)
    return f"""MERGE INTO {name} AS t
USING (
{_newest_by_key(table, folder)}
) AS s
ON {_same_key(table)}
WHEN MATCHED AND {not_older} AND {gone} THEN {action}
WHEN MATCHED AND {not_older} THEN UPDATE SET {_assignments(every)}{emptied}
WHEN NOT MATCHED AND NOT ({gone}) THEN INSERT ({_names(every)}) VALUES ({_names(every, "s.")})"""


def _assignments(columns: Iterable[str]) -> str:
    return ", ".join(f"{quote(name)} = s.{quote(name)}" for name in columns)


def reconcile(name: str, table: Table, folder: str, batch_id: str, deletes: Deletes) -> str:
    """What became of the records and keys of a merged batch.

    `records` and `keys` are those of the files. Of the keys, `written` have this batch's row, `newer` have a
    row of a later one, and `absent` have no row because their record is a deletion.
    """
    keys, sequence = _names(table.keys), quote(SEQUENCE)
    staged = [column for column in table.columns if column.name in {*table.keys, SEQUENCE, DELETED_AT}]
    batch = f"t.{quote(BATCH_ID)} = {literal(batch_id)}"
    grouped = f"{_names(table.keys, 's.')}, s.`_sdc_records`, s.`_sdc_newest`, s.`_sdc_gone`"
    return f"""SELECT sum(`_sdc_records`) AS `records`, count(*) AS `keys`, sum(`written`) AS `written`,
  sum(CASE WHEN `written` = 0 THEN `newer` ELSE 0 END) AS `newer`,
  sum(CASE WHEN `rows` = 0 AND `_sdc_gone` THEN 1 ELSE 0 END) AS `absent`
FROM (
  SELECT s.`_sdc_records`, s.`_sdc_gone`, count(t.{sequence}) AS `rows`,
  max(CASE WHEN {batch} THEN 1 ELSE 0 END) AS `written`,
  max(CASE WHEN t.{sequence} > s.`_sdc_newest` THEN 1 ELSE 0 END) AS `newer`
  FROM (
    SELECT {keys}, count(*) AS `_sdc_records`, max({sequence}) AS `_sdc_newest`,
    {deletions.key_is_gone(deletes)} AS `_sdc_gone`
    FROM (
    SELECT {_casts(staged)}
    FROM read_files({literal(folder)}, format => 'parquet')
    )
    GROUP BY {keys}
  ) AS s
  LEFT JOIN {name} AS t ON {_same_key(table)}
  GROUP BY {grouped}
)"""


def count_batch(name: str, batch_id: str) -> str:
    """How many rows of a table came with a batch."""
    return f"SELECT count(*) AS `records` FROM {name} WHERE {quote(BATCH_ID)} = {literal(batch_id)}"


def copy_into(name: str, table: Table, folder: str, files: Sequence[str]) -> str:
    """Append a batch; a file that is in the table already is passed over, so it may be repeated."""
    return f"""COPY INTO {name}
FROM (
  SELECT {_casts(table.columns)}
  FROM {literal(folder + "/")}
)
FILEFORMAT = PARQUET
FILES = ({", ".join(map(literal, files))})
COPY_OPTIONS ('mergeSchema' = 'false', 'force' = 'false')"""


def create_audit_table(name: str, columns: Sequence[Column]) -> str:
    """Make the table of loads."""
    defined = ",\n".join(f"  {_definition(column)}" for column in columns)
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (\n{defined}\n)\nUSING DELTA\n"
        "COMMENT 'One row for each batch that target-databricks-uc has loaded'"
    )


def insert_loads(name: str, columns: Sequence[Column], rows: Sequence[Mapping[str, str | None]]) -> str:
    """Write entries of the audit trail that are not there yet."""
    selects = "\n  UNION ALL\n".join(
        "  SELECT "
        + ", ".join(
            f"CAST({_value(row[column.name])} AS {column.type.sql}) AS {quote(column.name)}"
            for column in columns
        )
        for row in rows
    )
    every = [column.name for column in columns]
    return f"""MERGE INTO {name} AS t
USING (
{selects}
) AS s
ON t.`batch_id` = s.`batch_id`
WHEN NOT MATCHED THEN INSERT ({_names(every)}) VALUES ({_names(every, "s.")})"""


def _value(text: str | None) -> str:
    return "NULL" if text is None else literal(text)


def prove_writable(name: str, column: str) -> str:
    """Change no entry of the audit trail, which needs the right to change one, and the column."""
    return f"UPDATE {name} SET {quote(column)} = {quote(column)} WHERE false"


def last_sequence(name: str) -> str:
    """The highest sequence that any run has used."""
    return f"SELECT max(`last_sequence`) AS `last_sequence` FROM {name}"


def create_view(name: str, description: str, query: str) -> str:
    """Make or replace a view."""
    return f"CREATE OR REPLACE VIEW {name}\nCOMMENT {literal(description)}\nAS\n{query}"
