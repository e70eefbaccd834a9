"""The ledger before the journals: years of balances whose journals were purged long ago.

SYSPRO purges journals and transactions by year and keeps the balances of GenHistory, so that the oldest
balance is years older than the oldest journal (SYSPRO reference, "Ledger tables").
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.ledger import CLOSING, RESULT_TYPES
from syspro_sandbox.syspro.calendar import FIRST_YEAR, PERIODS
from syspro_sandbox.syspro.chart import FORCED, RETAINED
from syspro_sandbox.syspro.money import CENTS

if TYPE_CHECKING:
    from random import Random

    from syspro_sandbox.syspro.books import Books
    from syspro_sandbox.syspro.database import RowStore

_OWNED_BY_JOURNALS = ("GenJournalCtl", "GenJournalDetail", "GenTransaction")


class LedgerPast:
    """The maker of years before the first one in the books.

    Args:
        books: Whose.
        rng: Decides.
    """

    def __init__(self, books: Books, rng: Random) -> None:
        self._books = books
        self._rng = rng

    def add_years(self, count: int) -> None:
        """Add so many years of balances, each ending as the next one begins."""
        owners = dict.fromkeys(filter(None, (self._books.company.id, self._books.company.group_ledger)))
        for year in range(FIRST_YEAR - 1, FIRST_YEAR - 1 - count, -1):
            for owner in owners:
                self._add_year(owner, year)

    def _add_year(self, owner: str, year: int) -> None:
        """Add a year in which the bank pays every expense and takes every revenue."""
        store, chart = self._books.store, self._books.chart
        history = store.rows("GenHistory")
        masters = [row for (company, _), row in store.rows("GenMaster").items() if company == owner]
        movements: dict[str, list[int]] = {}
        paid: Counter[int] = Counter()
        for master in masters:
            if master["AccountType"] in RESULT_TYPES:
                sign = -1 if master["AccountType"] == "R" else 1
                months = [sign * self._rng.randrange(200, 9_000) * CENTS for _ in range(PERIODS)]
                movements[master["GlCode"]] = months
                paid.update(dict(enumerate(months)))
        result = sum(map(sum, movements.values()))
        movements[chart.bank] = [-paid[month] for month in range(PERIODS)]
        for master in masters:
            code = master["GlCode"]
            moved = movements.get(code, [0] * PERIODS)
            closing = 0 if code in {FORCED, RETAINED} else history[owner, code, year + 1]["BeginYearBalance"]
            if master["AccountType"] in RESULT_TYPES:
                closing = sum(moved)
            elif code == chart.retained_earnings:
                closing -= result
            begin = balance = closing - sum(moved)
            balances = {}
            for place, name in enumerate(CLOSING):
                balance += moved[place] if place < PERIODS else 0
                balances[name] = balance
            store.insert(
                "GenHistory", Company=owner, GlCode=code, GlYear=year, BeginYearBalance=begin, **balances
            )


def purge_journals(store: RowStore, before: int) -> None:
    """Remove the journals and transactions of the years before one; their balances stay."""
    for table in _OWNED_BY_JOURNALS:
        for row in [row for row in store.rows(table).values() if row["GlYear"] < before]:
            store.delete(table, row)
