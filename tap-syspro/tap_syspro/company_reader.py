"""Read one stream of one company: plan, pages, records, bookmark. Knows nothing of Singer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_kit.contract import KEY
from singer_kit.errors import SettingsError

from tap_syspro.bookmarks import SNAPSHOT_KEY, Value, advance, replication_key_of
from tap_syspro.changes.changed_orders import ChangedOrders
from tap_syspro.changes.posted_periods import Ledger
from tap_syspro.changes.read_plan import plan
from tap_syspro.changes.segments import ReadPlan, Segment, Situation
from tap_syspro.column_types import has_dates_only, shifted_date
from tap_syspro.odata.paging import Paging, Query
from tap_syspro.read_ahead import ReadAhead
from tap_syspro.record_key import check_distinct
from tap_syspro.records import RecordShape, Row, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tap_syspro.companies import Company
    from tap_syspro.discovery import StreamDefinition
    from tap_syspro.odata.json_pages import RawPage
    from tap_syspro.odata.metadata import EntitySet
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
    entity_set: EntitySet
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
        self._company = company
        self._definition = definition
        self._table = definition.table
        self._columns = columns
        self._bookmark = bookmark
        self._full_table = full_table
        self._pages = ReadAhead(self._planned_pages(), context.gate, context.shutdown.reading)

    def pages(self) -> Iterator[CompanyPage]:
        """Read the company.

        The bookmark of a snapshot comes behind its last page, on a page without records.

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
                records.append(page.shape.record(row, read_at))
            keys = [record[KEY] for record in records]
            last_key = check_distinct(self._table.name, keys, last_key if page.segment is segment else "")
            segment = page.segment
            self._check_dates(page.entity_set, row)
            moved = bookmark
            if row and segment.position and page.plan.moves:
                moved = advance(bookmark, segment.position(row), page.plan.limit)
            yield CompanyPage(records, page.raw.read_at, moved if moved != bookmark else None)
            bookmark = moved
        if first and first.plan.moves and replication_key_of(self._table) == SNAPSHOT_KEY:
            yield CompanyPage([], first.raw.read_at, first.raw.read_at.isoformat())

    def _planned_pages(self) -> Iterator[_PlannedPage]:
        """Ask for the pages; runs in the read-ahead's threads."""
        table, settings = self._table, self._context.settings
        if not table.key:
            raise SettingsError(
                f"SYSPRO tells no key of {table.name}, and without one it cannot be read completely",
                setting="tables",
                remedy=f"Add an entry for {table.name} with `key`: the columns that identify a row",
            )
        if self._definition.optional and table.name not in self._company.entity_sets:
            logger.debug("Company %s has no table %s.", self.company, table.name)
            return
        entity_set = self._company.entity_set(table.name)
        shape = shape_of(
            table,
            entity_set,
            company=self.company,
            columns=self._columns,
            run_id=self._context.run_id,
        )
        made = plan(
            table,
            Situation(
                settings,
                entity_set,
                self._company.seen_at.date(),
                self._bookmark,
                self._full_table,
                Ledger(self._company, entity_set),
                ChangedOrders(self._company, settings.page_size),
            ),
        )
        for segment in made.segments:
            query = Query(segment.order_by, segment.where, _select(entity_set, shape, segment))
            url = self._company.url(table.name)
            paging = Paging(self._company.client, url, entity_set, query, settings.page_size)
            for raw in paging.pages():
                yield _PlannedPage(made, segment, shape, entity_set, raw)

    def _check_dates(self, entity_set: EntitySet, row: Row) -> None:
        """Warn where a SYSPRO date has a time of day."""
        if not has_dates_only(self._table.name):
            return
        if column := shifted_date(entity_set.columns, row):
            logger.warning(
                "The date %s.%s of company %s is %s, not a midnight: the OData service converts time zones. "
                "Dates may be a day off; have its time zone set to that of the database.",
                entity_set.name,
                column,
                self.company,
                row[column],
            )


def _select(entity_set: EntitySet, shape: RecordShape, segment: Segment) -> tuple[str, ...]:
    """Choose `$select`; none where every column is wanted, which keeps the address short."""
    wanted = {*shape.source_columns, *segment.order_by}
    selected = tuple(name for name in entity_set.columns if name in wanted)
    return () if len(selected) == len(entity_set.columns) else selected
