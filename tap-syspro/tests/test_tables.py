"""The known tables."""

from __future__ import annotations

import pytest
from tap_syspro.changes.read_plan import plan
from tap_syspro.tables import TABLES, Method

from .situations import situation


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stream)
def test_every_table_has_what_its_method_needs(table):
    assert table.lack == ""
    assert table.key
    period = 202606 if len(table.period_columns) > 1 else 2026
    made = plan(table, situation(table, bookmark=period if table.method is Method.PERIODS else "2026-06-10"))
    for segment in made.segments:
        assert len(set(segment.order_by)) == len(segment.order_by)
        assert set(table.key) <= set(segment.order_by)


def test_streams_and_tables_are_named_once():
    assert (
        len({table.stream for table in TABLES}) == len({table.name for table in TABLES}) == len(TABLES) == 24
    )
