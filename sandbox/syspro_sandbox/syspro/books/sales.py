"""Sales orders: entered, released, invoiced, cancelled, archived.

InvWarehouse.QtyAllocated is the MShipQty of the open lines of open orders, QtyOnBackOrder their
MBackOrderQty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.purchasing import FREIGHT, STOCKED
from syspro_sandbox.syspro.money import QTY_ONE, RATE_ONE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from syspro_sandbox.syspro.books.inventory import Inventory
    from syspro_sandbox.syspro.books.numbers import Numbers
    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row, RowStore

OPEN, BACK_ORDER, RELEASED_BACK_ORDER, IN_WAREHOUSE, READY_TO_INVOICE, COMPLETE = "1", "2", "3", "4", "8", "9"
FORWARD, SUSPENSE, CANCELLED, CANCELLED_AT_ENTRY = "F", "S", "\\", "*"
CLOSED = frozenset({COMPLETE, CANCELLED, CANCELLED_AT_ENTRY})


@dataclass(frozen=True)
class SaleLine:
    """What is sold: a stock code from a warehouse; the price is in the order's currency."""

    stock: Row
    warehouse: str
    quantity: int
    price: int


class Sales:
    """The sales orders of a company."""

    def __init__(self, store: RowStore, numbers: Numbers, inventory: Inventory) -> None:
        self._store = store
        self._numbers = numbers
        self._inventory = inventory

    def lines(self, order: Row) -> list[Row]:
        """All lines of an order."""
        details = self._store.rows("SorDetail")
        return [details[order["SalesOrder"], n] for n in range(1, order["NextDetailLine"])]

    def enter(
        self,
        customer: Row,
        lines: Sequence[SaleLine],
        currency: Currency,
        day: date,
        ship_by: date,
        *,
        po_number: str = "",
        freight: int = 0,
    ) -> Row:
        """Enter an order: what is free is allocated, the rest goes on back order; freight is in cents."""
        order = self._store.insert(
            "SorMaster",
            SalesOrder=self._numbers.next_key("SorMaster", "SalesOrder", width=20, first=40_001),
            NextDetailLine=len(lines) + bool(freight) + 1,
            ActiveFlag="Y",
            CancelledFlag="N",
            DocumentType="O",
            Customer=customer["Customer"],
            Salesperson=customer["Salesperson"],
            CustomerPoNumber=po_number,
            OrderDate=day.isoformat(),
            EntrySystemDate=day.isoformat(),
            ReqShipDate=ship_by.isoformat(),
            ShippingInstrs=customer["ShippingInstrs"],
            Branch=customer["Branch"],
            Area=customer["Area"],
            Warehouse=lines[0].warehouse,
            ExchangeRate=currency.rate,
            MulDiv=currency.mul_div,
            Currency=currency.code,
            Nationality=customer["Nationality"],
            LastOperator="SALES",
            Operator="SALES",
            CustomerName=customer["Name"],
            ShipAddress1=customer["ShipToAddr1"],
            ShipPostalCode=customer["ShipPostalCode"],
            Email=customer["Email"],
            IncludeInMrp="Y",
        )
        for number, line in enumerate(lines, 1):
            self._add_line(order, number, line, ship_by)
        if freight:
            self._store.insert(
                "SorDetail",
                SalesOrder=order["SalesOrder"],
                SalesOrderLine=len(lines) + 1,
                LineType=FREIGHT,
                NComment="Freight & handling",
                NMscChargeValue=freight,
                NMscChargeQty=QTY_ONE,
                SalesOrderInitLine=len(lines) + 1,
            )
        short = any(line["MBackOrderQty"] for line in self.lines(order))
        self._store.change("SorMaster", order, OrderStatus=BACK_ORDER if short else OPEN)
        self._count_order(customer, 1)
        return order

    def _add_line(self, order: Row, number: int, line: SaleLine, ship_by: date) -> None:
        stock, row = line.stock, self._inventory.at(line.stock["StockCode"], line.warehouse)
        free = max(row["QtyOnHand"] - row["QtyAllocated"], 0)
        ship = min(line.quantity, free)
        self._store.insert(
            "SorDetail",
            SalesOrder=order["SalesOrder"],
            SalesOrderLine=number,
            LineType=STOCKED,
            MStockCode=stock["StockCode"],
            MStockDes=stock["Description"],
            MWarehouse=line.warehouse,
            MBin=row["DefaultBin"],
            MOrderQty=line.quantity,
            MShipQty=ship,
            MBackOrderQty=line.quantity - ship,
            MUnitCost=row["UnitCost"],
            MDecimals=stock["Decimals"],
            MOrderUom=stock["StockUom"],
            MStockQtyToShp=ship,
            MStockingUom=stock["StockUom"],
            MConvFactOrdUm=RATE_ONE,
            MMulDivPrcFct="M",
            MPrice=line.price,
            MPriceUom=stock["StockUom"],
            MProductClass=stock["ProductClass"],
            MLineShipDate=ship_by.isoformat(),
            MCustRequestDat=ship_by.isoformat(),
            SalesOrderInitLine=number,
            IncludeInMrp="Y",
        )
        self._reserve(row, ship, line.quantity - ship)

    def _reserve(self, row: Row, ship: int, back_order: int) -> None:
        self._store.change(
            "InvWarehouse",
            row,
            QtyAllocated=row["QtyAllocated"] + ship,
            QtyOnBackOrder=row["QtyOnBackOrder"] + back_order,
        )

    def _count_order(self, customer: Row, by: int) -> None:
        self._store.change("ArCustomer", customer, NumOutstOrd=customer["NumOutstOrd"] + by)

    def set_status(self, order: Row, status: str) -> None:
        """Move an open order on, hold it, or set it aside."""
        self._store.change("SorMaster", order, OrderStatus=status)

    def complete(self, order: Row, invoice: str, day: date) -> None:
        """Close an order that is being invoiced; what it could not ship is dropped."""
        self._release(order)
        for line in self.lines(order):
            self._store.change("SorDetail", line, MBackOrderQty=0, MLineReceiptDat=day.isoformat())
        self._store.change(
            "SorMaster",
            order,
            OrderStatus=COMPLETE,
            ActiveFlag="N",
            LastInvoice=invoice,
            InvoiceCount=1,
            DateLastInvPrt=day.isoformat(),
            DateLastDocPrt=day.isoformat(),
        )

    def cancel(self, order: Row, status: str = CANCELLED) -> None:
        """Cancel an open order."""
        self._release(order)
        self._store.change("SorMaster", order, OrderStatus=status, ActiveFlag="N", CancelledFlag="Y")

    def _release(self, order: Row) -> None:
        for line in self.lines(order):
            if line["LineType"] == STOCKED:
                row = self._inventory.at(line["MStockCode"], line["MWarehouse"])
                self._reserve(row, -line["MShipQty"], -line["MBackOrderQty"])
        self._count_order(self._store.rows("ArCustomer")[(order["Customer"],)], -1)

    def archive(self, order: Row) -> None:
        """Remove a closed order with its lines, as SYSPRO's archiving does."""
        for line in self.lines(order):
            self._store.delete("SorDetail", line)
        self._store.delete("SorMaster", order)
