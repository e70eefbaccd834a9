"""Happenings that break careless readers, which a business day holds only when it is asked to.

They go through the books wherever the books know them, so that the ledgers still agree; null dates and purges
of journals are what they are in a database that has lived.
SYSPRO reference, "Dates that do not move".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args

from syspro_sandbox.syspro.books.ledger import JournalHead, JournalKey
from syspro_sandbox.syspro.books.payables import GOODS, PAID
from syspro_sandbox.syspro.books.purchasing import COMPLETE as RECEIVED
from syspro_sandbox.syspro.books.sales import COMPLETE
from syspro_sandbox.syspro.books.settlement import PAYMENT
from syspro_sandbox.syspro.calendar import FIRST_YEAR, Period, Posting
from syspro_sandbox.syspro.seed.past import purge_journals
from syspro_sandbox.syspro.trade import Buying, LedgerClerk, Selling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syspro_sandbox.syspro.books import Books
    from syspro_sandbox.syspro.database import Key, Row
    from syspro_sandbox.syspro.trade import Habits

Happening = Literal["reversals", "back_dated", "future_dated", "null_dates", "key_reuse", "purge"]
#: All of them, in the order in which a day plays them.
HAPPENINGS: tuple[Happening, ...] = get_args(Happening)
#: What is closed for so many periods goes when a day purges.
KEPT_PERIODS = 3
#: So many years of journals stay, the current one counted.
KEPT_YEARS = 2


class Happenings:
    """The happenings of one company's day.

    Args:
        books: Its books.
        habits: Its habits, with draws of the happenings' own.
        posting: The day.
        deleted: Keys that earlier days deleted, by table.
    """

    def __init__(
        self, books: Books, habits: Habits, posting: Posting, deleted: Mapping[str, Sequence[Key]]
    ) -> None:
        self._books = books
        self._store = books.store
        self._habits = habits
        self._posting = posting
        self._day = posting.day
        self._deleted = deleted
        self._buying = Buying(books, habits)
        self._selling = Selling(books, habits)

    def play(self, happening: Happening) -> None:
        """Let one of them happen."""
        getattr(self, f"_{happening}")()

    def _some(self, rows: Iterable[Row], count: int) -> list[Row]:
        found = list(rows)
        return self._habits.rng.sample(found, min(count, len(found)))

    def _rows(self, table: str) -> list[Row]:
        return list(self._store.rows(table).values())

    # -- money comes back

    def _reversals(self) -> None:
        """Reverse payments and receipts, which opens closed invoices again, and a journal."""
        payables, receivables, store = self._books.payables, self._books.receivables, self._store
        payments = store.rows("ApInvoicePay")
        for invoice in self._some((row for row in self._rows("ApInvoice") if row["MthInvBal1"] == 0), 4):
            entry = payments.get((invoice["Supplier"], invoice["Invoice"], invoice["NextPaymEntry"]))
            if entry and entry["TrnType"] == PAYMENT:
                currency = self._habits.rate(invoice["PostCurrency"], self._day)
                payables.pay(invoice, entry["TrnValue"], self._posting, currency)
        receipts = store.rows("ArInvoicePay")
        for invoice in self._some((row for row in self._rows("ArInvoice") if row["InvoiceBal1"] == 0), 4):
            key = (invoice["Customer"], invoice["Invoice"], invoice["DocumentType"], invoice["NextPaymEntry"])
            entry = receipts.get(key)
            if entry and entry["TrnType"] == PAYMENT:
                currency = self._habits.rate(invoice["PostCurrency"], self._day)
                receivables.receive(invoice, entry["TrnValue"], self._posting, currency, entry["DiscValue"])
        self._reverse_journal()

    def _reverse_journal(self) -> None:
        ledger, period = self._books.ledger, self._posting.period
        recent = {period, period.previous}
        written = [
            head
            for head in self._rows("GenJournalCtl")
            if (head["GlYear"], head["GlPeriod"]) in recent
            and (head["JournalSource"], head["JnlStatus"]) == ("JE", "P")
            and self._is_own(head)
        ]
        for head in self._some(written, 1):
            lines = [line._replace(value=-line.value) for line in ledger.entered(head)]
            key = JournalKey(
                "RV", head["Type"], Period(head["GlYear"], head["GlPeriod"]), self._books.company.id
            )
            ledger.write_journal(
                JournalHead(key, self._day, reference=f"Reversal {head['GlJournal']}"), lines
            )

    def _is_own(self, head: Row) -> bool:
        """Whether a journal is the company's own, and not the holding company's."""
        entry = self._store.rows("GenJournalDetail")[head["GlYear"], head["GlPeriod"], head["GlJournal"], 1]
        return bool(entry["Company"] == self._books.company.id)

    # -- dates

    def _back_dated(self) -> None:
        """Enter documents with old dates, and post into periods that a look-back by date does not reach."""
        payables, day, period = self._books.payables, self._day, self._posting.period
        payables.enter(self._buying.service_invoice(day - timedelta(days=200)), self._posting)
        earlier = period.back(2)
        before = Posting(earlier.last_day, earlier)
        payables.enter(self._buying.service_invoice(earlier.last_day), before)
        self._selling.debit_note(before)
        self._buying.order(day - timedelta(days=120))
        self._selling.order(day - timedelta(days=90))
        last_year = period.back(13)
        if last_year.year >= FIRST_YEAR:
            LedgerClerk(self._books, self._habits.rng).correct(day, last_year)

    def _future_dated(self) -> None:
        """Enter documents whose dates are yet to come, by weeks and by more than a year."""
        for days in (40, 400):
            document = self._buying.service_invoice(self._day + timedelta(days=days))
            self._books.payables.enter(document, self._posting)
        self._selling.order(self._day + timedelta(days=30))
        self._buying.order(self._day + timedelta(days=60))

    def _null_dates(self) -> None:
        """Take the dates from documents, open ones and closed ones."""
        document = self._buying.service_invoice(self._day)
        fresh = self._books.payables.enter(document, self._posting)
        closed = (
            row for row in self._rows("ApInvoice") if row["InvoiceStatus"] == PAID and row["InvoiceDate"]
        )
        for invoice in [fresh, *self._some(closed, 1)]:
            self._store.change("ApInvoice", invoice, InvoiceDate=None, JournalDate=None, DueDate=None)
        for table, column in (
            ("ApInvoicePay", "JournalDate"),
            ("ArInvoice", "InvoiceDate"),
            ("ArInvoicePay", "JournalDate"),
            ("PorMasterHdr", "OrderEntryDate"),
            ("SorMaster", "OrderDate"),
        ):
            for row in self._some((row for row in self._rows(table) if row[column]), 1):
                self._store.change(table, row, **{column: None})

    # -- rows that go, and come again

    def _key_reuse(self) -> None:
        """Give keys that were deleted to other rows: today's, and those of earlier days."""
        store, payables = self._store, self._books.payables
        gone = [key for key in self._deleted.get("ApInvoice", ()) if key not in store.rows("ApInvoice")]
        keys = gone[-1:]
        for invoice in self._some((row for row in self._rows("ApInvoice") if self._is_settled(row)), 1):
            keys.append((invoice["Supplier"], invoice["Invoice"]))
            payables.purge(invoice)
        for supplier, number in keys:
            row = store.rows("ApSupplier").get((supplier,))
            if row is not None:
                document = self._buying.service_invoice(self._day, supplier=row)
                payables.enter(replace(document, number=number), self._posting)
        free = [key for key in self._deleted.get("ApSupplier", ()) if key not in store.rows("ApSupplier")]
        for (code,) in free[-1:]:
            name = f"Successor of {code}"
            store.insert(
                "ApSupplier",
                Supplier=code,
                SupplierName=name,
                SupplierClass=GOODS,
                TermsCode="30",
                Currency=self._books.company.local.code,
                DateSuppAdded=self._posting.date,
            )
            store.insert("ApSupplierAddr", Supplier=code, SupAddr1="1 New Road")

    @staticmethod
    def _is_settled(invoice: Row) -> bool:
        return bool(invoice["MthInvBal1"] == 0 and invoice["InvoiceTakeOn"] != "Y")

    def _purge(self) -> None:
        """Remove everything that has been closed for long, and the oldest year of journals."""
        books, oldest = self._books, self._posting.period.back(KEPT_PERIODS)
        for invoice in self._rows("ApInvoice"):
            if invoice["YearInvBalZero"] and _closed(invoice) < oldest:
                books.payables.purge(invoice)
        for invoice in self._rows("ArInvoice"):
            if invoice["YearInvBalZero"] and _closed(invoice) < oldest:
                books.receivables.purge(invoice)
        last = oldest.last_day.isoformat()
        for order in self._rows("SorMaster"):
            if order["OrderStatus"] == COMPLETE and order["OrderDate"] and order["OrderDate"] <= last:
                books.sales.archive(order)
        for order in self._rows("PorMasterHdr"):
            if order["OrderStatus"] == RECEIVED and order["DatePoCompleted"] <= last:
                books.purchasing.remove(order)
        purge_journals(self._store, before=self._posting.period.year + 1 - KEPT_YEARS)


def _closed(invoice: Row) -> tuple[int, int]:
    """When the balance of an invoice became zero."""
    return invoice["YearInvBalZero"], invoice["MonthInvBalZero"]
