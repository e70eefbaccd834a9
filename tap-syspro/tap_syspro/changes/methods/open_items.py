"""The method `open_items`: the window, and older rows that are still open or were closed lately.

What counts as open, and as closed, `open_documents` says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tap_syspro.changes.methods.window import window_segments, window_start
from tap_syspro.changes.segments import ReadPlan, Segment
from tap_syspro.odata import filters

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tap_syspro.changes.segments import Situation
    from tap_syspro.tables import Table


def plan(table: Table, situation: Situation) -> ReadPlan:
    """Plan the read of what may have changed before the window, then of the window."""
    segments = window_segments(table, situation)
    start = window_start(situation)
    if start:
        column = table.date_column
        kind = situation.entity_set.columns[column].kind
        older = f"{column} lt {filters.start_of(start, kind)}"
        undated = tuple(
            Segment(filters.all_of(changing, older), table.key)
            for changing in _changing(table, situation, start)
        )
        segments = (*undated, *segments)
    return ReadPlan(segments, situation.today.isoformat())


def _changing(table: Table, situation: Situation, start: date) -> Iterable[str]:
    """Select what may have changed however old it is: open items, or the lines of orders that changed."""
    changing = _open_or_closed_lately(table, situation, start)
    orders = table.header
    if orders is None:
        return (changing,)
    return situation.order_lines.of_changed_orders(
        table,
        orders,
        lambda offered: _open_or_closed_lately(orders, replace(situation, entity_set=offered), start),
        by_themselves=changing,
    )


def _open_or_closed_lately(table: Table, situation: Situation, start: date) -> str:
    return filters.any_of(table.open_filter, _closed_lately(table, situation, start))


def _closed_lately(table: Table, situation: Situation, start: date) -> str:
    """Select documents closed since the last run and in the open periods before it.

    Without a bookmark there was no last run: what was closed before the start date is not wanted.
    """
    if table.closing is None or situation.reached is None:
        return ""
    columns = table.closing.columns
    if table.closing.posted is None:
        kind = situation.entity_set.columns[columns[0]].kind
        return f"{columns[0]} ge {filters.start_of(start, kind)}"
    fiscal_periods, posted = situation.fiscal_periods, table.closing.posted
    period = fiscal_periods.first_since(posted, table.date_column, situation.reached)
    return filters.not_before(
        columns, fiscal_periods.counted_back(posted, period, situation.settings.open_periods)
    )
