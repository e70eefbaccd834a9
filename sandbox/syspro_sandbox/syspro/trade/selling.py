"""Selling: sales orders, invoices, credit and debit notes, receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.customer_invoice import CustomerInvoice
from syspro_sandbox.syspro.books.purchasing import FREIGHT
from syspro_sandbox.syspro.books.receivables import CREDIT_NOTE, DEBIT_NOTE, INVOICE
from syspro_sandbox.syspro.books.sales import SaleLine
from syspro_sandbox.syspro.books.sales_history import BilledLine
from syspro_sandbox.syspro.money import QTY_ONE, divide, extend, from_local, split, to_local
from syspro_sandbox.syspro.names import MADE
from syspro_sandbox.syspro.trade.habits import is_traded, known_well

if TYPE_CHECKING:
    from datetime import date

    from syspro_sandbox.syspro.books import Books
    from syspro_sandbox.syspro.calendar import Posting
    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row
    from syspro_sandbox.syspro.trade.habits import Habits

FREIGHT_CENTS = (0, 0, 0, 45_00, 120_00, 380_00)
PO_FORMATS = ("", "PO{n}", "4500{n:06d}", "{n}/A", "Brief v. {n}")


class Selling:
    """The selling side of a company.

    Args:
        books: Its books.
        habits: Its habits.
    """

    def __init__(self, books: Books, habits: Habits) -> None:
        self._books = books
        self._habits = habits

    def _customer(self) -> Row:
        """A customer who buys."""
        return self._habits.pick(known_well(self._books.store.rows("ArCustomer")))

    def _stock(self) -> Row:
        """What is sold: a manufacturer sells what it makes."""
        rows = self._books.store.rows("InvMaster").values()
        makes = self._books.company.makes
        sold = [row for row in rows if is_traded(row) and (not makes or row["ProductClass"] in MADE)]
        return self._habits.rng.choice(sold)

    def order(self, day: date) -> Row:
        """A sales order of one to four lines, now and then a free sample."""
        books, habits = self._books, self._habits
        rng, customer = habits.rng, self._customer()
        currency = habits.rate(customer["Currency"], day)
        free = habits.chance(1)
        lines = []
        for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
            stock, warehouse = self._stock(), rng.choice(books.company.warehouses)[0]
            cost = books.inventory.at(stock["StockCode"], warehouse)["UnitCost"]
            price = from_local(cost * rng.randrange(115, 190) // 100, currency.rate, currency.mul_div)
            lines.append(
                SaleLine(stock, warehouse, rng.randrange(1, 40) * QTY_ONE, 0 if free else max(price, 1))
            )
        return books.sales.enter(
            customer,
            lines,
            currency,
            day,
            day + timedelta(days=rng.randrange(1, 30)),
            po_number=rng.choice(PO_FORMATS).format(n=rng.randrange(1000, 100_000)),
            freight=0 if free else rng.choice(FREIGHT_CENTS),
        )

    def can_bill(self, order: Row) -> bool:
        """Whether an order has anything to ship."""
        return any(line["MShipQty"] for line in self._books.sales.lines(order))

    def bill(self, order: Row, posting: Posting, dated: date | None = None) -> Row:
        """Invoice what an order ships: the goods leave, the order is complete."""
        books, chart = self._books, self._books.chart
        customer = books.store.rows("ArCustomer")[(order["Customer"],)]
        currency = self._habits.rate(order["Currency"], posting.day)
        lines = books.sales.lines(order)
        goods = sum(extend(line["MShipQty"], line["MPrice"]) for line in lines)
        freight = sum(line["NMscChargeValue"] for line in lines if line["LineType"] == FREIGHT)
        parts = [(self._sales_account(customer), goods), (chart.code(4200, customer["Branch"]), freight)]
        document = replace(
            self._document(customer, INVOICE, dated or posting.day, currency, parts),
            sales_order=order["SalesOrder"],
            po_number=order["CustomerPoNumber"],
        )
        invoice = books.receivables.enter(document, posting)
        books.sales.complete(order, invoice["Invoice"], posting.day)
        cost = chart.code(5000, customer["Branch"])
        source = {"SubModSalesOrder": order["SalesOrder"], "SubModCustomer": customer["Customer"]}
        billed = []
        for line in lines:
            left = 0
            if line["MShipQty"]:
                row = books.inventory.at(line["MStockCode"], line["MWarehouse"])
                left = books.inventory.issue(row, line["MShipQty"], posting, contra=cost, source={**source})
            if line["MShipQty"] or line["LineType"] == FREIGHT:
                billed.append(BilledLine(line, extend(line["MShipQty"], line["MPrice"]), left))
        books.receivables.itemise(invoice, posting, billed)
        return invoice

    def _sales_account(self, customer: Row) -> str:
        domestic = customer["Nationality"] == self._books.company.nationality
        return self._books.chart.code(4000 if domestic else 4050, customer["Branch"])

    def _document(
        self,
        customer: Row,
        document_type: str,
        dated: date,
        currency: Currency,
        net_parts: list[tuple[str, int]],
    ) -> CustomerInvoice:
        """An invoice over net parts, in its currency, and their tax."""
        net = sum(value for _, value in net_parts)
        tax = self._habits.tax(net, currency.code)
        local = to_local(net + tax, currency.rate, currency.mul_div)
        parts = []
        if net:
            # Only documents in local money bear tax: it is local already.
            shares = split(local - tax, [value for _, value in net_parts])
            parts = [(account, -share) for (account, _), share in zip(net_parts, shares, strict=True)]
        if tax:
            parts.append((self._books.chart.output_tax, -tax))
        return CustomerInvoice(customer, document_type, dated, currency, net + tax, tuple(parts))

    def opening_document(self, dated: date) -> CustomerInvoice:
        """An invoice from before the books began: only its value counts."""
        customer = self._customer()
        currency = self._habits.rate(customer["Currency"], dated)
        return self._document(customer, INVOICE, dated, currency, [("", self._habits.amount())])

    def credit_note(self, posting: Posting) -> Row:
        """A credit note for a return; some bear the number of the invoice they correct."""
        store, day = self._books.store, posting.day
        invoices = [row for row in store.rows("ArInvoice").values() if row["DocumentType"] == INVOICE]
        corrected = self._habits.rng.choice(invoices)
        same = (corrected["Customer"], corrected["Invoice"], CREDIT_NOTE) not in store.rows("ArInvoice")
        customer = store.rows("ArCustomer")[(corrected["Customer"],)]
        currency = self._habits.rate(customer["Currency"], day)
        parts = [(self._books.chart.code(4100, customer["Branch"]), -divide(self._habits.amount(), 5))]
        document = self._document(customer, CREDIT_NOTE, day, currency, parts)
        number = corrected["Invoice"] if same and self._habits.chance(30) else ""
        return self._books.receivables.enter(replace(document, number=number), posting)

    def debit_note(self, posting: Posting) -> Row:
        """A debit note for something an invoice forgot."""
        customer = self._customer()
        currency = self._habits.rate(customer["Currency"], posting.day)
        parts = [(self._sales_account(customer), divide(self._habits.amount(), 5))]
        document = self._document(customer, DEBIT_NOTE, posting.day, currency, parts)
        return self._books.receivables.enter(document, posting)

    def collect(self, invoice: Row, posting: Posting, *, part: bool = False) -> None:
        """Take a customer's money for an invoice, or for a part of it; early payers take two per cent off."""
        balance = invoice["InvoiceBal1"]
        value = self._habits.part_of(balance) if part else balance
        if not value:
            return
        discount = divide(value * 2, 100) if value > 0 and not part and self._habits.chance(15) else 0
        currency = self._habits.rate(invoice["PostCurrency"], posting.day)
        self._books.receivables.receive(invoice, value - discount, posting, currency, discount)

    def write_off(self, invoice: Row, posting: Posting) -> None:
        """Give up a small part of an invoice."""
        currency = self._habits.rate(invoice["PostCurrency"], posting.day)
        loss = self._books.chart.code(6500, invoice["Branch"])
        value = -divide(invoice["InvoiceBal1"], 50)
        self._books.receivables.adjust(invoice, value, posting, loss, currency)
