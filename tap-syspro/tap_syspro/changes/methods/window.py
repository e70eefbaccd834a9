"""The method `window`: rows dated from the bookmark less a look-back, and rows without a date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tap_syspro.changes.segments import ReadPlan, Segment
from tap_syspro.odata import filters
from tap_syspro.values import read_date

if TYPE_CHECKING:
    from tap_syspro.changes.segments import Situation
    from tap_syspro.tables import Table


def plan(table: Table, situation: Situation) -> ReadPlan:
    """Plan the read of a window."""
    return ReadPlan(window_segments(table, situation), situation.today.isoformat())


def window_segments(table: Table, situation: Situation) -> tuple[Segment, ...]:
    """Read what has no date, then what is dated in the window, along the date."""
    column = table.date_column
    start = window_start(situation)
    kind = situation.entity_set.columns[column].kind
    dated = f"{column} ge {filters.start_of(start, kind)}" if start else f"{column} ne null"
    return (
        Segment(f"{column} eq null", table.key),
        Segment(
            dated,
            (column, *(name for name in table.key if name != column)),
            position=lambda row: read_date(row.get(column)),
        ),
    )


def window_start(situation: Situation) -> date | None:
    """Find the first date that is read: the later of start date and bookmark less the look-back."""
    starts = [situation.settings.start_date] if situation.settings.start_date else []
    if reached := situation.reached:
        starts.append(reached - timedelta(days=situation.settings.lookback_days))
    return max(starts, default=None)
