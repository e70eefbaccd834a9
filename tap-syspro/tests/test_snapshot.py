"""The method `snapshot`."""

from __future__ import annotations

from datetime import datetime, timezone

from tap_syspro.changes.read_plan import plan
from tap_syspro.tables import BY_NAME

from .situations import situation, wheres


def test_the_bookmark_is_the_time_of_the_first_page():
    table = BY_NAME["ApSupplier"]
    made = plan(table, situation(table))
    assert wheres(made) == [""]
    assert made.segments[0].position is None
    assert made.bookmark_at_end(datetime(2026, 6, 17, 8, tzinfo=timezone.utc)) == "2026-06-17T08:00:00+00:00"
