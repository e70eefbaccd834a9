"""The method `window`."""

from __future__ import annotations

from datetime import date

import pytest
from tap_syspro.changes.read_plan import plan
from tap_syspro.tables import BY_NAME

from .situations import situation, wheres


def test_the_first_run_of_a_window_reads_everything():
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table))
    assert wheres(made) == ["JournalDate eq null", "JournalDate ne null"]
    assert made.segments[1].order_by == ("JournalDate", "Supplier", "Invoice", "EntryNumber")


def test_a_window_goes_back_before_its_bookmark():
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=35))
    assert wheres(made)[1] == "JournalDate ge 2026-05-05T10:01:00Z"


def test_a_bookmark_in_the_future_counts_as_today():
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table, bookmark="2999-01-01", lookback_days=0))
    assert wheres(made)[1] == "JournalDate ge 2026-06-16T10:01:00Z"


@pytest.mark.parametrize(
    ("start", "bookmark", "bound"),
    [
        (date(2024, 1, 1), None, "2023-12-31T10:01:00Z"),
        (date(2024, 1, 1), "2026-06-10", "2026-05-05T10:01:00Z"),
        (date(2026, 6, 1), "2026-06-10", "2026-05-31T10:01:00Z"),
    ],
)
def test_the_later_of_start_date_and_bookmark_counts(start, bookmark, bound):
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table, bookmark=bookmark, start_date=start))
    assert wheres(made)[1] == f"JournalDate ge {bound}"
