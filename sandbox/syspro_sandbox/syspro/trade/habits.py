"""Chance, exchange rates and amounts, which all of a company's trade draws on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.money import CENTS, divide

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from random import Random

    from syspro_sandbox.syspro.companies import Company, Currency
    from syspro_sandbox.syspro.database import Key, Row

MAGNITUDES = (1, 1, 10, 10, 10, 100, 100)


def known_well(partners: dict[Key, Row]) -> list[Row]:
    """The partners a company trades with; of those that come last by key it knows only the address."""
    return [partners[key] for key in sorted(partners)[: -(len(partners) // 12) - 1]]


def is_traded(stock: Row) -> bool:
    """Whether a stock code is bought and sold: not while it is on hold."""
    return bool(stock["StockOnHold"] != "F")


class Habits:
    """The habits of a company.

    Args:
        company: Whose.
        rng: Decides.
    """

    def __init__(self, company: Company, rng: Random) -> None:
        self.company = company
        self.rng = rng
        self._currencies = {currency.code: currency for currency in company.currencies}

    def chance(self, percent: int) -> bool:
        """Whether something with this probability happens."""
        return self.rng.randrange(100) < percent

    def pick(self, rows: Sequence[Row]) -> Row:
        """One of the rows, the first ones more often: few partners make most of the business."""
        place = self.rng.randrange(len(rows))
        return rows[self.rng.randrange(place + 1)]

    def branch(self) -> str:
        """One of the company's branches."""
        return self.rng.choice(self.company.branches)

    def rate(self, code: str, day: date) -> Currency:
        """A currency at the rate of a day: it moves weekly, by up to two per cent around its usual rate."""
        currency = self._currencies[code]
        if currency is self.company.local:
            return currency
        step = (day.toordinal() // 7 * 37) % 81 - 40
        return replace(currency, rate=currency.rate * (2000 + step) // 2000)

    def amount(self) -> int:
        """The value of a document, in cents."""
        return self.rng.randrange(1_000, 10_000) * self.rng.choice(MAGNITUDES) + self.rng.randrange(CENTS)

    def tax(self, net: int, code: str) -> int:
        """The tax on a net value: domestic documents bear it, foreign ones do not."""
        return divide(net * self.company.tax_percent, 100) if code == self.company.local.code else 0

    def part_of(self, balance: int) -> int:
        """A part of a balance, of the same sign, as a part payment takes it."""
        return divide(balance * self.rng.choice((25, 30, 50, 60)), 100)
