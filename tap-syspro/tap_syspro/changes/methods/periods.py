"""The method `periods`: the last fiscal periods, or years, are read as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_syspro.bookmarks import period_reached, period_to_bookmark
from tap_syspro.changes.segments import ReadPlan, Segment
from tap_syspro.odata import filters
from tap_syspro.values import read_integer

if TYPE_CHECKING:
    from tap_syspro.bookmarks import Period
    from tap_syspro.changes.segments import Situation
    from tap_syspro.tables import Table


def plan(table: Table, situation: Situation) -> ReadPlan:
    """Plan the read of the open periods and those after them."""
    columns = table.period_columns
    current = situation.fiscal_periods.current(
        columns, table.date_column, situation.today, calendar=table.calendar
    )
    first = _first_period(table, situation, current)
    segment = Segment(
        filters.not_before(columns, first) if first else "",
        (*columns, *(name for name in table.key if name not in columns)),
        position=lambda row: period_to_bookmark(tuple(read_integer(row.get(name)) or 0 for name in columns)),
    )
    return ReadPlan((segment,), period_to_bookmark(current) if current else None)


def _first_period(table: Table, situation: Situation, current: Period | None) -> Period | None:
    """Find the first period that is read; None for all."""
    fiscal_periods, columns, settings = situation.fiscal_periods, table.period_columns, situation.settings
    if situation.bookmark is not None and current is not None:
        reached = period_reached(situation.bookmark, current)
        if len(columns) == 1:
            return (reached[0] - settings.open_years + 1,)
        return fiscal_periods.counted_back(columns, reached, settings.open_periods)
    if settings.start_date:
        return fiscal_periods.first_since(
            columns, table.date_column, settings.start_date, calendar=table.calendar
        )
    return None
