"""Which order lines are read again: those of the orders that changed.

Nothing dates a change of an order's line: its quantity is edited, its back order cleared, it is closed by
hand. But it changes only while its order is open, or when its order is completed (SYSPRO reference, "Lines of
orders"). Where the orders may not be read, lines go by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_syspro.errors import AccessDeniedError, NotFoundError
from tap_syspro.odata import filters
from tap_syspro.odata.paging import Paging, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tap_syspro.companies import Company
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.tables import Table


class OrderLines:
    """The lines of a company's orders.

    Args:
        company: The company.
        page_size: Rows to ask for at a time.
    """

    def __init__(self, company: Company, page_size: int) -> None:
        self._company = company
        self._page_size = page_size

    def of_changed_orders(
        self, lines: Table, orders: Table, changed: Callable[[EntitySet], str], *, by_themselves: str
    ) -> Iterable[str]:
        """Select the lines of the orders that changed, in as many filters as their length asks for.

        Args:
            lines: The table of the lines.
            orders: The table of their orders.
            changed: Gives the `$filter` of the orders that changed, for their table as it is offered.
            by_themselves: The `$filter` of the lines where their orders may not be read.
        """
        entity_set = self.entity_set(orders)
        keys = None if entity_set is None else self.keys(orders, entity_set, changed(entity_set))
        return (by_themselves,) if keys is None else filters.one_of(lines.key[0], keys)

    def entity_set(self, orders: Table) -> EntitySet | None:
        """Find the orders' table; None where the company does not offer all its columns that are needed."""
        found = self._company.entity_sets.get(orders.name)
        if found is None or not {*orders.key, *orders.method_columns} <= set(found.columns):
            return None
        return found

    def keys(self, orders: Table, entity_set: EntitySet, where: str) -> list[str] | None:
        """Read the keys of orders, as literals.

        Args:
            orders: The orders' table; its key is one column.
            entity_set: The same, as the company offers it.
            where: `$filter`.

        Returns:
            The keys, None where they may not be read.
        """
        (column,) = orders.key
        query = Query(orders.key, where, select=orders.key)
        url = self._company.url(orders.name)
        pages = Paging(self._company.client, url, entity_set, query, self._page_size).pages()
        try:
            return [
                filters.literal(row[column], entity_set.columns[column].kind)
                for page in pages
                for row in page.decode()
            ]
        except (AccessDeniedError, NotFoundError):
            return None
