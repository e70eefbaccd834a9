"""What was invoiced, for sales analysis: a summary of each document and its lines, in local money.

ArTrnSummary's merchandise, freight and tax are together what the document posts to the AR control account;
its ArTrnDetail lines divide them. A register is the day's AR journal, and a document's line in it says what
the document is, since a credit note may bear the number of its invoice (both inferred).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.purchasing import FREIGHT, STOCKED
from syspro_sandbox.syspro.money import QTY_ONE, from_local, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syspro_sandbox.syspro.books.customer_invoice import CustomerInvoice
    from syspro_sandbox.syspro.calendar import Posting
    from syspro_sandbox.syspro.chart import Chart
    from syspro_sandbox.syspro.database import Row, RowStore, Value

_MISCELLANEOUS = "5"
_SUMMARY_LINES = {"I": 1, "C": 2, "D": 3}
_FREIGHT_RECOVERED = 4200


@dataclass(frozen=True)
class BilledLine:
    """A line of a sales order as it was invoiced: what weighs it, and what its goods cost."""

    order_line: Row
    weight: int
    cost: int


class SalesHistory:
    """The invoiced documents of a company."""

    def __init__(self, store: RowStore, chart: Chart) -> None:
        self._store = store
        self._chart = chart

    def summarise(self, document: CustomerInvoice, invoice: Row, posting: Posting, register: int) -> None:
        """Write the summary of a document; one without a sales order gets a line of its own, too."""
        branches = self._chart.company.branches
        freight_codes = {self._chart.code(_FREIGHT_RECOVERED, branch) for branch in branches}
        merchandise = freight = tax = 0
        for gl_code, value in document.parts:
            if gl_code == self._chart.output_tax:
                tax -= value
            elif gl_code in freight_codes:
                freight -= value
            else:
                merchandise -= value
        currency = document.currency
        foreign_freight, foreign_tax = (
            from_local(value, currency.rate, currency.mul_div) for value in (freight, tax)
        )
        summary = self._store.insert(
            "ArTrnSummary",
            **self._shared(invoice, posting, register),
            MerchandiseValue=merchandise,
            FreightValue=freight,
            TaxValue=tax,
            ForeignMerchVal=document.value - foreign_freight - foreign_tax,
            ForeignFreightVal=foreign_freight,
            ForeignTaxVal=foreign_tax,
            ExchangeRate=currency.rate,
            MulDiv=currency.mul_div,
            Currency=currency.code,
            Source="S" if document.sales_order else "R",
            InvoiceRegPrted="Y",
            InvoiceCount=1,
            TermsCode=invoice["TermsCode"],
            Nationality=document.customer["Nationality"],
        )
        if not document.sales_order:
            self._add_line(summary, invoice, 1, {"LineType": _MISCELLANEOUS}, (merchandise + freight, tax, 0))

    def add_lines(self, invoice: Row, posting: Posting, register: int, billed: Sequence[BilledLine]) -> None:
        """Write the lines of an order's invoice, and what its goods cost."""
        shared = self._shared(invoice, posting, register)
        summary = self._store.rows("ArTrnSummary")[self._store.key("ArTrnSummary", dict(shared))]
        goods = [line for line in billed if line.order_line["LineType"] == STOCKED]
        sold = _shares(summary["MerchandiseValue"], goods)
        taxes = _shares(summary["TaxValue"], goods)
        for number, (line, value, tax) in enumerate(zip(goods, sold, taxes, strict=True), 1):
            row = line.order_line
            values: dict[str, Value] = {
                "LineType": row["LineType"],
                "StockCode": row["MStockCode"],
                "Warehouse": row["MWarehouse"],
                "ProductClass": row["MProductClass"],
                "QtyInvoiced": row["MShipQty"],
                "SalesOrderLine": row["SalesOrderLine"],
            }
            self._add_line(summary, invoice, number, values, (value, tax, line.cost))
        if summary["FreightValue"]:
            carried = next((each for each in billed if each.order_line["LineType"] == FREIGHT), None)
            number = carried.order_line["SalesOrderLine"] if carried else 0
            values = {"LineType": FREIGHT, "SalesOrderLine": number, "QtyInvoiced": QTY_ONE}
            self._add_line(summary, invoice, len(goods) + 1, values, (summary["FreightValue"], 0, 0))
        cost = sum(line.cost for line in goods)
        self._store.change("ArTrnSummary", summary, MerchandiseCost=cost)

    def _add_line(
        self, summary: Row, invoice: Row, number: int, values: dict[str, Value], money: tuple[int, int, int]
    ) -> None:
        net, tax, cost = money
        same = ("TrnYear", "TrnMonth", "Register", "Invoice", "SummaryLine", "InvoiceDate", "Branch")
        also = ("Salesperson", "Customer", "CustomerPoNumber", "DocumentType", "SalesOrder", "Area")
        self._store.insert(
            "ArTrnDetail",
            **{name: summary[name] for name in (*same, *also)},
            **values,
            DetailLine=number,
            TaxStatus=invoice["TaxStatus"],
            NetSalesValue=net,
            TaxValue=tax,
            CostValue=cost,
            TaxableValue=net if tax else 0,
            GlYear=summary["TrnYear"],
            GlPeriod=summary["TrnMonth"],
            GlDistrUpd="Y",
            StockUpd="Y",
            SalespersonUpd="Y",
            PostValue=net,
            PostCurrency=summary["Currency"],
            PostConvRate=summary["ExchangeRate"],
            PostMulDiv=summary["MulDiv"],
            Nationality=summary["Nationality"],
            GlIntUpdated="Y",
            GlIntYear=summary["TrnYear"],
            GlIntPeriod=summary["TrnMonth"],
        )

    @staticmethod
    def _shared(invoice: Row, posting: Posting, register: int) -> dict[str, Value]:
        """What a summary takes from its invoice: its key, and whom it concerns."""
        names = ("Invoice", "InvoiceDate", "Branch", "Salesperson", "Customer", "CustomerPoNumber")
        also = ("DocumentType", "SalesOrder", "Area")
        return {
            "TrnYear": posting.period.year,
            "TrnMonth": posting.period.month,
            "Register": register,
            "SummaryLine": _SUMMARY_LINES[invoice["DocumentType"]],
            **{name: invoice[name] for name in (*names, *also)},
        }


def _shares(value: int, lines: Sequence[BilledLine]) -> list[int]:
    """A value divided over lines by their weights, evenly where they weigh nothing."""
    if not lines:
        return []
    weights = [line.weight for line in lines]
    return split(value, weights if sum(weights) else [1] * len(weights))
