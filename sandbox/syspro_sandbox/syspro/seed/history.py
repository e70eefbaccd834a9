"""The past: every business day from the opening of the books to today, played in order."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from syspro_sandbox.syspro.books.payables import DISPUTED, ON_HOLD
from syspro_sandbox.syspro.books.purchasing import COMPLETE
from syspro_sandbox.syspro.books.sales import (
    CANCELLED,
    CANCELLED_AT_ENTRY,
    FORWARD,
    IN_WAREHOUSE,
    READY_TO_INVOICE,
    RELEASED_BACK_ORDER,
    SUSPENSE,
)
from syspro_sandbox.syspro.calendar import FIRST_YEAR, PERIODS, Period, Posting, is_weekday, next_weekday
from syspro_sandbox.syspro.trade import Buying, LedgerClerk, Selling, Storing

if TYPE_CHECKING:
    from collections.abc import Callable

    from syspro_sandbox.syspro.books import Books
    from syspro_sandbox.syspro.companies import Sizes
    from syspro_sandbox.syspro.database import Row
    from syspro_sandbox.syspro.trade import Habits

    Event = Callable[[Posting], Any]

RECENT_DAYS = 60
#: How documents spread over the past: from and to how many days ago, and how many per cent.
AGES = ((900, 400, 15), (400, 150, 25), (150, RECENT_DAYS, 27), (RECENT_DAYS, 0, 33))
#: Closed sales orders older than this are archived.
ARCHIVE_DAYS = 90
#: How many supplier invoices a purchase order brings: some are delivered in parts.
INVOICES_PER_ORDER = 1.15


class History:
    """A company's past, to be played.

    Args:
        books: Its books, with partners, stock and opening balances.
        habits: Its habits.
        sizes: How many documents.
        today: Where the past ends.
        periods: How many periods a fiscal year has.
    """

    def __init__(
        self, books: Books, habits: Habits, sizes: Sizes, today: date, *, periods: int = PERIODS
    ) -> None:
        self._books = books
        self._habits = habits
        self._sizes = sizes
        self._today = today
        self._periods = periods
        self._buying = Buying(books, habits)
        self._selling = Selling(books, habits)
        self._storing = Storing(books, habits)
        self._clerk = LedgerClerk(books, habits.rng)
        self._agenda: defaultdict[date, list[Event]] = defaultdict(list)

    def take_on(self, day: date) -> tuple[int, int]:
        """Enter what was open before the books began.

        Returns:
            The receivables and the payables that the opening balances hold.
        """
        owed = owing = 0
        for _ in range(max(self._sizes.ap_invoices // 40, 2)):
            dated = day - timedelta(days=self._habits.rng.randrange(1, 40))
            document = self._buying.service_invoice(dated)
            owing += self._books.payables.take_on(document, day)
        for invoice in self._books.store.rows("ApInvoice").values():
            self._schedule_payment(invoice, day)
        for _ in range(max(self._sizes.ar_invoices // 40, 2)):
            dated = day - timedelta(days=self._habits.rng.randrange(1, 40))
            owed += self._books.receivables.take_on(self._selling.opening_document(dated), day)
        for invoice in self._books.store.rows("ArInvoice").values():
            self._schedule_receipt(invoice, day)
        return owed, owing

    def play(self) -> None:
        """Plan the documents and play every day up to today."""
        self._plan()
        day = next_weekday(date(FIRST_YEAR, 1, 1) - timedelta(days=1))
        while day <= self._today:
            self._books.begin_day(day)
            if Period.of(day) != Period.of(_weekday_before(day)):
                self._clerk.reverse_accrual(day)
            self._clerk.adjust_last_year(day, self._periods)
            while events := self._agenda.pop(day, []):
                for event in events:
                    event(Posting.on(day))
            if Period.of(next_weekday(day)) != Period.of(day):
                self._clerk.write_month_end(day)
            self._books.close_day(day)
            day = next_weekday(day)
        self._books.begin_day(self._today)
        self._leave_open()
        self._clerk.write_unposted(self._today)
        self._books.close_day(self._today)
        self._books.receivables.age(self._today)

    # -- what happens when

    def _some_day(self) -> date:
        """A day of the past, the recent ones more often."""
        rng = self._habits.rng
        since, until, _ = rng.choices(AGES, [percent for *_, percent in AGES])[0]
        return max(self._today - timedelta(days=rng.randrange(until, since)), date(FIRST_YEAR, 1, 2))

    def _at(self, day: date, event: Event) -> None:
        """Put an event on the agenda; one on a weekend waits for Monday, one after today never happens."""
        self._agenda[day if is_weekday(day) else next_weekday(day)].append(event)

    def _plan(self) -> None:
        sizes, habits = self._sizes, self._habits
        for _ in range(sizes.purchase_orders):
            self._at(self._some_day(), self._place)
        for number in range(sizes.ap_invoices - int(sizes.purchase_orders * INVOICES_PER_ORDER)):
            self._at(self._some_day(), partial(self._enter, credit=number % 25 == 0))
        for number in range(sizes.ar_invoices):
            self._at(self._some_day(), self._credit if number % 20 == 0 else self._sell)
        for _ in range(sizes.ar_invoices // 60):
            self._at(self._some_day(), self._debit)
        for _ in range(sizes.stock_codes):
            happening = [self._storing.count, self._storing.transfer, self._storing.recost]
            if self._books.company.makes:
                happening += [self._storing.produce] * 3
            self._at(self._some_day(), habits.rng.choice(happening))

    def _enter(self, posting: Posting, *, credit: bool) -> None:
        delay = self._habits.rng.choice((0, 0, 1, 2, 5, 14))
        document = self._buying.service_invoice(posting.day - timedelta(days=delay), credit=credit)
        self._schedule_payment(self._books.payables.enter(document, posting), posting.day)

    def _schedule_payment(self, invoice: Row, day: date) -> None:
        habits, rng = self._habits, self._habits.rng
        due = date.fromisoformat(invoice["DueDate"])
        if invoice["MthInvBal1"] and habits.chance(4):
            self._books.payables.mark(invoice, DISPUTED if habits.chance(50) else ON_HOLD)
        if habits.chance(2):
            self._at(day + timedelta(days=2), partial(self._buying.adjust, invoice))
        if habits.chance(15):
            self._at(
                day + timedelta(days=rng.randrange(3, 25)), partial(self._buying.pay, invoice, part=True)
            )
        self._at(
            max(due + timedelta(days=rng.randrange(-3, 60)), day),
            partial(self._buying.pay, invoice, part=False),
        )

    def _place(self, posting: Posting) -> None:
        day, rng = posting.day, self._habits.rng
        order = self._buying.order(day)
        fate = rng.randrange(100)
        if fate < 4:  # noqa: PLR2004  # per cent
            self._at(
                day + timedelta(days=rng.randrange(1, 10)), lambda _: self._books.purchasing.cancel(order)
            )
            return
        printed = day + timedelta(days=rng.randrange(0, 6))
        if printed > day:
            self._at(day + (printed - day) // 2, lambda _: self._books.purchasing.make_ready(order))
        self._at(printed, lambda now: self._books.purchasing.print(order, now.day))
        received = printed + timedelta(days=rng.randrange(1, 50))
        if fate < 35:  # noqa: PLR2004  # per cent
            self._at(received, partial(self._receive, order, whole=False))
            received += timedelta(days=rng.randrange(5, 40))
        self._at(received, partial(self._receive, order, whole=True))

    def _receive(self, order: Row, posting: Posting, *, whole: bool) -> None:
        if order["OrderStatus"] != COMPLETE:
            local, foreign = self._buying.receive(order, posting, whole=whole)
            billed = posting.day + timedelta(days=self._habits.rng.randrange(0, 12))
            self._at(billed, partial(self._bill, order, local, foreign))

    def _bill(self, order: Row, local: int, foreign: int, posting: Posting) -> None:
        self._schedule_payment(self._buying.bill(order, local, foreign, posting), posting.day)

    def _sell(self, posting: Posting) -> None:
        order = self._selling.order(posting.day)
        self._at(
            posting.day + timedelta(days=self._habits.rng.randrange(0, 4)), partial(self._invoice, order)
        )

    def _invoice(self, order: Row, posting: Posting) -> None:
        if not self._selling.can_bill(order):
            self._books.sales.cancel(order)
            return
        self._schedule_receipt(self._selling.bill(order, posting), posting.day)
        if (self._today - posting.day).days > ARCHIVE_DAYS:
            self._books.sales.archive(order)

    def _credit(self, posting: Posting) -> None:
        self._schedule_receipt(self._selling.credit_note(posting), posting.day)

    def _debit(self, posting: Posting) -> None:
        self._schedule_receipt(self._selling.debit_note(posting), posting.day)

    def _schedule_receipt(self, invoice: Row, day: date) -> None:
        habits, rng = self._habits, self._habits.rng
        if habits.chance(2):
            self._at(day + timedelta(days=20), partial(self._selling.write_off, invoice))
        if habits.chance(12):
            self._at(
                day + timedelta(days=rng.randrange(5, 30)), partial(self._selling.collect, invoice, part=True)
            )
        if not habits.chance(3):
            paid = day + timedelta(days=rng.choice((10, 30, 35, 45, 60)) + rng.randrange(0, 30))
            self._at(paid, partial(self._selling.collect, invoice, part=False))

    # -- what stands open today

    def _leave_open(self) -> None:
        """Post-dated invoices, and sales orders in every status."""
        today, posting = self._today, Posting.on(self._today)
        for days in (9, 16):
            document = self._buying.service_invoice(today + timedelta(days=days))
            self._books.payables.enter(document, posting)
        order = self._selling.order(today)
        while not self._selling.can_bill(order):
            order = self._selling.order(today)
        self._selling.bill(order, posting, dated=today + timedelta(days=12))
        statuses = (IN_WAREHOUSE, READY_TO_INVOICE, RELEASED_BACK_ORDER, SUSPENSE, FORWARD, "0", None, None)
        for number in range(self._sizes.open_sales_orders):
            order = self._selling.order(today - timedelta(days=self._habits.rng.randrange(RECENT_DAYS)))
            if number % 25 == 0:
                self._books.sales.cancel(order, CANCELLED if number % 50 else CANCELLED_AT_ENTRY)
            elif status := statuses[number % len(statuses)]:
                self._books.sales.set_status(order, status)


def _weekday_before(day: date) -> date:
    before = day - timedelta(days=1)
    while not is_weekday(before):
        before -= timedelta(days=1)
    return before
