"""The method `open_items`."""

from __future__ import annotations

from datetime import date

from tap_syspro.changes.read_plan import plan
from tap_syspro.odata.urls import encode
from tap_syspro.tables import BY_NAME

from .situations import FixedOrderLines, situation, wheres


def test_open_items_are_read_however_old_they_are():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, start_date=date(2026, 1, 1)))
    assert wheres(made)[0] == (
        "(MthInvBal1 ne 0 or MthInvBal2 ne 0 or MthInvBal3 ne 0) and InvoiceDate lt 2025-12-31T10:01:00Z"
    )


def test_invoices_paid_lately_are_read_again():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, bookmark="2026-03-15", open_periods=3))
    assert "YearInvBalZero gt 2026 or (YearInvBalZero eq 2026 and MonthInvBalZero ge 1)" in wheres(made)[0]


def test_orders_completed_lately_are_read_again():
    table = BY_NAME["PorMasterHdr"]
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=9))
    assert wheres(made)[0] == (
        "(OrderStatus ne '9' or DatePoCompleted ge 2026-05-31T10:01:00Z) and "
        "OrderEntryDate lt 2026-05-31T10:01:00Z"
    )


def test_lines_are_read_again_as_long_as_their_order_may_change():
    table = BY_NAME["PorMasterDetail"]
    orders = FixedOrderLines([f"'{number:015d}'" for number in range(100)])
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=9, order_lines=orders))
    assert orders.where == "OrderStatus ne '9' or DatePoCompleted ge 2026-05-31T10:01:00Z"
    *chunks, _, _ = wheres(made)
    assert "PurchaseOrder eq '000000000000099'" in chunks[-1]
    assert sum(chunk.count("PurchaseOrder eq") for chunk in chunks) == 100
    assert all(chunk.endswith(") and MLastReceiptDat lt 2026-05-31T10:01:00Z") for chunk in chunks)
    assert all(len(encode(chunk)) < 2048 - 500 for chunk in chunks)


def test_lines_go_by_themselves_where_the_orders_may_not_be_read():
    table = BY_NAME["PorMasterDetail"]
    made = plan(table, situation(table, bookmark="2026-06-10", lookback_days=9))
    assert wheres(made)[0] == "MCompleteFlag ne 'Y' and MLastReceiptDat lt 2026-05-31T10:01:00Z"


def test_only_the_part_along_the_date_moves_the_bookmark():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, bookmark="2026-06-10"))
    assert [segment.position is not None for segment in made.segments] == [False, False, True]
