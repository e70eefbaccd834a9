"""Read an entity set completely, page by page, whatever the server does about paging.

Nobody has seen how SYSPRO ends a page (SYSPRO reference, "Ends of pages"), so nothing is taken for granted:

- The next page always starts after the last key (SYSPRO reference, "Paging by key"), in an order that has no
  ties. A next link means only that there is more: one that counts rows (`$skip`) leaves out a living row
  when another goes in mid-read, and gives one twice when another comes.
- A page that is shorter than asked may be the end or a silent cap. Where the first page holds as many rows as
  `$count` says, it is all; else only an empty page ends the read.
- How wide a row is, nobody knows before the first page: what is asked for follows the bytes that came.
- A page that does not move on ends the read with an error: it would go on for ever.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tap_syspro.errors import DoubtfulReadError, RequestRefusedError, ServiceBusyError
from tap_syspro.odata import filters
from tap_syspro.odata.json_pages import RawPage, parse_page
from tap_syspro.odata.metadata import ColumnKind
from tap_syspro.odata.urls import with_query

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tap_syspro.odata.client import Client
    from tap_syspro.odata.metadata import EntitySet

logger = logging.getLogger(__name__)

MIN_PAGE_SIZE = 10
#: Bytes of a page aimed at. A reader holds one page and has one ahead, and eight read at a time at most: so
#: pages stay within 64 MB over all reads, and once decoded, one at a time, they are several times as large.
PAGE_BYTES = 4 * 2**20
#: How many bytes a value is taken to have before a row was seen: a text without a limit, any other text at
#: most, another value; and what stands around each value.
_UNLIMITED_TEXT, _TEXT, _VALUE, _PUNCTUATION = 1000, 100, 16, 9
_TOP_LIMIT = re.compile(r"limit of '(\d+)' for Top", re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """What to read of an entity set.

    Attributes:
        order_by: Columns whose values together are unique; the read goes along them.
        where: `$filter`.
        select: Columns wanted; empty for all.
    """

    order_by: tuple[str, ...]
    where: str = ""
    select: tuple[str, ...] = ()


class Paging:
    """The read of one query against one company's entity set.

    Args:
        client: Who asks.
        url: Address of the entity set.
        entity_set: Its columns.
        query: What to read.
        page_size: Rows to ask for at a time.
    """

    def __init__(self, client: Client, url: str, entity_set: EntitySet, query: Query, page_size: int) -> None:
        self._client = client
        self._url = url
        self._entity_set = entity_set
        self._query = query
        self._most = page_size
        self._row_bytes = 0.0
        self._page_size = _fitting(page_size, _estimate(entity_set))
        self._position: list[tuple[str, str]] = []
        self._counting = True
        self._count: int | None = None
        self._received = 0
        self._visited: set[tuple[tuple[str, str], ...]] = set()

    def pages(self) -> Iterator[RawPage]:
        """Read all pages: at least one; the last may be empty.

        Raises:
            DoubtfulReadError: When the server's pages contradict each other.
        """
        page = self._fetch()
        self._count = page.count
        while True:
            self._received += len(page.rows)
            if page.rows:
                self._move_behind(page)
                self._row_bytes = max(self._row_bytes, page.size / len(page.rows))
                self._page_size = _fitting(self._most, self._row_bytes)
            yield page
            if self._is_last(page):
                break
            page = self._fetch()
        self._compare_with_count()

    def _fetch(self) -> RawPage:
        """Get the next page, and learn from refusals what the server does not have."""
        try:
            return self._client.read(self._address, parse_page, on_retry=self._shrink)
        except RequestRefusedError as error:
            if not self._adapt(error.odata_message):
                raise
        return self._fetch()

    def _adapt(self, message: str) -> bool:
        """Do without what the server refused: too large a `$top`, or `$count`.

        Args:
            message: What OData says; a web server in front of it says nothing of use.

        Returns:
            Whether there is anything left to try.
        """
        limit = _TOP_LIMIT.search(message)
        if limit and int(limit[1]) < self._page_size:
            self._page_size = self._most = int(limit[1])
        elif self._counting and not self._position:
            self._counting = False
        elif not message and self._page_size > MIN_PAGE_SIZE:
            self._page_size = self._most = max(MIN_PAGE_SIZE, self._page_size // 2)
        else:
            return False
        return True

    def _address(self) -> str:
        options = {
            "$filter": filters.all_of(
                self._query.where, filters.after(self._position) if self._position else ""
            ),
            "$orderby": ",".join(self._query.order_by),
            "$top": str(self._page_size),
            "$count": "true" if self._counting and not self._position else "",
            "$select": ",".join(self._query.select),  # dispensable: what is not wanted, records drop as well
        }
        return with_query(self._url, options, dispensable="$select")

    def _shrink(self, error: ServiceBusyError) -> None:
        """Ask for less, from the last key on, after a failure that the size of the page may have caused."""
        if error.heavy and self._page_size > MIN_PAGE_SIZE:
            self._page_size = self._most = max(MIN_PAGE_SIZE, self._page_size // 2)
            logger.debug("The next attempt asks for %d rows.", self._page_size)

    def _move_behind(self, page: RawPage) -> None:
        last = page.last_row()
        try:
            self._position = [
                (name, filters.literal(last.get(name), self._entity_set.columns[name].kind))
                for name in self._query.order_by
            ]
        except ValueError as error:
            raise DoubtfulReadError(
                f"The table at {self._url} cannot be read along its key: {error}"
            ) from error
        place = tuple(self._position)
        if place in self._visited:
            raise DoubtfulReadError(
                f"The table at {self._url} gave the same page twice: it does not honour `$filter`"
            )
        self._visited.add(place)

    def _is_last(self, page: RawPage) -> bool:
        """Tell whether the read ends behind a page.

        `$count` is believed of the page it came with alone: later, rows that came may stand in it for others
        that are still to be read.

        Raises:
            DoubtfulReadError: When there is said to be more behind an empty page.
        """
        if page.more:
            if not page.rows:
                raise DoubtfulReadError(f"The table at {self._url} gave an empty page and says there is more")
            return False
        return not page.rows or (page.count is not None and len(page.rows) >= page.count)

    def _compare_with_count(self) -> None:
        """Ask for `$count` again when fewer rows came than announced: some may have been deleted."""
        if self._count is None or self._received >= self._count:
            return
        url = with_query(self._url, {"$filter": self._query.where, "$top": "1", "$count": "true"})
        again = self._client.read(lambda: url, parse_page)
        if again.count is not None and self._received < again.count:
            raise DoubtfulReadError(
                f"The table at {self._url} announced {again.count} rows and gave {self._received}"
            )


def _fitting(most: int, row_bytes: float) -> int:
    """Choose how many rows make a page of the bytes aimed at.

    Args:
        most: How many rows may be asked for.
        row_bytes: Bytes of a row.
    """
    return min(most, max(MIN_PAGE_SIZE, int(PAGE_BYTES / row_bytes)))


def _estimate(entity_set: EntitySet) -> int:
    """Estimate the bytes of a row that nobody has seen, with all columns: `$select` may not be honoured."""
    size = 1
    for column in entity_set.columns.values():
        value = _VALUE
        if column.kind is ColumnKind.TEXT:
            value = min(column.max_length, _TEXT) if column.max_length else _UNLIMITED_TEXT
        size += len(column.name) + value + _PUNCTUATION
    return size


def columns_to_select(entity_set: EntitySet, wanted: Collection[str]) -> tuple[str, ...]:
    """Choose `$select`; none where every column is wanted, which keeps the address short."""
    selected = tuple(name for name in entity_set.columns if name in wanted)
    return () if len(selected) == len(entity_set.columns) else selected


def first_row(client: Client, url: str, query: Query) -> dict[str, Any] | None:
    """Read the first row of a query.

    Args:
        client: Who asks.
        url: Address of the entity set.
        query: What to read; its order may say `desc`.
    """
    options = {
        "$filter": query.where,
        "$orderby": ",".join(query.order_by),
        "$top": "1",
        "$select": ",".join(query.select),
    }
    page = client.read(lambda: with_query(url, options), parse_page)
    return next(page.decode(), None)
