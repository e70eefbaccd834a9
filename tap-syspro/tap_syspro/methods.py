"""How a table is read in this run: which rows, in which order, and what its bookmark says afterwards.

A read is a sequence of *segments*, each in an order without ties, so that it can be paged by key and its rows
are disjoint from those of the others. What has no place in time (rows without a date, open items) comes
first; the last segment runs along the bookmark, so that an interrupted read goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from singer_kit.errors import SettingsError

from tap_syspro.odata import literals
from tap_syspro.records import read_date, read_integer
from tap_syspro.tables import Method, Table

if TYPE_CHECKING:
    from tap_syspro.headers import Headers
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.periods import Ledger, Period
    from tap_syspro.settings import Settings

#: What a snapshot's bookmark tells: when the table was last read completely.
SNAPSHOT_KEY = "_syspro_read_at"

#: A bookmark: a date as text, a period as a number.
Value = str | int

Position = Callable[[Mapping[str, Any]], Value | None]


@dataclass(frozen=True)
class Segment:
    """One ordered read.

    Attributes:
        where: `$filter`.
        order_by: Columns without ties.
        position: Reads the bookmark that a row stands for; None where rows have no place in time.
    """

    where: str
    order_by: tuple[str, ...]
    position: Position | None = None


@dataclass(frozen=True)
class Plan:
    """The read of one table in one company.

    Attributes:
        segments: What is read, in this order.
        replication_key: What the bookmark follows.
        bookmark: Where the bookmark stands before the read.
        limit: What no bookmark may pass: SYSPRO's today, or its current period.
        moves: Whether the bookmark is kept; not so where the user chose FULL_TABLE.
    """

    segments: tuple[Segment, ...]
    replication_key: str
    bookmark: Value | None = None
    limit: Value | None = None
    moves: bool = True

    def advance(self, bookmark: Value | None, reached: Value | None) -> Value | None:
        """Move a bookmark to what was reached: never back, and never past the limit."""
        known = [value for value in (bookmark, reached) if value is not None]
        furthest = max(known, key=_order, default=None)
        if furthest is None or self.limit is None:
            return furthest
        return min(furthest, self.limit, key=_order)


def _order(value: Value) -> tuple[int, str]:
    """Dates compare as text and periods as numbers; a plan never mixes them."""
    return (value, "") if isinstance(value, int) else (0, value)


def replication_key_of(table: Table) -> str:
    """Name what the bookmark of a table follows, as it stands in STATE."""
    if table.method is Method.PERIODS:
        return ",".join(table.period_columns)
    return SNAPSHOT_KEY if table.method is Method.SNAPSHOT else table.date_column


@dataclass(frozen=True)
class Situation:
    """What a plan depends on besides the table.

    Attributes:
        settings: Look-back, start date and the rest.
        entity_set: The table as the company offers it.
        today: SYSPRO's date.
        bookmark: The company's bookmark, if any.
        full_table: Whether the user chose FULL_TABLE.
        ledger: Answers which periods there are.
        headers: Answers which documents changed, where the table holds their lines.
    """

    settings: Settings
    entity_set: EntitySet
    today: date
    bookmark: Value | None
    full_table: bool
    ledger: Ledger
    headers: Headers

    @property
    def reached(self) -> date | None:
        """The date up to which rows were delivered.

        Raises:
            SettingsError: When the state holds no date.
        """
        if self.bookmark is None:
            return None
        try:
            reached = date.fromisoformat(str(self.bookmark)[:10])
        except ValueError as error:
            raise SettingsError(
                f"The state holds {self.bookmark!r} where the date of {self.entity_set.name} should be",
                remedy="Correct the bookmark, or run once with a full refresh",
            ) from error
        return min(reached, self.today)


def plan(table: Table, situation: Situation) -> Plan:
    """Plan the read of a table."""
    if situation.full_table:
        everything = Segment(_gl_filter(table, situation), table.key)
        return Plan((everything,), replication_key_of(table), situation.bookmark, moves=False)
    made = _PLANNERS[table.method](table, situation)
    scope = _gl_filter(table, situation)
    segments = tuple(
        Segment(literals.all_of(scope, segment.where), segment.order_by, segment.position)
        for segment in made.segments
    )
    return Plan(segments, made.replication_key, made.bookmark, made.limit, made.moves)


def _gl_filter(table: Table, situation: Situation) -> str:
    """Narrow a ledger table to the companies asked for, where it tells them apart."""
    companies = situation.settings.gl_company_filter
    if not table.gl or not companies or "Company" not in situation.entity_set.columns:
        return ""
    return literals.any_of(*(f"Company eq {literals.text(company)}" for company in companies))


def _snapshot(table: Table, situation: Situation) -> Plan:
    return Plan((Segment("", table.key),), SNAPSHOT_KEY, situation.bookmark)


def _window(table: Table, situation: Situation) -> Plan:
    segments = _window_segments(table, situation)
    return Plan(segments, replication_key_of(table), situation.bookmark, situation.today.isoformat())


def _window_segments(table: Table, situation: Situation) -> tuple[Segment, ...]:
    column = table.date_column
    start = _window_start(situation)
    kind = situation.entity_set.columns[column].kind
    dated = f"{column} ge {literals.start_of(start, kind)}" if start else f"{column} ne null"
    return (
        Segment(f"{column} eq null", table.key),
        Segment(
            dated,
            (column, *(name for name in table.key if name != column)),
            position=lambda row: read_date(row.get(column)),
        ),
    )


def _window_start(situation: Situation) -> date | None:
    """The first date that is read: the later of start date and bookmark less the look-back."""
    starts = [situation.settings.start_date] if situation.settings.start_date else []
    if reached := situation.reached:
        starts.append(reached - timedelta(days=situation.settings.lookback_days))
    return max(starts, default=None)


def _open_items(table: Table, situation: Situation) -> Plan:
    segments = _window_segments(table, situation)
    start = _window_start(situation)
    if start:
        column = table.date_column
        kind = situation.entity_set.columns[column].kind
        older = f"{column} lt {literals.start_of(start, kind)}"
        undated = tuple(
            Segment(literals.all_of(changing, older), table.key)
            for changing in _changing(table, situation, start)
        )
        segments = (*undated, *segments)
    return Plan(segments, replication_key_of(table), situation.bookmark, situation.today.isoformat())


def _changing(table: Table, situation: Situation, start: date) -> Iterator[str]:
    """Select what may have changed however old it is: open items, or the lines of open documents."""
    if table.header and (entity_set := situation.headers.entity_set(table.header)):
        where = next(_changing(table.header, replace(situation, entity_set=entity_set), start))
        documents = situation.headers.keys(table.header, entity_set, where)
        if documents is not None:
            yield from literals.one_of(table.key[0], documents)
            return
    yield literals.any_of(table.open_filter, _closed_lately(table, situation, start))


def _closed_lately(table: Table, situation: Situation, start: date) -> str:
    """Select documents closed since the last run and in the open periods before it.

    Without a bookmark there was no last run: what was closed before the start date is not wanted.
    """
    if table.closing is None or situation.reached is None:
        return ""
    columns = table.closing.columns
    if table.closing.posted is None:
        kind = situation.entity_set.columns[columns[0]].kind
        return f"{columns[0]} ge {literals.start_of(start, kind)}"
    ledger, posted = situation.ledger, table.closing.posted
    period = ledger.first_since(posted, table.date_column, situation.reached)
    return literals.not_before(columns, ledger.counted_back(posted, period, situation.settings.open_periods))


def _periods(table: Table, situation: Situation) -> Plan:
    ledger, columns, settings = situation.ledger, table.period_columns, situation.settings
    current = ledger.current(columns, table.date_column, situation.today, calendar=table.calendar)
    if situation.bookmark is not None and current is not None:
        reached = min(period_from_bookmark(situation.bookmark, len(columns)), current)
        if len(columns) == 1:
            first: Period | None = (reached[0] - settings.open_years + 1,)
        else:
            first = ledger.counted_back(columns, reached, settings.open_periods)
    elif settings.start_date:
        first = ledger.first_since(columns, table.date_column, settings.start_date, calendar=table.calendar)
    else:
        first = None
    segment = Segment(
        literals.not_before(columns, first) if first else "",
        (*columns, *(name for name in table.key if name not in columns)),
        position=lambda row: period_to_bookmark(tuple(read_integer(row.get(name)) or 0 for name in columns)),
    )
    limit = period_to_bookmark(current) if current else None
    return Plan((segment,), replication_key_of(table), situation.bookmark, limit)


_PERIODS_IN_A_YEAR = 100


def period_to_bookmark(period: Period) -> int:
    """Write a period as one number: 2026 and 6 as 202606, a year as it is."""
    number = 0
    for part in period:
        number = number * _PERIODS_IN_A_YEAR + part
    return number


def period_from_bookmark(bookmark: Value, parts: int) -> Period:
    """Read a period that `period_to_bookmark` wrote."""
    number = int(bookmark)
    return (number,) if parts == 1 else divmod(number, _PERIODS_IN_A_YEAR)


_PLANNERS: Mapping[Method, Callable[[Table, Situation], Plan]] = {
    Method.SNAPSHOT: _snapshot,
    Method.WINDOW: _window,
    Method.OPEN_ITEMS: _open_items,
    Method.PERIODS: _periods,
}
