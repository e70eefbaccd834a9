"""Read one stream of one company: plan, pages, records, bookmark. Knows nothing of Singer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_kit.contract import KEY

from tap_syspro.bookmarks import Value, advance
from tap_syspro.changes.fiscal_periods import FiscalPeriods
from tap_syspro.changes.order_lines import OrderLines
from tap_syspro.changes.read_plan import plan
from tap_syspro.changes.segments import ReadPlan, Segment, Situation
from tap_syspro.method_fallback import check_columns
from tap_syspro.odata.paging import Paging, Query, columns_to_select
from tap_syspro.read_ahead import ReadAhead
from tap_syspro.records import RecordShape, Row, shape_of
from tap_syspro.shifted_dates import DateCheck
from tap_syspro.table_keys import check_distinct, check_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tap_syspro.companies import Company
    from tap_syspro.discovery import StreamDefinition
    from tap_syspro.odata.json_pages import RawPage
    from tap_syspro.run_context import RunContext

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CompanyPage:
    """One page of records.

    Attributes:
        records: The records.
        read_at: SYSPRO's clock when the page was read.
        bookmark: Where the bookmark stands behind the page; None where it did not move.
    """

    records: list[dict[str, Any]]
    read_at: datetime
    bookmark: Value | None


@dataclass(frozen=True)
class _PlannedPage:
    """One page as it came, and what it is a part of."""

    plan: ReadPlan
    segment: Segment
    shape: RecordShape
    dates: DateCheck
    raw: RawPage


class CompanyReader:
    """The read of one stream of one company, one page ahead of who writes it.

    The first request goes out when the reader is made.

    Args:
        context: What all streams of the run share.
        company: The company.
        definition: The stream.
        columns: The columns selected.
        bookmark: Where the company's bookmark stands.
        full_table: Whether the user chose FULL_TABLE.
    """

    def __init__(
        self,
        context: RunContext,
        company: Company,
        definition: StreamDefinition,
        *,
        columns: Sequence[str],
        bookmark: Value | None,
        full_table: bool,
    ) -> None:
        self.company = company.id
        self._context = context
        self._company = company.for_part()
        self._definition = definition
        self._table = definition.table
        self._columns = columns
        self._bookmark = bookmark
        self._full_table = full_table
        self._pages = ReadAhead(self._planned_pages(), context.gate, context.shutdown.reading)

    def pages(self) -> Iterator[CompanyPage]:
        """Read the company.

        A bookmark that the plan wants at the end comes behind the last page, on a page without records.

        Raises:
            KitError: When the company's table cannot be read, or not be trusted.
        """
        bookmark = self._bookmark
        first: _PlannedPage | None = None
        segment: Segment | None = None
        last_key = ""
        for page in self._pages:
            first = first or page
            read_at = page.raw.read_at.isoformat()
            row: Row = {}
            records = []
            for row in page.raw.decode():
                page.dates.look_at(row)
                records.append(page.shape.record(row, read_at))
            keys = [record[KEY] for record in records]
            last_key = check_distinct(self._table.name, keys, last_key if page.segment is segment else "")
            segment = page.segment
            moved = bookmark
            if row and segment.position and page.plan.moves:
                moved = advance(bookmark, segment.position(row), page.plan.limit)
            yield CompanyPage(records, page.raw.read_at, moved if moved != bookmark else None)
            bookmark = moved
        if first and first.plan.moves and first.plan.bookmark_at_end:
            first_read_at = first.raw.read_at
            yield CompanyPage([], first_read_at, first.plan.bookmark_at_end(first_read_at))

    def _planned_pages(self) -> Iterator[_PlannedPage]:
        """Ask for the pages; runs in the read-ahead's threads."""
        table, settings = self._table, self._context.settings
        check_key(table)
        if table.name not in self._company.entity_sets and self._bookmark is None:
            # A module that the company never licensed; of one that it has had, the next line says more.
            logger.info("Company %s has no table %s: nothing to read.", self.company, table.name)
            return
        entity_set = self._company.entity_set(table.name)
        check_columns(table, entity_set, self.company, whole=self._full_table)
        shape = shape_of(
            table,
            entity_set,
            types=self._definition.columns,
            company=self.company,
            columns=self._columns,
            run_id=self._context.run_id,
        )
        dates = DateCheck(entity_set, shape.source_columns, self.company)
        made = plan(
            table,
            Situation(
                settings,
                entity_set,
                self._company.seen_at.date(),
                self._bookmark,
                self._full_table,
                FiscalPeriods(self._company, entity_set),
                OrderLines(self._company, settings.page_size),
            ),
        )
        for segment in made.segments:
            select = columns_to_select(entity_set, {*shape.source_columns, *segment.order_by})
            query = Query(segment.order_by, segment.where, select)
            url = self._company.url(table.name)
            paging = Paging(self._company.client, url, entity_set, query, settings.page_size)
            for raw in paging.pages():
                yield _PlannedPage(made, segment, shape, dates, raw)
