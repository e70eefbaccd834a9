"""How a table is read in this run: by its method, or whole where the user chose FULL_TABLE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tap_syspro.changes.gl_company_filter import gl_company_filter
from tap_syspro.changes.methods import open_items, periods, snapshot, window
from tap_syspro.changes.segments import ReadPlan, Segment, Situation
from tap_syspro.odata import filters
from tap_syspro.tables import Method, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def plan(table: Table, situation: Situation) -> ReadPlan:
    """Plan the read of a table."""
    if situation.full_table:
        made = replace(snapshot.plan(table, situation), moves=False)
    else:
        made = _PLANNERS[table.method](table, situation)
    scope = gl_company_filter(table, situation)
    segments = tuple(
        Segment(filters.all_of(scope, segment.where), segment.order_by, segment.position)
        for segment in made.segments
    )
    return replace(made, segments=segments)


_PLANNERS: Mapping[Method, Callable[[Table, Situation], ReadPlan]] = {
    Method.SNAPSHOT: snapshot.plan,
    Method.WINDOW: window.plan,
    Method.OPEN_ITEMS: open_items.plan,
    Method.PERIODS: periods.plan,
}
