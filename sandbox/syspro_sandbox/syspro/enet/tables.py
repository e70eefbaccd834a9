"""The tables and columns that e.net's table reads know: no rowversion, no custom-form tables.

That whole rows come without `TimeStamp` was recorded; that it may not be named either, and that custom-form
tables are out of reach (their names are no XML names), is inferred.
SYSPRO reference, "Rowversion" and "What nobody has seen".
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.conditions import Comparison, Condition, compare
from syspro_sandbox.syspro.enet.documents import NULL_DATE
from syspro_sandbox.syspro.enet.errors import INVALID_VALUE, UNKNOWN_COLUMN, UNKNOWN_TABLE, EnetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syspro_sandbox.syspro.served import ServedTable
    from syspro_sandbox.syspro.tables import Column, Table


def find_table(name: str, tables: Mapping[str, ServedTable], business_object: str) -> ServedTable:
    """A table of a database by its name.

    Raises:
        EnetError: When e.net does not know it.
    """
    if name not in tables or name.endswith("+"):
        raise EnetError(UNKNOWN_TABLE.format(table=name, business_object=business_object))
    return tables[name]


def readable_columns(table: Table) -> tuple[Column, ...]:
    """The columns of a whole row."""
    return tuple(column for column in table.columns if column.kind != "rowversion")


def find_column(table: Table, name: str) -> Column:
    """A column by its name, which the table's may precede (`ApSupplier.Supplier`).

    Raises:
        EnetError: When the table has no such readable column.
    """
    column = table.by_name.get(name.removeprefix(f"{table.name}."))
    if column is None or column.kind == "rowversion":
        raise EnetError(UNKNOWN_COLUMN.format(column=name, table=table.name))
    return column


def condition(column: Column, comparison: Comparison, value: str) -> Condition:
    """Compare a column with a value as e.net writes it.

    Raises:
        EnetError: When the column cannot hold such a value.
    """
    if column.kind == "date":
        return compare(column, comparison, None if value.strip() == NULL_DATE else value.strip())
    if column.kind == "string":
        return compare(column, comparison, value)
    try:
        number = Decimal(value.strip())
    except InvalidOperation as error:
        raise EnetError(INVALID_VALUE.format(value=value, column=column.name)) from error
    if not number.is_finite():
        raise EnetError(INVALID_VALUE.format(value=value, column=column.name))
    return compare(column, comparison, number)
