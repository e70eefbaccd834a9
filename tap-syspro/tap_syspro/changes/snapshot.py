"""The method `snapshot`: the whole table is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_syspro.changes.segments import ReadPlan, Segment

if TYPE_CHECKING:
    from tap_syspro.changes.segments import Situation
    from tap_syspro.tables import Table


def plan(table: Table, situation: Situation) -> ReadPlan:
    """Plan one read along the key."""
    del situation
    return ReadPlan((Segment("", table.key),))
