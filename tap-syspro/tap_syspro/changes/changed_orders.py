"""Which orders changed, for tables that hold the lines of orders.

Nothing dates a change of an order's line: its quantity is edited, its back order cleared, it is closed by
hand. But it changes only while its order is open, or when its order is completed (SYSPRO reference, "Lines of
orders").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_syspro.errors import AccessDeniedError, NotFoundError
from tap_syspro.odata import filters
from tap_syspro.odata.paging import Paging, Query

if TYPE_CHECKING:
    from tap_syspro.companies import Company
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.tables import Table


class ChangedOrders:
    """The orders whose lines are read.

    Args:
        company: The company.
        page_size: Rows to ask for at a time.
    """

    def __init__(self, company: Company, page_size: int) -> None:
        self._company = company
        self._page_size = page_size

    def entity_set(self, table: Table) -> EntitySet | None:
        """Find the orders' table; None where the company does not offer all its columns that are needed."""
        found = self._company.entity_sets.get(table.name)
        if found is None or not {*table.key, *table.method_columns} <= set(found.columns):
            return None
        return found

    def keys(self, table: Table, entity_set: EntitySet, where: str) -> list[str] | None:
        """Read the keys of orders, as literals.

        Args:
            table: The orders' table; its key is one column.
            entity_set: The same, as the company offers it.
            where: `$filter`.

        Returns:
            The keys, None where they may not be read.
        """
        (column,) = table.key
        query = Query(table.key, where, select=table.key)
        url = self._company.url(table.name)
        pages = Paging(self._company.client, url, entity_set, query, self._page_size).pages()
        try:
            return [
                filters.literal(row[column], entity_set.columns[column].kind)
                for page in pages
                for row in page.decode()
            ]
        except (AccessDeniedError, NotFoundError):
            return None
