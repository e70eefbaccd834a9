"""What a bookmark holds, and how far it moves."""

from __future__ import annotations

import pytest
from singer_kit.errors import SettingsError
from tap_syspro import bookmarks
from tap_syspro.changes.read_plan import plan
from tap_syspro.tables import BY_NAME

from .situations import situation


def test_a_bookmark_never_goes_back():
    today = "2026-06-17"
    assert bookmarks.advance("2026-06-10", "2026-05-01", today) == "2026-06-10"
    assert bookmarks.advance("2026-06-10", None, today) == "2026-06-10"
    assert bookmarks.advance(None, "2026-05-01", today) == "2026-05-01"
    assert bookmarks.advance(None, None, today) is None


def test_a_bookmark_that_stands_in_the_future_comes_back():
    assert bookmarks.advance("2999-01-01", "2026-05-01", "2026-06-17") == "2026-06-17"


def test_a_bookmark_that_is_no_date_is_named():
    table = BY_NAME["ApInvoicePay"]
    with pytest.raises(SettingsError, match="'yesterday' where the date of ApInvoicePay"):
        plan(table, situation(table, bookmark="yesterday"))


def test_every_period_written_is_read_back():
    for period in ((2026,), (2026, 1), (2026, 15)):
        assert bookmarks.period_from_bookmark(bookmarks.period_to_bookmark(period), len(period)) == period


def test_a_bookmark_of_another_column_counts_for_nothing():
    state = bookmarks.Bookmark("JournalDate", "2026-06-10").to_state()
    stream_state = {"companies": {"A": state}}
    assert bookmarks.bookmark_of(stream_state, "A", "JournalDate") == "2026-06-10"
    assert bookmarks.bookmark_of(stream_state, "A", "InvoiceDate") is None
    assert bookmarks.bookmark_of(stream_state, "B", "JournalDate") is None


def test_a_company_in_doubt_has_its_old_bookmark_back():
    before = {"companies": {"A": {"replication_key_value": "2026-06-01"}}}
    state = {"companies": {"A": {"replication_key_value": "2026-06-09"}, "B": {"x": 1}}, "other": 2}
    bookmarks.put_back(state, "A", before)
    bookmarks.put_back(state, "B", before)
    assert state == {"companies": {"A": {"replication_key_value": "2026-06-01"}}, "other": 2}
