"""Buying: supplier invoices for services, purchase orders, their receipts and invoices, payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.payables import EXPENSES, GOODS, OPEN, PART_PAID, SupplierInvoice
from syspro_sandbox.syspro.books.purchasing import OrderLine
from syspro_sandbox.syspro.chart import PURCHASED
from syspro_sandbox.syspro.money import COST_ONE, QTY_ONE, divide, from_local, split, to_local
from syspro_sandbox.syspro.names import COMMENTS
from syspro_sandbox.syspro.trade.habits import is_traded, known_well

if TYPE_CHECKING:
    from datetime import date

    from syspro_sandbox.syspro.books import Books
    from syspro_sandbox.syspro.calendar import Posting
    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row
    from syspro_sandbox.syspro.trade.habits import Habits

NUMBER_FORMATS = (
    "INV-{n:06d}",
    "{year}/{n:05d}",
    "RE {n}",
    "{n:015d}",
    "A&B-{n}",
    "{n}-{short}",
    "{n}%{short}",
)
LEADING_BLANK = " {n:05d}"
REFERENCES = ("", "", "Contract 2025-11", 'PO "verbal"', "Site B, north", "Größe 7 <neu>")


class Buying:
    """The buying side of a company.

    Args:
        books: Its books.
        habits: Its habits.
    """

    def __init__(self, books: Books, habits: Habits) -> None:
        self._books = books
        self._habits = habits

    def _suppliers(self, kind: str) -> list[Row]:
        """The suppliers of goods or services that are bought from."""
        rows = known_well(self._books.store.rows("ApSupplier"))
        return [row for row in rows if row["SupplierClass"] == kind]

    def _number(self, supplier: Row, dated: date) -> str:
        """A number that this supplier has not used yet; each numbers in a way of its own."""
        rng, invoices = self._habits.rng, self._books.store.rows("ApInvoice")
        style = NUMBER_FORMATS[sum(map(ord, supplier["Supplier"])) % len(NUMBER_FORMATS)]
        if self._books.company.traps and self._habits.chance(3):
            style = LEADING_BLANK
        while True:
            number = style.format(n=rng.randrange(1_000, 100_000), year=dated.year, short=dated.year % 100)
            if (supplier["Supplier"], number) not in invoices:
                return number

    def service_invoice(
        self, dated: date, *, credit: bool = False, supplier: Row | None = None
    ) -> SupplierInvoice:
        """An invoice for services or a credit note, of any supplier or of this one; some are over nothing."""
        habits, chart = self._habits, self._books.chart
        supplier = supplier or habits.pick(self._suppliers(EXPENSES))
        currency = habits.rate(supplier["Currency"], dated)
        net = 0 if habits.chance(1) else habits.amount()
        if credit:
            net = -divide(net, 4)
        parts = habits.rng.choice((1, 1, 1, 2, 3))
        accounts = [chart.code(habits.rng.choice(PURCHASED), habits.branch()) for _ in range(parts)]
        weights = [habits.rng.randrange(1, 5) for _ in accounts]
        return self._document(supplier, dated, currency, net, [*zip(accounts, weights, strict=True)])

    def _document(
        self, supplier: Row, dated: date, currency: Currency, net: int, weights: list[tuple[str, int]]
    ) -> SupplierInvoice:
        """An invoice over a net value and its tax; the net value is divided over accounts by weight."""
        tax = self._habits.tax(net, currency.code)
        local = to_local(net + tax, currency.rate, currency.mul_div)
        # Only documents in local money bear tax: it is local already.
        shares = split(local - tax, [weight for _, weight in weights])
        parts = [(account, share) for (account, _), share in zip(weights, shares, strict=True)]
        if tax:
            parts.append((self._books.chart.input_tax, tax))
        reference = self._habits.rng.choice(REFERENCES)
        number = self._number(supplier, dated)
        return SupplierInvoice(supplier, number, dated, currency, net + tax, tuple(parts), reference)

    def order(self, day: date) -> Row:
        """A purchase order of one to four lines."""
        books, habits = self._books, self._habits
        rng = habits.rng
        supplier = habits.pick(self._suppliers(GOODS))
        currency = habits.rate(supplier["Currency"], day)
        bought = [
            row
            for row in books.store.rows("InvMaster").values()
            if row["PartCategory"] == "B" and is_traded(row)
        ]
        lines = []
        for stock in rng.sample(bought, rng.choice((1, 1, 2, 3, 4))):
            warehouse = rng.choice(books.company.warehouses)[0]
            cost = books.inventory.at(stock["StockCode"], warehouse)["UnitCost"]
            price = cost * rng.randrange(94, 107) // 100
            foreign = from_local(price, currency.rate, currency.mul_div)
            lines.append(
                OrderLine(stock, warehouse, rng.randrange(10, 150) * QTY_ONE, price, max(foreign, 1))
            )
        due = day + timedelta(days=rng.randrange(5, 60))
        comment = rng.choice(COMMENTS) if habits.chance(25) else ""
        return books.purchasing.place(supplier, lines, currency, day, due=due, comment=comment)

    def receive(self, order: Row, posting: Posting, *, whole: bool = True) -> tuple[int, int]:
        """Receive what an order still expects, or half of its first open line.

        Returns:
            What the supplier will charge: in local cents, and in the order's currency.
        """
        purchasing = self._books.purchasing
        awaited = [line for line in purchasing.lines(order) if line["MCompleteFlag"] != "Y"]
        local = foreign = 0
        receipt = purchasing.new_receipt()
        for line in awaited if whole else awaited[:1]:
            rest = line["MOrderQty"] - line["MReceivedQty"]
            quantity = rest if whole else max(rest // 2 // QTY_ONE, 1) * QTY_ONE
            value, charged = purchasing.receive(order, line, quantity, posting, receipt)
            local, foreign = local + value, foreign + charged
        return local, foreign

    def bill(self, order: Row, local: int, foreign: int, posting: Posting) -> Row:
        """The supplier's invoice for goods received: it clears their accrual."""
        books, chart = self._books, self._books.chart
        supplier = books.store.rows("ApSupplier")[(order["Supplier"],)]
        currency = self._habits.rate(order["Currency"], posting.day)
        document = self._document(
            supplier, posting.day, currency, foreign, [(chart.received_not_invoiced, 1)]
        )
        (accrual, value), *tax = document.parts
        parts = [(accrual, local), (chart.exchange, value - local), *tax]
        document = replace(
            document,
            parts=tuple(part for part in parts if part[1]),
            reference=f"PO {order['PurchaseOrder'].lstrip('0')}",
        )
        invoice = books.payables.enter(document, posting)
        books.purchasing.match(order, local, invoice, posting)
        return invoice

    def pay(self, invoice: Row, posting: Posting, *, part: bool = False) -> None:
        """Pay an invoice, or a part of it; what is disputed, on hold or paid already stays."""
        if invoice["InvoiceStatus"] not in {OPEN, PART_PAID}:
            return
        balance = invoice["MthInvBal1"]
        value = self._habits.part_of(balance) if part else balance
        if value:
            currency = self._habits.rate(invoice["PostCurrency"], posting.day)
            self._books.payables.pay(invoice, value, posting, currency)

    def adjust(self, invoice: Row, posting: Posting) -> None:
        """Agree with a supplier that a small part of an invoice is not owed."""
        currency = self._habits.rate(invoice["PostCurrency"], posting.day)
        value = -divide(invoice["MthInvBal1"], 50)
        self._books.payables.adjust(invoice, value, posting, self._books.chart.price_variance, currency)

    def reprice(self, order: Row) -> Row | None:
        """Amend the price of an order's first open line."""
        awaited = [line for line in self._books.purchasing.lines(order) if line["MCompleteFlag"] != "Y"]
        if not awaited:
            return None
        price, foreign = (
            awaited[0][name] * 103 // 100 + COST_ONE // 100 for name in ("MPrice", "MForeignPrice")
        )
        self._books.purchasing.reprice(order, awaited[0], price, foreign)
        return awaited[0]
