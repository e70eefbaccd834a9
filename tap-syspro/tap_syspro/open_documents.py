"""Which documents count as open, and which as closed lately: conditions on their columns, as data.

SYSPRO reference, "Codes" and "Dates that do not move". What is read of them is decided by the method
`open_items`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Closing:
    """How to recognise a document that was closed lately.

    Attributes:
        columns: The date of closing, or the fiscal year and month of closing.
        posted: Where closing is told in fiscal months: the year and month the document itself was posted in,
            by which a date is turned into a fiscal month.
    """

    columns: tuple[str, ...]
    posted: tuple[str, str] | None = None


#: The second and third balance are those of the last two month-ends: they still move after the first is zero.
AP_INVOICE_OPEN = "MthInvBal1 ne 0 or MthInvBal2 ne 0 or MthInvBal3 ne 0"
#: As those of payables.
AR_INVOICE_OPEN = "InvoiceBal1 ne 0 or InvoiceBal2 ne 0 or InvoiceBal3 ne 0"
#: An invoice tells the fiscal month in which its balance became zero.
INVOICE_SETTLED = Closing(("YearInvBalZero", "MonthInvBalZero"), posted=("InvoiceYear", "InvoiceMonth"))

#: Cancelled orders (`*`, `\`) stay in the set: nothing dates the cancellation.
ORDER_OPEN = "OrderStatus ne '9'"
#: A completed purchase order tells the date.
PURCHASE_ORDER_COMPLETED = Closing(("DatePoCompleted",))
#: The date of a sales order's last invoice stands in for that of its completion.
SALES_ORDER_COMPLETED = Closing(("DateLastInvPrt",))

#: Lines go by their orders; by themselves only where their orders cannot be read.
PURCHASE_ORDER_LINE_OPEN = "MCompleteFlag ne 'Y'"
#: As those of purchase orders.
SALES_ORDER_LINE_OPEN = "MShipQty ne 0 or MBackOrderQty ne 0 or QtyReserved ne 0"
