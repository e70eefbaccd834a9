"""The chart of accounts: the accounts a company posts to by their role, and the rest, as data.

A balance sheet account exists once, in the company's first branch; revenue and expense accounts exist in
every branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from syspro_sandbox.syspro.companies import Company

FORCED = "FORCED"
#: SYSPRO's two pseudo accounts, which reports exclude (SYSPRO reference, "Pseudo accounts").
RETAINED = "RETAINED"

GROUPS = {
    "CASH": "Cash & bank",
    "RECV": "Receivables",
    "STOCK": "Inventories",
    "FIXED": "Fixed assets, net",
    "PAY": "Payables",
    "LOANS": "Loans, long-term",
    "EQUITY": "Equity",
    "SALES": "Revenue",
    "COGS": "Cost of sales",
    "PEOPLE": "People",
    "PREM": "Premises & utilities",
    "LOGIS": "Freight, storage, logistics",
    "ADMIN": "Administration",
    "FIN": "Finance <net>",
    "STAT": "",
}


class Account(NamedTuple):
    """An account: its number, type (SYSPRO reference, "Codes"), group and description."""

    number: int
    type: str
    group: str
    description: str


BALANCE_SHEET = (
    Account(1000, "A", "CASH", "Petty cash"),
    Account(1010, "A", "CASH", "Bank, operating account"),
    Account(1020, "A", "CASH", "Bank, payroll account"),
    Account(1100, "A", "RECV", "Accounts receivable control"),
    Account(1150, "A", "RECV", "VAT & sales tax recoverable"),
    Account(1180, "A", "RECV", "Prepayments"),
    Account(1190, "A", "RECV", "Inter-company account"),
    Account(1300, "A", "STOCK", "Stock control"),
    Account(1350, "A", "STOCK", "Work in progress"),
    Account(1500, "A", "FIXED", "Land & buildings"),
    Account(1510, "A", "FIXED", "Plant, machinery"),
    Account(1520, "A", "FIXED", "Vehicles"),
    Account(1530, "A", "FIXED", "Office equipment"),
    Account(1590, "A", "FIXED", "Accumulated depreciation"),
    Account(2000, "L", "PAY", "Accounts payable control"),
    Account(2050, "L", "PAY", "Goods received, not invoiced"),
    Account(2100, "L", "PAY", "VAT & sales tax payable"),
    Account(2150, "L", "PAY", "Payroll taxes"),
    Account(2200, "L", "PAY", "Accrued expenses"),
    Account(2300, "L", "PAY", "Customer deposits"),
    Account(2500, "L", "LOANS", "Bank loan 2029"),
    Account(2550, "L", "LOANS", "Leasing obligations"),
    Account(3000, "C", "EQUITY", "Share capital"),
    Account(3100, "C", "EQUITY", "Reserves"),
    Account(3900, "C", "EQUITY", "Retained earnings"),
    Account(9000, "S", "STAT", "Headcount (statistical)"),
    Account(9100, "T", "", "Template"),
)
PROFIT_AND_LOSS = (
    Account(4000, "R", "SALES", "Sales"),
    Account(4050, "R", "SALES", "Sales, export"),
    Account(4100, "R", "SALES", "Credit notes & returns"),
    Account(4200, "R", "SALES", "Freight recovered"),
    Account(4900, "R", "FIN", "Settlement discount allowed"),
    Account(5000, "E", "COGS", "Cost of sales"),
    Account(5050, "E", "COGS", "Purchase price variance"),
    Account(5100, "E", "COGS", "Stock adjustments"),
    Account(5150, "E", "COGS", "Stock revaluation"),
    Account(5200, "E", "LOGIS", "Freight-in"),
    Account(5300, "E", "COGS", "Sub-contractors"),
    Account(6000, "E", "PEOPLE", "Wages & salaries"),
    Account(6050, "E", "PEOPLE", "Temporary staff"),
    Account(6100, "E", "PEOPLE", "Training, safety"),
    Account(6150, "E", "PEOPLE", "Pension"),
    Account(6200, "E", "PREM", "Rent"),
    Account(6210, "E", "PREM", "Electricity"),
    Account(6220, "E", "PREM", "Water, waste"),
    Account(6230, "E", "PREM", "Repairs & maintenance"),
    Account(6240, "E", "PREM", "Insurance"),
    Account(6300, "E", "LOGIS", "Freight-out"),
    Account(6310, "E", "LOGIS", "Storage, handling"),
    Account(6320, "E", "LOGIS", "Pallets & drums"),
    Account(6330, "E", "LOGIS", "Customs, duties"),
    Account(6400, "E", "ADMIN", "Audit & legal"),
    Account(6410, "E", "ADMIN", "Software licences"),
    Account(6420, "E", "ADMIN", "Telephone, internet"),
    Account(6430, "E", "ADMIN", "Travel"),
    Account(6440, "E", "ADMIN", "Marketing"),
    Account(6450, "E", "ADMIN", 'Subscriptions, "misc."'),
    Account(6460, "E", "ADMIN", "Consulting"),
    Account(6500, "E", "ADMIN", "Bad debts"),
    Account(6600, "E", "FIXED", "Depreciation"),
    Account(7000, "E", "FIN", "Bank charges"),
    Account(7010, "E", "FIN", "Interest paid"),
    Account(7020, "R", "FIN", "Interest received"),
    Account(7100, "E", "FIN", "Exchange differences"),
    Account(7200, "E", "ADMIN", "Group charges"),
)
#: Expense accounts that supplier invoices without a purchase order go to.
PURCHASED = (5200, 5300, 6050, 6100, 6210, 6220, 6230, 6300, 6310, 6320, 6400, 6410, 6420, 6430, 6440, 6460)
CONTROL = frozenset({1100, 1300, 2000, 2050})


@dataclass(frozen=True)
class Chart:
    """A company's accounts by role."""

    company: Company

    def code(self, account: int, branch: str | None = None) -> str:
        """The GL code of an account."""
        return self.company.gl_code(account, branch)

    @cached_property
    def bank(self) -> str:
        """The operating bank account."""
        return self.code(1010)

    @cached_property
    def receivables(self) -> str:
        """AR control."""
        return self.code(1100)

    @cached_property
    def payables(self) -> str:
        """AP control."""
        return self.code(2000)

    @cached_property
    def stock(self) -> str:
        """Stock control."""
        return self.code(1300)

    @cached_property
    def work_in_progress(self) -> str:
        """Work in progress."""
        return self.code(1350)

    @cached_property
    def received_not_invoiced(self) -> str:
        """The accrual between goods receipt and supplier invoice."""
        return self.code(2050)

    @cached_property
    def input_tax(self) -> str:
        """Tax on purchases."""
        return self.code(1150)

    @cached_property
    def output_tax(self) -> str:
        """Tax on sales."""
        return self.code(2100)

    @cached_property
    def retained_earnings(self) -> str:
        """Where the year's result goes."""
        return self.code(3900)

    @cached_property
    def price_variance(self) -> str:
        """Differences between a receipt and the cost or invoice it meets."""
        return self.code(5050)

    @cached_property
    def exchange(self) -> str:
        """Exchange gains and losses."""
        return self.code(7100)
