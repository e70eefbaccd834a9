"""Inventory: stock movements and costs.

The stock control account is the sum over InvWarehouse of `QtyOnHand x UnitCost`, each rounded to the cent:
every operation posts by how much this value moved (inferred: one stock control account per company). A
receipt re-averages the unit cost where the warehouse's CostingMethod is A; what rounding and standard costs
leave goes to the price variance.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.ledger import Line
from syspro_sandbox.syspro.money import extend, unit_cost

if TYPE_CHECKING:
    from syspro_sandbox.syspro.books.ledger import Ledger
    from syspro_sandbox.syspro.calendar import Period, Posting
    from syspro_sandbox.syspro.chart import Chart
    from syspro_sandbox.syspro.database import Row, RowStore, Value

#: TrnType of InvMovements (SYSPRO reference, "Codes of movements").
RECEIPT, SALE, ADJUSTMENT, TRANSFER, COST_CHANGE = "R", "S", "A", "T", "C"
#: The day's first movement comes at eight, each next one a second and a hundredth later.
_OPENING, _STEP = 8 * 3600 * 100, 101
MONTH_TO_DATE = ("MtdQtyReceived", "MtdQtyAdjusted", "MtdQtyTrf", "MtdQtySold")


class Inventory:
    """The stock of a company."""

    def __init__(self, store: RowStore, ledger: Ledger, chart: Chart) -> None:
        self._store = store
        self._ledger = ledger
        self._chart = chart
        self._moved: Counter[str] = Counter()

    def at(self, stock_code: str, warehouse: str) -> Row:
        """The stock of a code in a warehouse."""
        return self._store.rows("InvWarehouse")[stock_code, warehouse]

    @staticmethod
    def value(row: Row) -> int:
        """What the stock in a warehouse is worth, in cents."""
        return extend(row["QtyOnHand"], row["UnitCost"])

    def receive(
        self, row: Row, quantity: int, value: int, posting: Posting, *, contra: str, source: dict[str, Value]
    ) -> None:
        """Take in a quantity that cost a value, against an account (goods received, work in progress)."""
        before, on_hand = self.value(row), row["QtyOnHand"] + quantity
        if self._store.rows("InvWhControl")[(row["Warehouse"],)]["CostingMethod"] == "A":
            self._change_cost(row, unit_cost(before + value, on_hand), posting)
        self._store.change(
            "InvWarehouse",
            row,
            QtyOnHand=on_hand,
            MtdQtyReceived=row["MtdQtyReceived"] + quantity,
            DateLastStockMove=posting.date,
            DateLastPurchase=posting.date,
            LastCostEntered=unit_cost(value, quantity),
        )
        moved = self.value(row) - before
        lines = [(self._chart.stock, moved), (contra, -value), (self._chart.price_variance, value - moved)]
        self._post("GRN", posting.period, lines, row, source)
        self._record(RECEIPT, row, quantity, moved, posting, source)

    def issue(
        self, row: Row, quantity: int, posting: Posting, *, contra: str, source: dict[str, Value]
    ) -> int:
        """Hand out a quantity for a sale.

        Returns:
            What it cost, in cents.
        """
        before, month = self.value(row), f"SalesQty{posting.period.month}"
        self._store.change(
            "InvWarehouse",
            row,
            QtyOnHand=row["QtyOnHand"] - quantity,
            MtdQtySold=row["MtdQtySold"] + quantity,
            YtdQtySold=row["YtdQtySold"] + quantity,
            DateLastStockMove=posting.date,
            DateLastSale=posting.date,
            **{month: row[month] + quantity},
        )
        moved = self.value(row) - before
        self._post("SALE", posting.period, [(self._chart.stock, moved), (contra, -moved)], row, source)
        self._record(SALE, row, -quantity, moved, posting, source)
        return -moved

    def adjust(self, row: Row, quantity: int, posting: Posting) -> None:
        """Correct a quantity after a count."""
        before = self.value(row)
        self._store.change(
            "InvWarehouse",
            row,
            QtyOnHand=row["QtyOnHand"] + quantity,
            MtdQtyAdjusted=row["MtdQtyAdjusted"] + quantity,
            DateLastStockMove=posting.date,
            DateLastStockCnt=posting.date,
        )
        moved = self.value(row) - before
        self._post(
            "EXP", posting.period, [(self._chart.stock, moved), (self._chart.code(5100), -moved)], row, {}
        )
        self._record(ADJUSTMENT, row, quantity, moved, posting, {})

    def transfer(self, source: Row, target: Row, quantity: int, posting: Posting) -> None:
        """Move a quantity to another warehouse, at the cost each has."""
        before = self.value(source) + self.value(target)
        for row, sign in ((source, -1), (target, 1)):
            held = self.value(row)
            self._store.change(
                "InvWarehouse",
                row,
                QtyOnHand=row["QtyOnHand"] + sign * quantity,
                MtdQtyTrf=row["MtdQtyTrf"] + sign * quantity,
                DateLastStockMove=posting.date,
            )
            self._record(TRANSFER, row, sign * quantity, self.value(row) - held, posting, {})
        moved = self.value(source) + self.value(target) - before
        self._post(
            "EXP", posting.period, [(self._chart.stock, moved), (self._chart.code(5100), -moved)], source, {}
        )

    def revalue(self, row: Row, cost: int, posting: Posting) -> None:
        """Set a new unit cost."""
        before = self.value(row)
        self._change_cost(row, cost, posting)
        moved = self.value(row) - before
        self._post(
            "EXP", posting.period, [(self._chart.stock, moved), (self._chart.code(5150), -moved)], row, {}
        )
        self._record(COST_CHANGE, row, 0, moved, posting, {})

    def _change_cost(self, row: Row, cost: int, posting: Posting) -> None:
        if cost != row["UnitCost"]:
            self._store.change("InvWarehouse", row, UnitCost=cost, DateLastCostChange=posting.date)

    def _record(  # noqa: PLR0917  # what, how much, when and for whom
        self, kind: str, row: Row, quantity: int, value: int, posting: Posting, source: dict[str, Value]
    ) -> None:
        """Write a movement; no two of a day have the same time."""
        self._moved[posting.date] += 1
        number = self._moved[posting.date]
        is_sale = kind == SALE
        self._store.insert(
            "InvMovements",
            StockCode=row["StockCode"],
            Warehouse=row["Warehouse"],
            TrnYear=posting.period.year,
            TrnMonth=posting.period.month,
            EntryDate=posting.date,
            TrnTime=_time_of_day(number),
            MovementType="S" if is_sale else "I",
            TrnQty=quantity,
            TrnValue=value,
            Source="S" if is_sale else "I",
            JournalEntry=number,
            TrnType=kind,
            Reference=source.get("SubModRef", ""),
            UnitCost=row["UnitCost"],
            Supplier=source.get("SubModSupplier", ""),
            Job=source.get("SubModJob", ""),
            SalesOrder=source.get("SubModSalesOrder", ""),
            Customer=source.get("SubModCustomer", ""),
            CostValue=-value if is_sale else 0,
        )

    def _post(
        self, kind: str, period: Period, lines: list[tuple[str, int]], row: Row, source: dict[str, Value]
    ) -> None:
        source = source | {"SubModStock": row["StockCode"], "SubModWh": row["Warehouse"]}
        self._ledger.post("IN", kind, period, [Line(gl_code, value, "", source) for gl_code, value in lines])

    def begin_period(self, *, new_year: bool) -> None:
        """Reset what counts the month and, in a new year, the year."""
        month: dict[str, Value] = dict.fromkeys(MONTH_TO_DATE, 0)
        year: dict[str, Value] = dict.fromkeys(("YtdQtySold", *(f"SalesQty{n}" for n in range(1, 13))), 0)
        for row in self._store.rows("InvWarehouse").values():
            if row["OpeningBalance"] != row["QtyOnHand"] or any(row[name] for name in MONTH_TO_DATE):
                self._store.change("InvWarehouse", row, OpeningBalance=row["QtyOnHand"], **month)
            if new_year and (row["YtdQtySold"] or row["PrevYearQtySold"]):
                self._store.change("InvWarehouse", row, PrevYearQtySold=row["YtdQtySold"], **year)


def _time_of_day(number: int) -> int:
    """When the day's movement of a number came, as HHMMSS and hundredths."""
    seconds, hundredths = divmod(_OPENING + _STEP * number, 100)
    minutes, second = divmod(seconds, 60)
    return ((minutes // 60 * 100 + minutes % 60) * 100 + second) * 100 + hundredths
