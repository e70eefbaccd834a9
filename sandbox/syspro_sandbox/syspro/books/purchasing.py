"""Purchase orders: placed, printed, received, completed, cancelled.

InvWarehouse.QtyOnOrder is what the open lines of active orders still expect. An order's PO prices are in
both its currency (MForeignPrice) and local money (MPrice); a receipt accrues `quantity x MPrice`, which the
supplier's invoice clears.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.money import RATE_ONE, extend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syspro_sandbox.syspro.books.inventory import Inventory
    from syspro_sandbox.syspro.books.numbers import Numbers
    from syspro_sandbox.syspro.calendar import Posting
    from syspro_sandbox.syspro.chart import Chart
    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row, RowStore

IN_PROCESS, READY, PRINTED, COMPLETE, CANCELLED = "0", "1", "4", "9", "*"
STOCKED, FREIGHT, COMMENT = "1", "4", "6"
#: GrnSource of goods that a purchase order brought (inferred).
_FROM_ORDER = "P"
#: Receipts have a journal a day.
_JOURNALS_SINCE = date(2020, 1, 1).toordinal()


@dataclass(frozen=True)
class OrderLine:
    """What is ordered: a stock code in a warehouse, how much, at which price in both currencies."""

    stock: Row
    warehouse: str
    quantity: int
    price: int
    foreign_price: int


class Purchasing:
    """The purchase orders of a company."""

    def __init__(self, store: RowStore, numbers: Numbers, inventory: Inventory, chart: Chart) -> None:
        self._store = store
        self._numbers = numbers
        self._inventory = inventory
        self._chart = chart

    def lines(self, order: Row) -> list[Row]:
        """The lines of an order that await goods or have received them."""
        details = self._store.rows("PorMasterDetail")
        lines = (details[order["PurchaseOrder"], n] for n in range(1, order["NextDetailLine"]))
        return [line for line in lines if line["LineType"] == STOCKED]

    def place(
        self,
        supplier: Row,
        lines: Sequence[OrderLine],
        currency: Currency,
        day: date,
        *,
        due: date,
        comment: str = "",
    ) -> Row:
        """Enter an order; it stays in process until it is printed."""
        order = self._store.insert(
            "PorMasterHdr",
            PurchaseOrder=self._numbers.next_key("PorMasterHdr", "PurchaseOrder", width=20, first=10_001),
            NextDetailLine=len(lines) + bool(comment) + 1,
            OrderStatus=IN_PROCESS,
            ActiveFlag="Y",
            CancelledFlag="N",
            Supplier=supplier["Supplier"],
            OrderEntryDate=day.isoformat(),
            OrderDueDate=due.isoformat(),
            OrderType="L" if currency.rate == RATE_ONE else "I",
            SupplierClass=supplier["SupplierClass"],
            Warehouse=lines[0].warehouse,
            Currency=currency.code,
            TaxStatus="N",
            ExchangeRate=currency.rate,
            MulDiv=currency.mul_div,
            ExchRateFixed="N",
            TermsCode=supplier["TermsCode"],
            IncludeInMrp="Y",
        )
        for number, line in enumerate(lines, 1):
            self._add_line(order, number, line, due)
        if comment:
            self._store.insert(
                "PorMasterDetail",
                PurchaseOrder=order["PurchaseOrder"],
                Line=len(lines) + 1,
                LineType=COMMENT,
                NComment=comment,
                NCommentFromLin=len(lines),
            )
        return order

    def _add_line(self, order: Row, number: int, line: OrderLine, due: date) -> None:
        stock = line.stock
        self._store.insert(
            "PorMasterDetail",
            PurchaseOrder=order["PurchaseOrder"],
            Line=number,
            LineType=STOCKED,
            MStockCode=stock["StockCode"],
            MStockDes=stock["Description"],
            MWarehouse=line.warehouse,
            MOrderUom=stock["StockUom"],
            MStockingUom=stock["StockUom"],
            MOrderQty=line.quantity,
            MLatestDueDate=due.isoformat(),
            MPrice=line.price,
            MForeignPrice=line.foreign_price,
            MDecimalsToPrt=2,
            MConvFactPrcUm=RATE_ONE,
            MMulDivPrc="M",
            MPriceUom=stock["StockUom"],
            MConvFactOrdUm=RATE_ONE,
            MMulDivAlloc="M",
            MProductClass=stock["ProductClass"],
            MCompleteFlag="N",
            MOrigDueDate=due.isoformat(),
            IncludeInMrp="Y",
        )
        self._expect(stock["StockCode"], line.warehouse, line.quantity)

    def _expect(self, stock_code: str, warehouse: str, quantity: int) -> None:
        row = self._inventory.at(stock_code, warehouse)
        self._store.change("InvWarehouse", row, QtyOnOrder=row["QtyOnOrder"] + quantity)

    def make_ready(self, order: Row) -> None:
        """Release an order for printing."""
        self._store.change("PorMasterHdr", order, OrderStatus=READY)

    def print(self, order: Row, day: date) -> None:
        """Send an order to its supplier."""
        self._store.change(
            "PorMasterHdr",
            order,
            OrderStatus=PRINTED,
            DateLastDocPrt=day.isoformat(),
            PrintCount=order["PrintCount"] + 1,
        )

    def new_receipt(self) -> str:
        """The number of the next goods received note."""
        return self._numbers.next_key("GrnDetails", "Grn", width=15, first=800_001)

    def receive(
        self, order: Row, line: Row, quantity: int, posting: Posting, receipt: str
    ) -> tuple[int, int]:
        """Receive a quantity of a line; an order whose lines are all complete is complete.

        Args:
            order: The order.
            line: Its line.
            quantity: How much.
            posting: When.
            receipt: The goods received note that it stands on.

        Returns:
            What the supplier will charge for it: in local cents, and in the order's currency.
        """
        value = extend(quantity, line["MPrice"])
        source = {"SubModSupplier": order["Supplier"], "SubModRef": order["PurchaseOrder"]}
        row = self._inventory.at(line["MStockCode"], line["MWarehouse"])
        accrual = self._chart.received_not_invoiced
        self._inventory.receive(row, quantity, value, posting, contra=accrual, source=source)
        self._store.insert(
            "GrnDetails",
            Supplier=order["Supplier"],
            Grn=receipt,
            GrnSource=_FROM_ORDER,
            Journal=posting.day.toordinal() - _JOURNALS_SINCE,
            JournalEntry=self._numbers.next("GRN entry", ("GrnDetails", "JournalEntry")),
            DebitRecGlCode=self._chart.stock,
            OrigGrnValue=value,
            PurchaseOrder=order["PurchaseOrder"],
            PurchaseOrderLin=line["Line"],
            StockCode=line["MStockCode"],
            StockDescription=line["MStockDes"],
            Warehouse=line["MWarehouse"],
            QtyReceived=quantity,
            PostCurrency=order["Currency"],
            ConvRate=order["ExchangeRate"],
            MulDiv=order["MulDiv"],
            GrnYear=posting.period.year,
            GrnMonth=posting.period.month,
            OrigReceiptDate=posting.date,
        )
        received = line["MReceivedQty"] + quantity
        self._store.change(
            "PorMasterDetail",
            line,
            MReceivedQty=received,
            MLastReceiptDat=posting.date,
            MCompleteFlag="Y" if received == line["MOrderQty"] else "N",
        )
        self._expect(line["MStockCode"], line["MWarehouse"], -quantity)
        if all(each["MCompleteFlag"] == "Y" for each in self.lines(order)):
            self._store.change(
                "PorMasterHdr", order, OrderStatus=COMPLETE, ActiveFlag="N", DatePoCompleted=posting.date
            )
        return value, extend(quantity, line["MForeignPrice"])

    def match(self, order: Row, value: int, invoice: Row, posting: Posting) -> None:
        """Match a supplier's invoice with the goods received note it bills, by its value."""
        matched = {row["Grn"] for row in self._store.rows("GrnMatching").values()}
        awaiting: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self._store.rows("GrnDetails").values():
            if row["PurchaseOrder"] == order["PurchaseOrder"] and row["Grn"] not in matched:
                awaiting[row["Grn"]].append(row)
        billed = (rows for rows in awaiting.values() if sum(row["OrigGrnValue"] for row in rows) == value)
        for row in next(billed, []):
            self._store.insert(
                "GrnMatching",
                Supplier=row["Supplier"],
                Grn=row["Grn"],
                TransactionType=row["GrnSource"],
                Journal=row["Journal"],
                EntryNumber=row["JournalEntry"],
                Invoice=invoice["Invoice"],
                MatchedValue=row["OrigGrnValue"],
                MatchedYear=posting.period.year,
                MatchedMonth=posting.period.month,
            )

    def reprice(self, order: Row, line: Row, price: int, foreign_price: int) -> None:
        """Amend the price of an open line."""
        self._store.change("PorMasterDetail", line, MPrice=price, MForeignPrice=foreign_price)
        self._store.change("PorMasterHdr", order, AmendedCount=order["AmendedCount"] + 1)

    def cancel(self, order: Row) -> None:
        """Cancel an order of which nothing has come."""
        for line in self.lines(order):
            self._expect(line["MStockCode"], line["MWarehouse"], -line["MOrderQty"])
        self._store.change("PorMasterHdr", order, OrderStatus=CANCELLED, ActiveFlag="N", CancelledFlag="Y")

    def remove(self, order: Row) -> None:
        """Delete a cancelled order with its lines."""
        details = self._store.rows("PorMasterDetail")
        for number in range(1, order["NextDetailLine"]):
            self._store.delete("PorMasterDetail", details[order["PurchaseOrder"], number])
        self._store.delete("PorMasterHdr", order)
