"""The tables of codes: terms, currencies, banks, dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.payables import TERMS_DAYS

if TYPE_CHECKING:
    from datetime import date

    from syspro_sandbox.syspro.books import Books
    from syspro_sandbox.syspro.trade import Habits

_DIMENSIONS = {
    "REGION": (("N", "North"), ("S", "South & islands"), ("E", "East"), ("W", "West")),
    "CHANNEL": (("DIR", "Direct sales"), ("DIST", "Distributors"), ("WEB", "Online <shop>")),
}


def add_codes(books: Books, habits: Habits, today: date) -> None:
    """Add the codes that documents refer to."""
    store, company = books.store, books.company
    for code, days in TERMS_DAYS.items():
        for table in ("TblApTerms", "TblArTerms"):
            store.insert(
                table,
                TermsCode=code,
                Description=f"{days} days net" if days else "Cash on delivery",
                DueDays=days,
            )
    for currency in company.currencies:
        rate = habits.rate(currency.code, today).rate
        store.insert(
            "TblCurrency",
            Currency=currency.code,
            Description="Local currency" if currency is company.local else f"Currency {currency.code}",
            BuyExchangeRate=rate,
            BuyMulDiv=currency.mul_div,
            SellExchangeRate=rate,
            SellMulDiv=currency.mul_div,
        )
    for bank, description in (("EFT01", "Operating account, EFT"), ("PAYROLL", 'Payroll "B" account')):
        store.insert(
            "ApBank",
            Bank=bank,
            Description=description,
            Currency=company.local.code,
            CashGlCode=books.chart.code(1010 if bank == "EFT01" else 1020),
        )
    for dimension, values in _DIMENSIONS.items():
        for code, description in values:
            store.insert(
                "GenDimensionDet",
                Dimension=dimension,
                DimensionCode=code,
                Description=description,
                ActiveFlag="Y",
            )


def follow_rates(books: Books, habits: Habits, day: date) -> None:
    """Enter the exchange rates of a day, which move weekly."""
    for row in books.store.rows("TblCurrency").values():
        rate = habits.rate(row["Currency"], day).rate
        books.store.change("TblCurrency", row, BuyExchangeRate=rate, SellExchangeRate=rate)
