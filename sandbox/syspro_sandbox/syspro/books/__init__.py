"""A company's books: what happens when a document is posted, in every table that it moves.

Seeding and playing a day use the same operations, so the ties hold by construction: journals balance,
GenHistory is the sum of GenTransaction, and the control accounts are the sums of the sub-ledgers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.inventory import Inventory
from syspro_sandbox.syspro.books.ledger import Ledger
from syspro_sandbox.syspro.books.numbers import Numbers
from syspro_sandbox.syspro.books.payables import Payables
from syspro_sandbox.syspro.books.purchasing import Purchasing
from syspro_sandbox.syspro.books.receivables import Receivables
from syspro_sandbox.syspro.books.sales import Sales
from syspro_sandbox.syspro.calendar import Period
from syspro_sandbox.syspro.chart import Chart

if TYPE_CHECKING:
    from datetime import date

    from syspro_sandbox.syspro.companies import Company
    from syspro_sandbox.syspro.database import RowStore


class Books:
    """The modules of one company over one store of rows.

    Args:
        company: Whose books.
        store: Its rows.
        carry_forward: See `Ledger`.
    """

    def __init__(self, company: Company, store: RowStore, *, carry_forward: bool = True) -> None:
        self.company = company
        self.store = store
        self.chart = Chart(company)
        numbers = Numbers(store)
        retained = dict.fromkeys(
            filter(None, (company.id, company.group_ledger)), self.chart.retained_earnings
        )
        self.ledger = Ledger(store, company.id, retained, carry_forward=carry_forward)
        self.payables = Payables(store, self.ledger, numbers, self.chart)
        self.receivables = Receivables(store, self.ledger, numbers, self.chart)
        self.inventory = Inventory(store, self.ledger, self.chart)
        self.purchasing = Purchasing(store, numbers, self.inventory, self.chart)
        self.sales = Sales(store, numbers, self.inventory)

    def resume(self, day: date) -> None:
        """Go on from stored books that stand at this day."""
        self.ledger.current = Period.of(day)

    def begin_day(self, day: date) -> None:
        """Begin a business day; the first one of a month closes the month before."""
        period, current = Period.of(day), self.ledger.current
        if period == current:
            return
        self.ledger.begin_period(period)
        for module in (self.payables, self.receivables, self.inventory):
            module.begin_period(new_year=period.year != current.year)

    def close_day(self, day: date) -> None:
        """Write the day's journals and balances."""
        self.ledger.close_day(day)
