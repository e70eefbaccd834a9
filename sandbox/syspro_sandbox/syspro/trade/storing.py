"""What happens to stock besides buying and selling: production, counts, transfers, new costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro.money import QTY_ONE, extend
from syspro_sandbox.syspro.names import MADE
from syspro_sandbox.syspro.trade.habits import is_traded

if TYPE_CHECKING:
    from syspro_sandbox.syspro.books import Books
    from syspro_sandbox.syspro.calendar import Posting
    from syspro_sandbox.syspro.database import Row
    from syspro_sandbox.syspro.trade.habits import Habits


class Storing:
    """The warehouses of a company.

    Args:
        books: Its books.
        habits: Its habits.
    """

    def __init__(self, books: Books, habits: Habits) -> None:
        self._books = books
        self._habits = habits

    def _free(self, row: Row) -> int:
        """How many whole units are on hand and not promised."""
        return int((row["QtyOnHand"] - row["QtyAllocated"]) // QTY_ONE)

    def _stocked(self) -> Row:
        """Some stock that is on hand and free."""
        rows = list(self._books.store.rows("InvWarehouse").values())
        start = self._habits.rng.randrange(len(rows))
        return next(row for row in rows[start:] + rows[:start] if self._free(row) > 1)

    def produce(self, posting: Posting) -> None:
        """Take a lot of something the plant makes into stock, from work in progress."""
        masters = self._books.store.rows("InvMaster")
        made = [row for row in masters.values() if row["ProductClass"] in MADE and is_traded(row)]
        stock = self._habits.rng.choice(made)
        warehouse = self._habits.rng.choice(self._books.company.warehouses)[0]
        row = self._books.inventory.at(stock["StockCode"], warehouse)
        quantity = self._habits.rng.randrange(10, 200) * QTY_ONE
        value = extend(quantity, row["UnitCost"])
        source = {"SubModJob": f"{self._habits.rng.randrange(1, 10**6):020d}"}
        contra = self._books.chart.work_in_progress
        self._books.inventory.receive(row, quantity, value, posting, contra=contra, source={**source})

    def count(self, posting: Posting) -> None:
        """Find a little more or less than the books say."""
        row = self._stocked()
        limit = min(self._free(row), 12)
        quantity = self._habits.rng.randrange(-limit, limit) or 1
        self._books.inventory.adjust(row, quantity * QTY_ONE, posting)

    def transfer(self, posting: Posting) -> None:
        """Send stock to another warehouse."""
        source = self._stocked()
        others = [code for code, _ in self._books.company.warehouses if code != source["Warehouse"]]
        target = self._books.inventory.at(source["StockCode"], self._habits.rng.choice(others))
        quantity = self._habits.rng.randrange(1, self._free(source) // 2 + 1) * QTY_ONE
        self._books.inventory.transfer(source, target, quantity, posting)

    def recost(self, posting: Posting) -> None:
        """Give a stock code a new unit cost in one warehouse."""
        row = self._stocked()
        cost = row["UnitCost"] * self._habits.rng.randrange(92, 112) // 100 + 1
        self._books.inventory.revalue(row, cost, posting)
