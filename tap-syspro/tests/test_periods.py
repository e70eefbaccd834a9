"""The method `periods`."""

from __future__ import annotations

from tap_syspro import bookmarks
from tap_syspro.changes.read_plan import plan
from tap_syspro.tables import BY_NAME

from .situations import situation, wheres


def test_periods_are_read_again_whole():
    table = BY_NAME["GenJournalDetail"]
    made = plan(table, situation(table, bookmark=202606, open_periods=3))
    assert wheres(made) == ["GlYear gt 2026 or (GlYear eq 2026 and GlPeriod ge 4)"]
    assert made.segments[0].order_by == ("GlYear", "GlPeriod", "Journal", "EntryNumber")


def test_periods_are_counted_back_from_the_bookmark_after_a_pause():
    table = BY_NAME["GenJournalDetail"]
    made = plan(table, situation(table, bookmark=202601, open_periods=3))
    assert wheres(made) == ["GlYear gt 2025 or (GlYear eq 2025 and GlPeriod ge 11)"]


def test_the_first_run_of_periods_reads_everything():
    table = BY_NAME["GenTransaction"]
    assert wheres(plan(table, situation(table))) == [""]


def test_balances_are_read_by_year():
    table = BY_NAME["GenHistory"]
    made = plan(table, situation(table, bookmark=2026, open_years=2))
    assert wheres(made) == ["GlYear ge 2025"]
    assert made.limit == 2026


def test_a_future_period_does_not_carry_the_bookmark_along():
    table = BY_NAME["GenTransaction"]
    made = plan(table, situation(table, bookmark=202605))
    position = made.segments[0].position({"GlYear": "2031", "GlPeriod": 1})
    assert position == 203101
    assert bookmarks.advance(202605, position, made.limit) == 202606
