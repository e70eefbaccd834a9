"""The method `snapshot`: the whole table is read; its bookmark tells when it was last read completely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_syspro.changes.segments import ReadPlan, Segment

if TYPE_CHECKING:
    from datetime import datetime

    from tap_syspro.changes.segments import Situation
    from tap_syspro.tables import Table


def plan(table: Table, situation: Situation) -> ReadPlan:
    """Plan one read along the key, with one bookmark behind the last page."""
    del situation
    return ReadPlan((Segment("", table.key),), bookmark_at_end=_bookmark)


def _bookmark(first_read_at: datetime) -> str:
    """Write the time of the first page: what changed while the others were read may not be in them."""
    return first_read_at.isoformat()
