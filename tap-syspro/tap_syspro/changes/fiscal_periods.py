"""Which fiscal periods there are, as the rows of a table show them: the current one, the last ones.

A fiscal calendar is each company's own: 12 to 15 periods, beginning anywhere in the year (SYSPRO reference,
"Fiscal periods"). So nothing is computed from dates; a few one-row reads ask which periods have postings.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tap_syspro.errors import AccessDeniedError
from tap_syspro.odata import filters
from tap_syspro.odata.paging import Query, first_row
from tap_syspro.values import read_integer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_syspro.bookmarks import Period
    from tap_syspro.companies import Company
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.tables import Table


class FiscalPeriods:
    """The periods that a table has.

    Args:
        company: The company.
        entity_set: The table.
    """

    def __init__(self, company: Company, entity_set: EntitySet) -> None:
        self._company = company
        self._entity_set = entity_set

    def current(
        self, columns: Sequence[str], date_column: str, today: date, *, calendar: Table | None = None
    ) -> Period | None:
        """Find the highest period with a posting dated not after today.

        Where nothing is dated, the calendar's month bounds it. A fiscal year that runs ahead of the calendar
        is then counted back from too early; since everything after the start is read, that only reads more.

        Args:
            columns: Fiscal year and period.
            date_column: Date of the posting.
            today: The last date that counts.
            calendar: A table of the same ledger that has dates, where this one has none.
        """
        tomorrow = today + timedelta(days=1)
        return self._dated(columns, date_column, calendar, ("lt", tomorrow), "desc") or self._extreme(
            self._entity_set, columns, _below(columns, (today.year, today.month), "le"), "desc"
        )

    def counted_back(self, columns: Sequence[str], period: Period, count: int) -> Period:
        """Find the first of the last `count` periods with postings that end with `period`."""
        for _ in range(count - 1):
            before = self._extreme(self._entity_set, columns, _below(columns, period, "lt"), "desc")
            if before is None:
                break
            period = before
        return period

    def first_since(
        self, columns: Sequence[str], date_column: str, start: date, *, calendar: Table | None = None
    ) -> Period:
        """Find the lowest period that may hold what belongs to a date or after it.

        That is the lowest with a posting so dated. Where nothing is dated, it is the year before the date's:
        a fiscal year bears the number of the calendar year in which it begins, or in which it ends. The same
        bounds what another table dates, as postings are purged and balances of their years stay (SYSPRO
        reference, "Ledger tables").
        """
        found = self._dated(columns, date_column, calendar, ("ge", start), "asc")
        earliest = (start.year - 1, 1)[: len(columns)]
        if found is None:
            return earliest
        return min(found, earliest) if calendar else found

    def _dated(
        self,
        columns: Sequence[str],
        date_column: str,
        calendar: Table | None,
        bound: tuple[str, date],
        direction: str,
    ) -> Period | None:
        entity_set: EntitySet | None = self._entity_set
        if calendar:
            entity_set, date_column = self._company.entity_sets.get(calendar.name), calendar.date_column
        if entity_set is None or date_column not in entity_set.columns:
            return None
        comparison, day = bound
        where = f"{date_column} {comparison} {filters.start_of(day, entity_set.columns[date_column].kind)}"
        try:
            return self._extreme(entity_set, columns, where, direction)
        except AccessDeniedError:
            if calendar is None:
                raise
            return None

    def _extreme(
        self, entity_set: EntitySet, columns: Sequence[str], where: str, direction: str
    ) -> Period | None:
        query = Query(tuple(f"{column} {direction}" for column in columns), where, tuple(columns))
        row = first_row(self._company.client, self._company.url(entity_set.name), query)
        return None if row is None else tuple(read_integer(row[column]) or 0 for column in columns)


def _below(columns: Sequence[str], period: Period, last: str) -> str:
    if len(columns) == 1:
        return f"{columns[0]} {last} {period[0]}"
    year, number = columns
    return filters.any_of(f"{year} lt {period[0]}", f"{year} eq {period[0]} and {number} {last} {period[1]}")
