"""Read one stream of one company: plan, pages, records, bookmark. Knows nothing of Singer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_kit.errors import SettingsError

from tap_syspro.ahead import ReadAhead
from tap_syspro.errors import DoubtfulRead
from tap_syspro.headers import Headers
from tap_syspro.methods import SNAPSHOT_KEY, Plan, Segment, Situation, Value, plan
from tap_syspro.odata.metadata import Kind
from tap_syspro.odata.paging import Paging, Query, RawPage
from tap_syspro.periods import Ledger
from tap_syspro.records import KEY, ROWVERSION, RecordShape, Row, reader_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from tap_syspro.discovery import StreamDefinition
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.service import CompanyService
    from tap_syspro.settings import Settings

logger = logging.getLogger(__name__)

_MIDNIGHTS = {"", "00:00:00"}


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


class CompanyReader:
    """Reads one stream of one company, one page ahead of who writes it.

    The first request goes out when the reader is made.

    Args:
        service: The company.
        definition: The stream.
        settings: Page size, look-back and the rest.
        columns: The columns selected.
        bookmark: Where the company's bookmark stands.
        full_table: Whether the user chose FULL_TABLE.
        run_id: Id of this run.
        gate: Bounds the requests under way.
        waiting: Entered while a page is waited for.
    """

    def __init__(
        self,
        service: CompanyService,
        definition: StreamDefinition,
        settings: Settings,
        *,
        columns: Sequence[str],
        bookmark: Value | None,
        full_table: bool,
        run_id: str,
        gate: threading.Semaphore,
        waiting: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.company = service.company
        self._service = service
        self._definition = definition
        self._settings = settings
        self._columns = columns
        self._bookmark = bookmark
        self._full_table = full_table
        self._run_id = run_id
        self._pages = ReadAhead(self._raw_pages(), gate, waiting)

    def pages(self) -> Iterator[CompanyPage]:
        """Read the company.

        The bookmark of a snapshot comes behind its last page, on a page without records.

        Raises:
            KitError: When the company's table cannot be read, or not be trusted.
        """
        bookmark = self._bookmark
        started: datetime | None = None
        shape: RecordShape | None = None
        current: Segment | None = None
        last_key = ""
        for made, segment, raw in self._pages:
            started = started or raw.read_at
            entity_set = self._service.entity_set(self._definition.table.name)
            shape = shape or self._shape(entity_set)
            read_at = raw.read_at.isoformat()
            row: Row = {}
            records = []
            for row in raw.decode():
                records.append(shape.record(row, read_at))
            last_key = self._check_order(records, last_key if segment is current else "")
            current = segment
            self._check_midnight(entity_set, row)
            moved = bookmark
            if row and segment.position and made.moves:
                moved = made.advance(bookmark, segment.position(row))
            yield CompanyPage(records, raw.read_at, moved if moved != bookmark else None)
            bookmark = moved
        if started and made.moves and made.replication_key == SNAPSHOT_KEY:
            yield CompanyPage([], started, started.isoformat())

    def _raw_pages(self) -> Iterator[tuple[Plan, Segment, RawPage]]:
        """Ask for the pages; runs in the read-ahead's threads."""
        table = self._definition.table
        if not table.key:
            raise SettingsError(
                f"SYSPRO tells no key of {table.name}, and without one it cannot be read completely",
                setting="tables",
                remedy=f"Add an entry for {table.name} with `key`: the columns that identify a row",
            )
        if self._definition.optional and table.name not in self._service.entity_sets:
            logger.info("Company %s has no %s.", self.company, table.name)
            return
        entity_set = self._service.entity_set(table.name)
        made = plan(
            table,
            Situation(
                self._settings,
                entity_set,
                self._service.seen_at.date(),
                self._bookmark,
                self._full_table,
                Ledger(self._service, entity_set),
                Headers(self._service, self._settings.page_size),
            ),
        )
        for segment in made.segments:
            query = Query(segment.order_by, segment.where, self._select(entity_set, segment))
            paging = Paging(
                self._service.client,
                self._service.url(table.name),
                entity_set,
                query,
                self._settings.page_size,
            )
            for page in paging.pages():
                yield made, segment, page

    def _select(self, entity_set: EntitySet, segment: Segment) -> tuple[str, ...]:
        """Choose `$select`; none where every column is wanted, which keeps the address short."""
        wanted = {*self._columns, *self._definition.table.key, *segment.order_by}
        if timestamp := self._timestamp(entity_set):
            wanted.add(timestamp)
        selected = tuple(name for name in entity_set.columns if name in wanted)
        return () if len(selected) == len(entity_set.columns) else selected

    def _timestamp(self, entity_set: EntitySet) -> str | None:
        date_column = self._definition.table.date_column
        if date_column in entity_set.columns:
            return date_column
        return ROWVERSION if ROWVERSION in entity_set.columns else None

    def _shape(self, entity_set: EntitySet) -> RecordShape:
        midnights = self._definition.midnights
        table = self._definition.table
        columns = entity_set.columns
        timestamp = self._timestamp(entity_set)
        return RecordShape(
            company=self.company,
            table=table.name,
            key=table.key,
            readers={
                name: reader_of(columns[name], midnights=midnights) if name in columns else _absent
                for name in self._columns
            },
            key_readers=[reader_of(columns[name], midnights=midnights) for name in table.key],
            timestamp=timestamp,
            timestamp_is_date=timestamp is not None and timestamp == table.date_column,
            run_id=self._run_id,
        )

    def _check_order(self, records: Sequence[dict[str, Any]], last_key: str) -> str:
        """See that no two rows have the same key: rows would be lost between pages.

        Raises:
            DoubtfulRead: When two have.
        """
        for record in records:
            key: str = record[KEY]
            if key == last_key:
                raise DoubtfulRead(
                    f"{self._definition.table.name} holds two rows with the key {key}. "
                    "Add an entry to `tables` with the full `key` of the table"
                )
            last_key = key
        return last_key

    def _check_midnight(self, entity_set: EntitySet, row: Row) -> None:
        """Warn where a SYSPRO date has a time of day: then the service converts time zones."""
        if not self._definition.midnights:
            return
        for column in entity_set.columns.values():
            value = row.get(column.name)
            if column.kind is Kind.MOMENT and isinstance(value, str) and value[11:19] not in _MIDNIGHTS:
                logger.warning(
                    "%s.%s of company %s is %s, not a midnight: the OData service converts time zones, "
                    "so dates may be a day off. Have its time zone set to that of the database.",
                    entity_set.name,
                    column.name,
                    self.company,
                    value,
                )
                return


def _absent(_: object) -> None:
    """Read a column that this company does not have."""
