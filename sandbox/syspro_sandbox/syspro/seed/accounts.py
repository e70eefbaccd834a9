"""The chart of accounts, its budgets, and what the books begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro.calendar import FIRST_YEAR, PERIODS
from syspro_sandbox.syspro.chart import (
    BALANCE_SHEET,
    CONTROL,
    FORCED,
    GROUPS,
    PROFIT_AND_LOSS,
    RETAINED,
    Account,
)
from syspro_sandbox.syspro.money import CENTS

if TYPE_CHECKING:
    from random import Random

    from syspro_sandbox.syspro.books import Books

#: What the books begin with, in whole local money, besides stock, receivables and payables. Reserves take
#: the rest.
OPENING = {
    1000: 4_500,
    1010: 6_200_000,
    1020: 310_000,
    1180: 42_000,
    1500: 3_100_000,
    1510: 2_450_000,
    1520: 380_000,
    1530: 95_000,
    1590: -1_720_000,
    2150: -88_000,
    2200: -61_000,
    2500: -2_000_000,
    3000: -1_000_000,
}
#: The accounts of the holding company.
GROUP_ACCOUNTS = frozenset({1010, 1190, 2500, 3000, 3100, 3900, 6400, 7010, 7200})
BLOCKED_ACCOUNT = 1020
RESERVES = 3100


class AccountsSeed:
    """The maker of a company's accounts.

    Args:
        books: Whose accounts.
        rng: Decides.
    """

    def __init__(self, books: Books, rng: Random) -> None:
        self._books = books
        self._rng = rng

    def add_accounts(self) -> None:
        """Add groups, accounts and budgets, those of the holding company too where this database has them."""
        company = self._books.company
        self._add_chart(company.id, company.branches, BALANCE_SHEET, PROFIT_AND_LOSS)
        if company.group_ledger:
            chosen = [
                tuple(account for account in accounts if account.number in GROUP_ACCOUNTS)
                for accounts in (BALANCE_SHEET, PROFIT_AND_LOSS)
            ]
            self._add_chart(company.group_ledger, company.branches[:1], *chosen)

    def _add_chart(
        self, owner: str, branches: tuple[str, ...], balance: tuple[Account, ...], result: tuple[Account, ...]
    ) -> None:
        for group in dict.fromkeys(account.group for account in (*balance, *result) if account.group):
            self._books.store.insert("GenGroups", Company=owner, GlGroup=group, Description=GROUPS[group])
        for account in balance:
            self._add_account(owner, account, branches[0], "")
        for branch in branches:
            for account in result:
                self._add_account(owner, account, branch, f" {branch}" if len(branches) > 1 else "")
        for pseudo in (FORCED, RETAINED):
            self._books.store.insert(
                "GenMaster", Company=owner, GlCode=pseudo, Description=f"{pseudo} (system)", AccountType="C"
            )

    def _add_account(self, owner: str, account: Account, branch: str, suffix: str) -> None:
        store, chart = self._books.store, self._books.chart
        gl_code, result = chart.code(account.number, branch), account.type in "RE"
        store.insert(
            "GenMaster",
            Company=owner,
            GlCode=gl_code,
            Description=f"{account.description}{suffix}",
            AccountType=account.type,
            ExpenseType=("M" if account.group == "COGS" else "O") if account.type == "E" else "",
            GlGroup=account.group,
            BudgetMethod="C" if result else "",
            ControlAccFlag="Y" if account.number in CONTROL else "N",
            AccOnHldFlag="Y" if account.number == BLOCKED_ACCOUNT else "N",
            RetEarnsAccount=chart.retained_earnings if result else "",
            TaxAccount="Y" if gl_code in {chart.input_tax, chart.output_tax} else "N",
            InterestAccount="N",
        )
        if result:
            monthly = self._rng.randrange(500, 40_000) * CENTS * (-1 if account.type == "R" else 1)
            for budget_type, growth in (("C", 100), ("N", 104)):
                months = {f"Budget{n}": monthly * growth // 100 for n in range(1, PERIODS + 1)}
                store.insert(
                    "GenBudgets",
                    Company=owner,
                    BudgetType=budget_type,
                    BudgetNumber=0,
                    GlCode=gl_code,
                    **months,
                )

    def open_balances(self, receivables: int, payables: int) -> None:
        """Set what the books begin with; `payables` is positive."""
        books, chart = self._books, self._books.chart
        stock = sum(books.inventory.value(row) for row in books.store.rows("InvWarehouse").values())
        balances = {chart.code(number): amount * CENTS for number, amount in OPENING.items()}
        balances |= {chart.receivables: receivables, chart.payables: -payables, chart.stock: stock}
        self._open(books.company.id, balances)
        if owner := books.company.group_ledger:
            self._open(owner, {chart.code(1010): 900_000_00, chart.code(2500): -400_000_00})

    def _open(self, owner: str, balances: dict[str, int]) -> None:
        balances[self._books.chart.code(RESERVES)] = -sum(balances.values())
        for gl_code, value in balances.items():
            self._books.ledger.open_balance(owner, gl_code, value, FIRST_YEAR)
