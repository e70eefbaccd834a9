"""A business day: what happens in the companies between two runs of a pipeline.

A day holds every kind of change that a date column does not show: payments on old invoices, renames, new
costs, balances of earlier open periods, a back-dated invoice, deletions, purges.
SYSPRO reference, "Dates that do not move".
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books import Books
from syspro_sandbox.syspro.books.payables import DISPUTED, ON_HOLD, OPEN, PART_PAID
from syspro_sandbox.syspro.books.purchasing import CANCELLED, IN_PROCESS, PRINTED, READY
from syspro_sandbox.syspro.books.sales import CLOSED, COMPLETE, READY_TO_INVOICE
from syspro_sandbox.syspro.calendar import Period, Posting, business_date, next_weekday
from syspro_sandbox.syspro.database import RowStore, TableChanges, company_path, connect, system_path
from syspro_sandbox.syspro.day_log import DayEvent, deleted_keys, events_of, write_log
from syspro_sandbox.syspro.happenings import HAPPENINGS, Happening, Happenings
from syspro_sandbox.syspro.names import ADDITIONS
from syspro_sandbox.syspro.seed import SeedSettings, read_settings
from syspro_sandbox.syspro.seed.codes import follow_rates
from syspro_sandbox.syspro.seed.create import company_of
from syspro_sandbox.syspro.seed.partners import Partners
from syspro_sandbox.syspro.seed.stock import StockRoom
from syspro_sandbox.syspro.trade import Buying, Habits, LedgerClerk, Selling, Storing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from syspro_sandbox.syspro.database import Row

#: For how long a paid invoice is kept.
PURGE_MONTHS = 6
#: For how long a completed sales order is kept.
ARCHIVE_MONTHS = 2


@dataclass(frozen=True)
class DaySummary:
    """What a day changed: for each company and table the keys of the rows inserted, updated and deleted.

    Attributes:
        business_date: The day.
        changes: By company and table.
        events: Row by row, with the steps of the day that touched it (`day_log`).
    """

    business_date: date
    changes: tuple[TableChanges, ...]
    events: tuple[DayEvent, ...] = field(default=(), compare=False, repr=False)

    def touched(self, company: str, table: str) -> TableChanges:
        """What happened to a company's table."""
        nothing = TableChanges(company, table, (), (), ())
        return next(
            (each for each in self.changes if (each.company, each.table) == (company, table)), nothing
        )

    @property
    def inserted(self) -> int:
        """How many rows are new."""
        return sum(len(change.inserted) for change in self.changes)

    @property
    def updated(self) -> int:
        """How many rows changed."""
        return sum(len(change.updated) for change in self.changes)

    @property
    def deleted(self) -> int:
        """How many rows are gone."""
        return sum(len(change.deleted) for change in self.changes)


def play_day(data_dir: Path, seed: int | None = None, *, happenings: Iterable[Happening] = ()) -> DaySummary:
    """Advance the business date to the next weekday and play it, one transaction in each company.

    A server may have the databases open. What happens follows from the seed and the business date. A day that
    was interrupted is finished by the next call: companies that have played it already are left alone.

    Args:
        data_dir: Where the data are.
        seed: Of the random numbers; None takes the seed of the data.
        happenings: What else happens, besides what every day holds.

    Raises:
        MissingDataError: When the folder holds no SYSPRO data.
        ValueError: When there is no such happening.
    """
    settings = read_settings(data_dir)
    asked = set(happenings)
    if unknown := sorted(asked - set(HAPPENINGS)):
        raise ValueError(f"Unknown happenings: {', '.join(unknown)}; there are {', '.join(HAPPENINGS)}")
    ordered = [each for each in HAPPENINGS if each in asked]
    day = next_weekday(business_date(data_dir))
    changes: list[TableChanges] = []
    events: list[DayEvent] = []
    for company_id in settings.companies:
        chance = f"{settings.seed if seed is None else seed}:{company_id}:{day}"
        changed, logged = _play_company(data_dir, company_id, settings, day, chance, ordered)
        changes += changed
        events += logged
    with closing(connect(system_path(data_dir))) as connection:
        connection.execute("UPDATE Clock SET business_date = ?", [day.isoformat()])
    return DaySummary(day, tuple(changes), tuple(events))


def _play_company(  # noqa: PLR0917  # a day of a company is all of these
    data_dir: Path,
    company_id: str,
    settings: SeedSettings,
    day: date,
    chance: str,
    happenings: Sequence[Happening],
) -> tuple[list[TableChanges], list[DayEvent]]:
    company = company_of(company_id, settings)
    with closing(connect(company_path(data_dir, company.id))) as connection:
        connection.execute("BEGIN IMMEDIATE")
        (played,) = connection.execute("SELECT business_date FROM Sandbox").fetchone()
        if played >= day.isoformat():
            connection.execute("ROLLBACK")
            return [], []
        store = RowStore(company.id, connection)
        books = Books(company, store, carry_forward=settings.carry_forward)
        books.resume(day.fromisoformat(played))
        posting = Posting.on(day)
        deleted = {table: deleted_keys(connection, table) for table in ("ApInvoice", "ApSupplier")}
        unusual = Happenings(books, Habits(company, Random(f"{chance}:unusual")), posting, deleted)
        business = _BusinessDay(books, Habits(company, Random(chance)), posting)
        business.play(settings.periods, happenings, unusual)
        changes = store.flush()
        events = list(events_of(day, changes, store.reasons))
        write_log(connection, events)
        connection.execute("UPDATE Sandbox SET business_date = ?", [day.isoformat()])
        connection.execute("COMMIT")
        return changes, events


class _BusinessDay:
    """One company's day."""

    def __init__(self, books: Books, habits: Habits, posting: Posting) -> None:
        self._books = books
        self._store = books.store
        self._habits = habits
        self._posting = posting
        self._day = posting.day
        self._buying = Buying(books, habits)
        self._selling = Selling(books, habits)
        self._storing = Storing(books, habits)
        self._clerk = LedgerClerk(books, habits.rng)

    def play(self, periods: int, happenings: Sequence[Happening], unusual: Happenings) -> None:
        """Play it.

        Args:
            periods: How many periods a fiscal year has.
            happenings: What else happens.
            unusual: Who knows how.
        """
        steps: list[tuple[str, Callable[[], object]]] = [
            ("begins", self._begin),
            ("adjusts", partial(self._clerk.adjust_last_year, self._day, periods)),
            ("maintains", self._maintain_partners),
            ("maintains", self._maintain_stock),
            ("buys", self._buy),
            ("pays", self._pay),
            ("sells", self._sell),
            ("collects", self._collect),
            ("stores", self._store_goods),
            ("keeps-ledger", self._keep_ledger),
            ("cleans-up", self._clean_up),
            *((each, partial(unusual.play, each)) for each in happenings),
            ("closes", self._close),
        ]
        for reason, step in steps:
            self._store.because = reason
            step()

    def _begin(self) -> None:
        new_period = self._posting.period != self._books.ledger.current
        self._books.begin_day(self._day)
        follow_rates(self._books, self._habits, self._day)
        if new_period:
            self._clerk.reverse_accrual(self._day)

    def _close(self) -> None:
        self._books.close_day(self._day)
        self._books.receivables.age(self._day)

    def _some(self, rows: Iterable[Row], count: int) -> list[Row]:
        """Up to so many of the rows, by chance."""
        found = list(rows)
        return self._habits.rng.sample(found, min(count, len(found)))

    def _rows(self, table: str) -> list[Row]:
        return list(self._store.rows(table).values())

    # -- masters

    def _maintain_partners(self) -> None:
        rng, store = self._habits.rng, self._store
        partners = Partners(store, self._books.company, rng, beyond_cp1252=False)
        for supplier in self._some(self._rows("ApSupplier"), 2):
            name = self._renamed(supplier["SupplierName"])
            store.change("ApSupplier", supplier, SupplierName=name)
        for supplier in self._some(self._rows("ApSupplier"), 1):
            store.change("ApSupplier", supplier, OnHold="N" if supplier["OnHold"] == "Y" else "Y")
        for address in self._some(self._rows("ApSupplierAddr"), 1):
            store.change("ApSupplierAddr", address, SupAddr1=f"{rng.randrange(1, 400)} New Street")
        for customer in self._some(self._rows("ArCustomer"), 1):
            store.change("ArCustomer", customer, Name=self._renamed(customer["Name"]))
        for customer in self._some(self._rows("ArCustomer"), 2):
            store.change("ArCustomer", customer, CreditLimit=customer["CreditLimit"] + 5_000)
        self._delete_supplier()
        for row in (*partners.add_suppliers(1), *partners.add_customers(1)):
            dated = "DateSuppAdded" if "Supplier" in row else "DateCustAdded"
            store.change(
                "ApSupplier" if "Supplier" in row else "ArCustomer", row, **{dated: self._posting.date}
            )

    def _renamed(self, name: str) -> str:
        """A new name: another addition than the one it has."""
        stem = next((name.removesuffix(f" {each}") for each in ADDITIONS if name.endswith(f" {each}")), name)
        others = [each for each in ADDITIONS if not name.endswith(f" {each}")]
        return f"{stem[:36].rstrip()} {self._habits.rng.choice(others)}"

    def _delete_supplier(self) -> None:
        """Delete a supplier that nothing refers to."""
        store = self._store
        used = {
            row["Supplier"]
            for table in ("ApInvoice", "ApJnlSummary", "PorMasterHdr", "InvMaster")
            for row in self._rows(table)
        }
        for supplier in self._some(
            (row for row in self._rows("ApSupplier") if row["Supplier"] not in used), 1
        ):
            key = (supplier["Supplier"],)
            for table in ("ApSupplier", "ApSupplierAddr", "ApSupplier+"):
                if row := store.rows(table).get(key):
                    store.delete(table, row)

    def _maintain_stock(self) -> None:
        rng, store = self._habits.rng, self._store
        for stock in self._some(self._rows("InvMaster"), 2):
            store.change("InvMaster", stock, LongDesc=f"{stock['Description']}, rev. {rng.randrange(2, 9)}")
        self._delete_stock_code()
        StockRoom(store, self._books.company, rng).add_new(self._day)

    def _delete_stock_code(self) -> None:
        """Write off and delete a stock code on hold that no order mentions."""
        store = self._store
        used = {row["MStockCode"] for table in ("PorMasterDetail", "SorDetail") for row in self._rows(table)}
        held = (
            row
            for row in self._rows("InvMaster")
            if row["StockOnHold"] == "F" and row["StockCode"] not in used
        )
        for stock in self._some(held, 1):
            for warehouse, _ in self._books.company.warehouses:
                row = self._books.inventory.at(stock["StockCode"], warehouse)
                self._books.inventory.adjust(row, -row["QtyOnHand"], self._posting)
                store.delete("InvWarehouse", row)
            store.delete("InvMaster", stock)

    # -- buying

    def _buy(self) -> None:
        books, buying, posting = self._books, self._buying, self._posting
        for _ in range(self._habits.rng.randrange(3, 6)):
            books.payables.enter(buying.service_invoice(self._day), posting)
        books.payables.enter(buying.service_invoice(self._day, credit=True), posting)
        last_month = posting.period.previous
        back_dated = Posting(last_month.last_day, last_month)
        books.payables.enter(buying.service_invoice(last_month.last_day), back_dated)
        orders = self._rows("PorMasterHdr")
        for order in self._some((row for row in orders if row["OrderStatus"] in {IN_PROCESS, READY}), 2):
            books.purchasing.print(order, self._day)
        printed = [row for row in orders if row["OrderStatus"] == PRINTED]
        for number, order in enumerate(self._some(printed, 3)):
            local, foreign = buying.receive(order, posting, whole=number > 0)
            buying.bill(order, local, foreign, posting)
        for order in self._some((row for row in orders if row["OrderStatus"] == PRINTED), 1):
            buying.reprice(order)
        for _ in range(2):
            buying.order(self._day)
        cancelled = [row for row in orders if row["OrderStatus"] == CANCELLED]
        for order in self._some(cancelled, 1):
            books.purchasing.remove(order)
        fresh = [row for row in self._rows("PorMasterHdr") if row["OrderStatus"] == IN_PROCESS]
        for order in self._some(fresh[:-1], 1):
            books.purchasing.cancel(order)

    def _pay(self) -> None:
        """Pay the oldest invoices, and parts of others; dispute one and release one."""
        payables, posting = self._books.payables, self._posting
        owed = [
            row
            for row in self._rows("ApInvoice")
            if row["MthInvBal1"] and (row["JournalDate"] or "") < posting.date
        ]
        owed.sort(key=lambda row: (row["InvoiceDate"] or "", row["Supplier"], row["Invoice"]))
        payable = [row for row in owed if row["InvoiceStatus"] in {OPEN, PART_PAID}]
        for number, invoice in enumerate(payable[: self._habits.rng.randrange(6, 9)]):
            self._buying.pay(invoice, posting, part=number % 3 == 0)
        still_open = [row for row in payable if row["MthInvBal1"] and row["InvoiceStatus"] == OPEN]
        for invoice in self._some(still_open, 1):
            payables.mark(invoice, DISPUTED)
        for invoice in self._some((row for row in owed if row["InvoiceStatus"] == ON_HOLD), 1):
            payables.mark(invoice, OPEN)
        for invoice in self._some((row for row in still_open if row["InvoiceStatus"] == OPEN), 1):
            self._buying.adjust(invoice, posting)

    # -- selling

    def _sell(self) -> None:
        sales, selling = self._books.sales, self._selling
        for _ in range(self._habits.rng.randrange(4, 8)):
            selling.order(self._day)
        open_orders = [row for row in self._rows("SorMaster") if row["OrderStatus"] not in CLOSED]
        for order in self._some(open_orders, 5):
            if selling.can_bill(order):
                selling.bill(order, self._posting)
            else:
                sales.cancel(order)
        for order in self._some((row for row in open_orders if row["OrderStatus"] not in CLOSED), 2):
            sales.set_status(order, READY_TO_INVOICE)
        selling.credit_note(self._posting)

    def _collect(self) -> None:
        """Take money for the oldest invoices, and for parts of others."""
        owed = [row for row in self._rows("ArInvoice") if row["InvoiceBal1"]]
        owed.sort(key=lambda row: (row["InvoiceDate"] or "", row["Customer"], row["Invoice"]))
        for number, invoice in enumerate(owed[: self._habits.rng.randrange(5, 9)]):
            self._selling.collect(invoice, self._posting, part=number % 4 == 0)
        for invoice in self._some((row for row in owed if row["InvoiceBal1"] > 0), 1):
            self._selling.write_off(invoice, self._posting)

    # -- stock and ledger

    def _store_goods(self) -> None:
        for _ in range(2):
            self._storing.count(self._posting)
            self._storing.recost(self._posting)
        self._storing.transfer(self._posting)
        if self._books.company.makes:
            self._storing.produce(self._posting)

    def _keep_ledger(self) -> None:
        self._clerk.post_waiting(self._day)
        self._clerk.correct(self._day, self._posting.period.back(2))
        if Period.of(next_weekday(self._day)) != self._posting.period:
            self._clerk.write_month_end(self._day)

    def _clean_up(self) -> None:
        """Purge a long paid invoice and archive a long completed sales order."""
        oldest = self._posting.period.back(PURGE_MONTHS)
        paid = (
            row
            for row in self._rows("ApInvoice")
            if row["YearInvBalZero"] and (row["YearInvBalZero"], row["MonthInvBalZero"]) < oldest
        )
        for invoice in self._some(paid, 1):
            self._books.payables.purge(invoice)
        last = _month_start(self._posting.period.back(ARCHIVE_MONTHS))
        completed = (
            row
            for row in self._rows("SorMaster")
            if row["OrderStatus"] == COMPLETE and (row["OrderDate"] or last) < last
        )
        for order in self._some(completed, 1):
            self._books.sales.archive(order)


def _month_start(period: Period) -> str:
    return f"{period.year}-{period.month:02d}-01"
