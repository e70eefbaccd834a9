"""Which rows a run reads, per method."""

from __future__ import annotations

from datetime import date

import pytest
from singer_kit.errors import SettingsError
from tap_syspro import methods
from tap_syspro.methods import Situation, plan
from tap_syspro.odata.metadata import Column, EntitySet, Kind
from tap_syspro.odata.urls import encode
from tap_syspro.settings import Settings
from tap_syspro.tables import BY_NAME, TABLES, Method

TODAY = date(2026, 6, 17)


class FixedLedger:
    """A ledger of monthly periods, 2025/1 to 2026/6."""

    periods = tuple((year, month) for year in (2025, 2026) for month in range(1, 13))[:18]

    def current(self, columns, date_column, today, *, calendar=None):
        reached = [period for period in self.periods if period <= (today.year, today.month)]
        return reached[-1][: len(columns)] if reached else None

    def counted_back(self, columns, period, count):
        return self.periods[max(0, self.periods.index(period) - count + 1)]

    def first_since(self, columns, date_column, start, *, calendar=None):
        return next(
            (each[: len(columns)] for each in self.periods if each >= (start.year, start.month)), None
        )


class FixedHeaders:
    """Documents of a list, or none that may be read."""

    def __init__(self, documents=None):
        self.documents = documents
        self.where = ""

    def entity_set(self, table):
        columns = {name: Column(name, Kind.MOMENT) for name in (*table.key, *table.method_columns)}
        return EntitySet(table.name, columns, table.key)

    def keys(self, table, entity_set, where):
        self.where = where
        return self.documents


def situation(table, *, bookmark=None, full_table=False, headers=None, **settings):
    names = {*table.key, *table.method_columns, *table.period_columns, "Company"}
    kinds = {"Date": Kind.MOMENT}
    columns = {name: Column(name, kinds.get(name[-4:], Kind.TEXT)) for name in names}
    if table.date_column:
        columns[table.date_column] = Column(table.date_column, Kind.MOMENT)
    for name in table.closing.columns if table.closing and not table.closing.posted else ():
        columns[name] = Column(name, Kind.MOMENT)
    return Situation(
        Settings(odata_url="", odata_username="", odata_password="", companies=("A",), **settings),
        EntitySet(table.name, columns, table.key),
        TODAY,
        bookmark,
        full_table,
        FixedLedger(),
        headers or FixedHeaders(),
    )


def filters(made):
    return [segment.where for segment in made.segments]


def test_the_first_run_of_a_window_reads_everything():
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table))
    assert filters(made) == ["JournalDate eq null", "JournalDate ne null"]
    assert made.segments[1].order_by == ("JournalDate", "Supplier", "Invoice", "EntryNumber")


def test_a_window_goes_back_before_its_bookmark():
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=35))
    assert filters(made)[1] == "JournalDate ge 2026-05-05T10:00:00Z"


def test_a_bookmark_in_the_future_counts_as_today():
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table, bookmark="2999-01-01", lookback_days=0))
    assert filters(made)[1] == "JournalDate ge 2026-06-16T10:00:00Z"


@pytest.mark.parametrize(
    ("start", "bookmark", "bound"),
    [
        (date(2024, 1, 1), None, "2023-12-31T10:00:00Z"),
        (date(2024, 1, 1), "2026-06-10", "2026-05-05T10:00:00Z"),
        (date(2026, 6, 1), "2026-06-10", "2026-05-31T10:00:00Z"),
    ],
)
def test_the_later_of_start_date_and_bookmark_counts(start, bookmark, bound):
    table = BY_NAME["ApInvoicePay"]
    made = plan(table, situation(table, bookmark=bookmark, start_date=start))
    assert filters(made)[1] == f"JournalDate ge {bound}"


def test_open_items_are_read_however_old_they_are():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, start_date=date(2026, 1, 1)))
    assert filters(made)[0] == (
        "(MthInvBal1 ne 0 or MthInvBal2 ne 0 or MthInvBal3 ne 0) and InvoiceDate lt 2025-12-31T10:00:00Z"
    )


def test_invoices_paid_lately_are_read_again():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, bookmark="2026-03-15", open_periods=3))
    assert "YearInvBalZero gt 2026 or (YearInvBalZero eq 2026 and MonthInvBalZero ge 1)" in filters(made)[0]


def test_orders_completed_lately_are_read_again():
    table = BY_NAME["PorMasterHdr"]
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=9))
    assert filters(made)[0] == (
        "(OrderStatus ne '9' or DatePoCompleted ge 2026-05-31T10:00:00Z) and "
        "OrderEntryDate lt 2026-05-31T10:00:00Z"
    )


def test_lines_are_read_again_as_long_as_their_order_may_change():
    table = BY_NAME["PorMasterDetail"]
    headers = FixedHeaders([f"'{number:015d}'" for number in range(100)])
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=9, headers=headers))
    assert headers.where == "OrderStatus ne '9' or DatePoCompleted ge 2026-05-31T10:00:00Z"
    *chunks, _, _ = filters(made)
    assert "PurchaseOrder eq '000000000000099'" in chunks[-1]
    assert sum(chunk.count("PurchaseOrder eq") for chunk in chunks) == 100
    assert all(chunk.endswith(") and MLastReceiptDat lt 2026-05-31T10:00:00Z") for chunk in chunks)
    assert all(len(encode(chunk)) < 2048 - 500 for chunk in chunks)


def test_lines_go_by_themselves_where_the_orders_may_not_be_read():
    table = BY_NAME["PorMasterDetail"]
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=9))
    assert filters(made)[0] == "MCompleteFlag ne 'Y' and MLastReceiptDat lt 2026-05-31T10:00:00Z"


def test_only_the_part_along_the_date_moves_the_bookmark():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, bookmark="2026-06-10"))
    assert [segment.position is not None for segment in made.segments] == [False, False, True]


def test_periods_are_read_again_whole():
    table = BY_NAME["GenJournalDetail"]
    made = plan(table, situation(table, bookmark=202606, open_periods=3))
    assert filters(made) == ["GlYear gt 2026 or (GlYear eq 2026 and GlPeriod ge 4)"]
    assert made.segments[0].order_by == ("GlYear", "GlPeriod", "Journal", "EntryNumber")


def test_periods_are_counted_back_from_the_bookmark_after_a_pause():
    table = BY_NAME["GenJournalDetail"]
    made = plan(table, situation(table, bookmark=202601, open_periods=3))
    assert filters(made) == ["GlYear gt 2025 or (GlYear eq 2025 and GlPeriod ge 11)"]


def test_the_first_run_of_periods_reads_everything():
    table = BY_NAME["GenTransaction"]
    assert filters(plan(table, situation(table))) == [""]


def test_balances_are_read_by_year():
    table = BY_NAME["GenHistory"]
    made = plan(table, situation(table, bookmark=2026, open_years=2))
    assert filters(made) == ["GlYear ge 2025"]
    assert made.limit == 2026


def test_a_future_period_does_not_carry_the_bookmark_along():
    table = BY_NAME["GenTransaction"]
    made = plan(table, situation(table, bookmark=202605))
    position = made.segments[0].position({"GlYear": "2031", "GlPeriod": 1})
    assert position == 203101
    assert made.advance(202605, position) == 202606


def test_a_bookmark_never_goes_back():
    made = methods.Plan((), "JournalDate", "2026-06-10", "2026-06-17")
    assert made.advance("2026-06-10", "2026-05-01") == "2026-06-10"
    assert made.advance("2026-06-10", None) == "2026-06-10"
    assert made.advance(None, "2026-05-01") == "2026-05-01"


def test_a_bookmark_that_stands_in_the_future_comes_back():
    made = methods.Plan((), "JournalDate", "2999-01-01", "2026-06-17")
    assert made.advance("2999-01-01", "2026-05-01") == "2026-06-17"


def test_a_bookmark_that_is_no_date_is_named():
    table = BY_NAME["ApInvoicePay"]
    with pytest.raises(SettingsError, match="'yesterday' where the date of ApInvoicePay"):
        plan(table, situation(table, bookmark="yesterday"))


def test_full_table_reads_all_rows_and_keeps_the_bookmark():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, bookmark="2026-06-10", full_table=True))
    assert filters(made) == [""]
    assert made.moves is False


def test_the_ledger_filter_goes_into_every_segment():
    table = BY_NAME["GenTransaction"]
    made = plan(table, situation(table, bookmark=202606, gl_company_filter=("10", "O'N")))
    assert filters(made)[0].startswith("(Company eq '10' or Company eq 'O''N') and (GlYear gt ")
    assert filters(
        plan(BY_NAME["ApSupplier"], situation(BY_NAME["ApSupplier"], gl_company_filter=("10",)))
    ) == [""]


def test_every_period_written_is_read_back():
    for period in ((2026,), (2026, 1), (2026, 15)):
        assert methods.period_from_bookmark(methods.period_to_bookmark(period), len(period)) == period


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
