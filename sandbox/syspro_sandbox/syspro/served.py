"""What a company's database holds as its server shows it: the tables, or what the switches make of them.

`SysproOptions` says how companies differ: tables and columns that only one has, custom forms under another
name, tables full of made-up rows. The stored rows stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.database import quote
from syspro_sandbox.syspro.options import is_named, named_values
from syspro_sandbox.syspro.tables import TABLES, Column, Table
from syspro_sandbox.syspro.tables.model import parse_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syspro_sandbox.syspro.options import SysproOptions

#: How many made-up rows a table has that only a switch knows.
FEW_ROWS = 25
_MODULES = (
    "Ap",
    "Ar",
    "Asset",
    "Bom",
    "Csh",
    "Gen",
    "Inv",
    "Lct",
    "Mrp",
    "Por",
    "Qot",
    "Rma",
    "Sal",
    "Sor",
    "Wip",
)
_SUBJECTS = (
    *("Alloc", "Amend", "Branch", "Budget", "Class", "Contract", "Cost", "Deposit", "Dispatch", "Forecast"),
    *("Group", "Hist", "Integration", "Journal", "Label", "Lot", "Narr", "Operation", "Price", "Quote"),
    *("Reval", "Route", "Serial", "Tax", "Terms", "Text", "Track", "Trf", "Unit", "Xref"),
)
_PARTS = ("", "Hdr", "Det", "Ctl", "Sum", "Rep", "Log", "Def")
_GENERATED = """
    *{name}Id c20, *Line d4.0, Description c50, Branch, Warehouse, StockCode, Reference c30, Status c1,
    EntryDate dt, LastMaintDate dt, Operator, Quantity d18.6, UnitPrice d15.5, Value d14.2, Rate d12.6,
    GlCode, GlYear, GlPeriod, Journal, Notation c100, UserField1..3 c1, TimeStamp
"""


@dataclass(frozen=True)
class ServedTable:
    """A table as a server shows it.

    Attributes:
        table: Its name, key and columns.
        sql: What stands behind FROM.
    """

    table: Table
    sql: str

    @property
    def name(self) -> str:
        """Its name."""
        return self.table.name


def served_tables(company: str, options: SysproOptions) -> dict[str, ServedTable]:
    """The tables of a company's database, by name."""
    found = [
        *(
            each
            for table in TABLES.values()
            for each in _named(ServedTable(table, quote(table.name)), options)
        ),
        *_extra_tables(company, options),
        *_generated_tables(options.generated_tables),
    ]
    return {
        each.name: _filled(_changed(each, company, options), company, options)
        for each in found
        if not is_named(options.missing_tables, company, each.name)
    }


def _named(served: ServedTable, options: SysproOptions) -> Iterator[ServedTable]:
    """A table under its name, a custom-form table under the names that the switches say."""
    if not served.name.endswith("+"):
        yield served
        return
    for pattern in options.custom_form_names:
        name = pattern.format(table=served.name.removesuffix("+"))
        yield ServedTable(replace(served.table, name=name), served.sql)


def _extra_tables(company: str, options: SysproOptions) -> Iterator[ServedTable]:
    for name, text in named_values(options.extra_tables, company).items():
        table = parse_table(name, text)
        yield ServedTable(table, _made_up_rows(table, FEW_ROWS))


@lru_cache(maxsize=4)
def _generated_tables(count: int) -> tuple[ServedTable, ...]:
    """So many tables with names that a SYSPRO database could have, without rows."""
    names = (
        f"{module}{subject}{part}{turn or ''}"
        for turn in range(count // (len(_MODULES) * len(_SUBJECTS) * len(_PARTS)) + 1)
        for part in _PARTS
        for subject in _SUBJECTS
        for module in _MODULES
    )
    free = (name for name in names if name not in TABLES)
    tables = [
        parse_table(name, _GENERATED.format(name=name)) for name, _ in zip(free, range(count), strict=False)
    ]
    return tuple(ServedTable(table, _made_up_rows(table, 0)) for table in tables)


def _changed(served: ServedTable, company: str, options: SysproOptions) -> ServedTable:
    """A table without the columns that are missing, and with those that are there besides."""
    table = served.table
    kept = [
        c for c in table.columns if not is_named(options.missing_columns, company, f"{table.name}.{c.name}")
    ]
    added = [
        Column(name.partition(".")[2], type_code, nullable=type_code == "dt")
        for name, type_code in named_values(options.extra_columns, company).items()
        if name.partition(".")[0] == table.name
    ]
    if not added and len(kept) == len(table.columns):
        return served
    columns = (*kept[:-1], *added, *kept[-1:])
    there = {column.name for column in columns}
    changed = Table(table.name, tuple(name for name in table.key if name in there), columns)
    derived = "".join(f", {_derived(column, table)} AS {quote(column.name)}" for column in added)
    return ServedTable(changed, f"(SELECT *{derived} FROM {served.sql})" if added else served.sql)


def _derived(column: Column, table: Table) -> str:
    """A value that follows from the key of its row."""
    first = quote(table.key[0])
    if column.kind == "decimal":
        return f"length({first}) * {10**column.scale} + 1"
    if column.kind == "date":
        return f"date('2026-01-01', '+' || length({first}) || ' days')"
    return f"rtrim(substr('x' || {first}, 1, {column.length}))"


def _filled(served: ServedTable, company: str, options: SysproOptions) -> ServedTable:
    count = named_values(options.filled_tables, company).get(served.name)
    return served if count is None else ServedTable(served.table, _made_up_rows(served.table, count))


def _made_up_rows(table: Table, count: int) -> str:
    """A query of so many rows that nobody stored: numbered keys, other values that repeat."""
    numbers = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 WHERE {count} > 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    )
    values = ", ".join(
        f"{_made_up(column, place, is_key=column.name in table.key)} AS {quote(column.name)}"
        for place, column in enumerate(table.columns, 1)
    )
    return f"({numbers} SELECT {values} FROM n)"


def _made_up(column: Column, place: int, *, is_key: bool) -> str:
    if column.kind == "rowversion":
        return "i"
    if column.kind == "string":
        if is_key:
            return f"substr(printf('%0{column.length}d', i), -{column.length})"
        return f"rtrim(substr('{column.name} ' || (i % {place % 7 + 2}), 1, {column.length}))"
    if column.kind == "date":
        day = f"date('2026-01-01', '+' || (i % {place % 150 + 1}) || ' days')"
        return f"CASE WHEN i % 9 = {place % 9} THEN NULL ELSE {day} END" if column.nullable else day
    digits = min(column.precision, 15)
    return f"i % {10**digits}" if is_key else f"(i * {place * 37 + 11}) % {10 ** min(digits, 7)}"
