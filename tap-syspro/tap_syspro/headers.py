"""Which orders changed, for tables that hold the lines of orders.

Nothing dates a change of an order's line: its quantity is edited, its back order cleared, it is closed by
hand. But it changes only while its order is open, or when its order is completed (reference 7, "by parent
header set").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_syspro.errors import AccessDenied, NotFound
from tap_syspro.odata import literals
from tap_syspro.odata.paging import Paging, Query

if TYPE_CHECKING:
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.service import CompanyService
    from tap_syspro.tables import Table


class Headers:
    """Finds the documents whose lines are read.

    Args:
        service: The company.
        page_size: Rows to ask for at a time.
    """

    def __init__(self, service: CompanyService, page_size: int) -> None:
        self._service = service
        self._page_size = page_size

    def entity_set(self, table: Table) -> EntitySet | None:
        """Find the documents' table; None where the company does not offer what the catalogue needs of it."""
        found = self._service.entity_sets.get(table.name)
        if found is None or not {*table.key, *table.method_columns} <= set(found.columns):
            return None
        return found

    def keys(self, table: Table, entity_set: EntitySet, where: str) -> list[str] | None:
        """Read the keys of documents, as literals.

        Args:
            table: The documents' table; its key is one column.
            entity_set: The same, as the company offers it.
            where: `$filter`.

        Returns:
            The keys, None where they may not be read.
        """
        (column,) = table.key
        query = Query(table.key, where, select=table.key)
        url = self._service.url(table.name)
        pages = Paging(self._service.client, url, entity_set, query, self._page_size).pages()
        try:
            return [
                literals.literal(row[column], entity_set.columns[column].kind)
                for page in pages
                for row in page.decode()
            ]
        except (AccessDenied, NotFound):
            return None
