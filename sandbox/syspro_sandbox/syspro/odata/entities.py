"""The entity sets: what the service shows of SYSPRO's tables, under which OData types.

Entity sets and properties have the names of tables and columns (SYSPRO reference, "Entity sets").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.odata.errors import unknown_property
from syspro_sandbox.syspro.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syspro_sandbox.syspro.options import ODataOptions
    from syspro_sandbox.syspro.served import ServedTable
    from syspro_sandbox.syspro.tables import ColumnKind, Table

NAMESPACE = "SYSPRO"
EDM_TYPES: dict[ColumnKind, str] = {
    "string": "Edm.String",
    "decimal": "Edm.Decimal",
    "date": "Edm.DateTimeOffset",
    "rowversion": "Edm.Binary",
}
#: How wide a rowversion is that a view casts to a number; no column of SYSPRO's has this type.
_ROWVERSION_NUMBER = "d19.0"


def is_rowversion_number(column: Column) -> bool:
    """Whether a column is the rowversion as a number."""
    return column.type == _ROWVERSION_NUMBER


def edm_type(column: Column) -> str:
    """The OData type of a column."""
    return "Edm.Int64" if is_rowversion_number(column) else EDM_TYPES[column.kind]


@dataclass(frozen=True)
class EntitySet:
    """One table as the service shows it.

    Attributes:
        table: The table.
        columns: Its properties, in order.
        sql: What stands behind FROM.
    """

    table: Table
    columns: tuple[Column, ...]
    sql: str

    @property
    def name(self) -> str:
        """Its name."""
        return self.table.name

    @property
    def type_name(self) -> str:
        """The full name of its entity type."""
        return f"{NAMESPACE}.{self.name}"

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def property(self, name: str) -> Column:
        """The column behind a property; names are case-sensitive.

        Raises:
            ODataError: When there is no such property.
        """
        if name not in self._by_name:
            raise unknown_property(name, self.type_name)
        return self._by_name[name]


def entity_sets(tables: Mapping[str, ServedTable], options: ODataOptions) -> dict[str, EntitySet]:
    """The entity sets that the service shows of a database, by name."""
    return {
        name: EntitySet(served.table, tuple(_properties(served.table, options)), served.sql)
        for name, served in tables.items()
        if options.custom_tables_listed or not name.endswith("+")
    }


def _properties(table: Table, options: ODataOptions) -> Iterator[Column]:
    for column in table.columns:
        if column.kind != "rowversion":
            yield column
        elif options.timestamp_exposed:
            as_number = options.timestamp_form == "number"
            yield Column(column.name, _ROWVERSION_NUMBER) if as_number else column
