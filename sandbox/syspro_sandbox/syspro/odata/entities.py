"""The entity sets: what the service shows of SYSPRO's tables, under which OData types.

Entity sets and properties have the names of tables and columns (SYSPRO reference, "Entity sets").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.odata.errors import unknown_property
from syspro_sandbox.syspro.tables import TABLES

if TYPE_CHECKING:
    from syspro_sandbox.syspro.options import ODataOptions
    from syspro_sandbox.syspro.tables import Column, ColumnKind, Table

NAMESPACE = "SYSPRO"
EDM_TYPES: dict[ColumnKind, str] = {
    "string": "Edm.String",
    "decimal": "Edm.Decimal",
    "date": "Edm.DateTimeOffset",
    "rowversion": "Edm.Binary",
}


@dataclass(frozen=True)
class EntitySet:
    """One table as the service shows it: `columns` are its properties, in order."""

    table: Table
    columns: tuple[Column, ...]

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


def entity_sets(options: ODataOptions) -> dict[str, EntitySet]:
    """The entity sets that the service shows, by name."""
    return {
        table.name: EntitySet(
            table, tuple(c for c in table.columns if options.timestamp_exposed or c.kind != "rowversion")
        )
        for table in TABLES.values()
        if options.custom_tables_listed or not table.name.endswith("+")
    }
