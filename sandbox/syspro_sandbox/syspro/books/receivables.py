"""Accounts receivable: invoices, credit and debit notes, receipts, customer balances.

Inferred, and the same everywhere in the sandbox:

- CurrencyValue, the InvoiceBal, and ArInvoicePay.TrnValue and DiscValue are in the invoice's PostCurrency;
  everything in ArCustomerBal is local.
- **Sign rule**: credit notes are negative, and ArInvoicePay is signed by what it does to the balance, so
  that `InvoiceBal1 = CurrencyValue + sum(TrnValue + DiscValue)`; a receipt is negative.
- ArCustomerBal.CurrentBalance1 is the sum of the local balances of the customer's invoices, and the AR
  control account the sum over all. The age bands (future, current, 30 .. 120 days, credits) add up to it;
  they are refreshed when something is posted to the customer, and for everybody when a period begins.
- SalesValMth1..26 count back from the current month.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.ledger import Line
from syspro_sandbox.syspro.books.sales_history import BilledLine, SalesHistory
from syspro_sandbox.syspro.books.settlement import ADJUSTMENT, PAYMENT, Settlement, entry_values, rate_values
from syspro_sandbox.syspro.calendar import Period, Posting
from syspro_sandbox.syspro.money import to_local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syspro_sandbox.syspro.books.customer_invoice import CustomerInvoice
    from syspro_sandbox.syspro.books.ledger import Ledger
    from syspro_sandbox.syspro.books.numbers import Numbers
    from syspro_sandbox.syspro.chart import Chart
    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row, RowStore, Value

INVOICE, CREDIT_NOTE, DEBIT_NOTE = "I", "C", "D"
BALANCES = ("InvoiceBal1", "InvoiceBal2", "InvoiceBal3")
#: Upper ends, in days from the invoice date, of the bands' names in ArCustomerBal; older is `120days`.
AGES = ((0, "Future"), (30, "Current"), (60, "30days"), (90, "60days"), (120, "90days"))
SALES_MONTHS = 26


class Receivables:
    """The AR ledger of a company."""

    def __init__(self, store: RowStore, ledger: Ledger, numbers: Numbers, chart: Chart) -> None:
        self._store = store
        self._ledger = ledger
        self._numbers = numbers
        self._chart = chart
        self._journals: dict[Posting, int] = {}
        self._touched: set[str] = set()
        self._history = SalesHistory(store, chart)

    def local(self, invoice: Row, value: int) -> int:
        """A value in an invoice's currency, in local cents."""
        return to_local(value, invoice["ConvRate"], invoice["MulDiv"])

    def take_on(self, document: CustomerInvoice, day: date) -> int:
        """Bring in an invoice from before the books began.

        Returns:
            Its local value, which the opening balance holds.
        """
        invoice = self._add_invoice(document, Period.of(day))
        self._store.change("ArInvoice", invoice, InvoiceBal2=document.value, InvoiceBal3=document.value)
        local = self.local(invoice, document.value)
        self._move_customer(invoice, local, Period.of(day))
        return local

    def enter(self, document: CustomerInvoice, posting: Posting) -> Row:
        """Post an invoice, credit note or debit note."""
        invoice = self._add_invoice(document, posting.period)
        self._history.summarise(document, invoice, posting, self._journal(posting))
        local = self.local(invoice, document.value)
        source = self._source(invoice, self._journal(posting))
        name = document.customer["Name"]
        lines = [Line(gl_code, value, name, source) for gl_code, value in document.parts]
        self._ledger.post(
            "AR", "SALE", posting.period, [Line(self._chart.receivables, local, name, source), *lines]
        )
        self._move_customer(invoice, local, posting.period)
        self._count_sale(document, local, posting)
        return invoice

    def itemise(self, invoice: Row, posting: Posting, lines: Sequence[BilledLine]) -> None:
        """Tell sales analysis which lines an order's invoice bills."""
        self._history.add_lines(invoice, posting, self._journal(posting), lines)

    def _add_invoice(self, document: CustomerInvoice, period: Period) -> Row:
        customer, value = document.customer, document.value
        number = document.number or self._numbers.next_key("ArInvoice", "Invoice", width=20, first=500_001)
        invoice = self._store.insert(
            "ArInvoice",
            Customer=customer["Customer"],
            Invoice=number,
            DocumentType=document.type,
            InvoiceDate=document.dated.isoformat(),
            SalesOrder=document.sales_order,
            CustomerPoNumber=document.po_number,
            Salesperson=customer["Salesperson"],
            Branch=customer["Branch"],
            Area=customer["Area"],
            TermsCode=customer["TermsCode"],
            InvoiceYear=period.year,
            InvoiceMonth=period.month,
            YearInvBalZero=0 if value else period.year,
            MonthInvBalZero=0 if value else period.month,
            ProofOfDelivery="N",
            CurrencyValue=value,
            RetentionInv="N",
            TaxStatus=customer["TaxStatus"],
            FixExchangeRate="N",
            **rate_values(document.currency),
        )
        self._move_balance(invoice, value, period)
        return invoice

    def _journal(self, posting: Posting) -> int:
        if posting not in self._journals:
            self._journals[posting] = self._numbers.next("AR journal", ("ArInvoicePay", "Journal"))
        return self._journals[posting]

    def _source(self, invoice: Row, journal: int) -> dict[str, Value]:
        return {
            "SubModJournal": journal,
            "SubModArInvoice": invoice["Invoice"],
            "SubModCustomer": invoice["Customer"],
            "SubModArBranch": invoice["Branch"],
            "SubModSalesOrder": invoice["SalesOrder"],
        }

    def receive(
        self, invoice: Row, value: int, posting: Posting, currency: Currency, discount: int = 0
    ) -> None:
        """Take money for part of an invoice's balance, or all of it, less a settlement discount."""
        payment = self._numbers.next_key("ArInvoicePay", "PaymentNumber", width=15, first=300_001)
        reference = f"Receipt {int(payment)}"
        settlement = Settlement(PAYMENT, -value, currency, reference, payment, -discount)
        journal, moved = self._settle(invoice, posting, settlement)
        received = to_local(value, currency.rate, currency.mul_div)
        allowed = to_local(discount, currency.rate, currency.mul_div)
        lines = [
            Line(self._chart.receivables, moved),
            Line(self._chart.bank, received),
            Line(self._chart.code(4900, invoice["Branch"]), allowed),
            Line(self._chart.exchange, -moved - received - allowed),
        ]
        self._post("CASH", posting, lines, self._source(invoice, journal) | {"SubModCheck": payment})
        customer = self._store.rows("ArCustomer")[(invoice["Customer"],)]
        self._store.change("ArCustomer", customer, DateLastPay=posting.date)
        self._count(invoice, "MtdNumPaymVal1", "MtdPaymVal1", received)

    def adjust(self, invoice: Row, value: int, posting: Posting, gl_code: str, currency: Currency) -> None:
        """Change what is owed without money: a write-off, a rounding difference."""
        journal, moved = self._settle(invoice, posting, Settlement(ADJUSTMENT, value, currency, "Adjustment"))
        lines = [Line(self._chart.receivables, moved), Line(gl_code, -moved)]
        self._post("SALE", posting, lines, self._source(invoice, journal))
        self._count(invoice, "MtdNumAdjs1", "MtdAdjVal1", moved)

    def _post(self, kind: str, posting: Posting, lines: Sequence[Line], source: dict[str, Value]) -> None:
        self._ledger.post(
            "AR", kind, posting.period, [Line(line.gl_code, line.value, "", source) for line in lines]
        )

    def _settle(self, invoice: Row, posting: Posting, settlement: Settlement) -> tuple[int, int]:
        """Write an ArInvoicePay entry and move the balance by its values.

        Returns:
            The journal, and by how much the local balance moved.
        """
        journal, entry = self._journal(posting), invoice["NextPaymEntry"] + 1
        self._store.insert(
            "ArInvoicePay",
            Customer=invoice["Customer"],
            Invoice=invoice["Invoice"],
            DocumentType=invoice["DocumentType"],
            EntryNumber=entry,
            JournalDate=posting.date,
            Journal=journal,
            Reference=settlement.reference,
            DiscValue=settlement.discount,
            TrnYear=posting.period.year,
            TrnMonth=posting.period.month,
            SalesOrder=invoice["SalesOrder"],
            Branch=invoice["Branch"],
            Salesperson=invoice["Salesperson"],
            Area=invoice["Area"],
            **entry_values(invoice, settlement),
        )
        before = self.local(invoice, invoice["InvoiceBal1"])
        self._move_balance(invoice, settlement.value + settlement.discount, posting.period)
        moved = self.local(invoice, invoice["InvoiceBal1"]) - before
        settled = not invoice["InvoiceBal1"]
        self._store.change(
            "ArInvoice",
            invoice,
            NextPaymEntry=entry,
            YearInvBalZero=posting.period.year if settled else 0,
            MonthInvBalZero=posting.period.month if settled else 0,
        )
        self._move_customer(invoice, moved, posting.period)
        return journal, moved

    def _reached(self, names: tuple[str, ...], period: Period) -> tuple[str, ...]:
        return names[: self._ledger.current.months_after(period) + 1]

    def _move_balance(self, invoice: Row, value: int, period: Period) -> None:
        """Move the balance of this month, and of the months before that a back-dated posting reaches."""
        moved = {name: invoice[name] + value for name in self._reached(BALANCES, period)}
        self._store.change("ArInvoice", invoice, **moved)

    def _balance_row(self, invoice: Row) -> Row:
        return self._store.rows("ArCustomerBal")[(invoice["Customer"],)]

    def _move_customer(self, invoice: Row, local: int, period: Period) -> None:
        row = self._balance_row(invoice)
        names = self._reached(("CurrentBalance1", "CurrentBalance2", "CurrentBalance3"), period)
        self._store.change("ArCustomerBal", row, **{name: row[name] + local for name in names})
        self._touched.add(invoice["Customer"])

    def _count(self, invoice: Row, number: str, value: str, amount: int) -> None:
        row = self._balance_row(invoice)
        self._store.change("ArCustomerBal", row, **{number: row[number] + 1, value: row[value] + amount})

    def _count_sale(self, document: CustomerInvoice, local: int, posting: Posting) -> None:
        customer = document.customer
        row = self._store.rows("ArCustomerBal")[(customer["Customer"],)]
        kind = {INVOICE: "Invoice", CREDIT_NOTE: "CrMemo", DEBIT_NOTE: "DrMemo"}[document.type]
        number, value = f"MtdNum{kind}s1", f"Mtd{kind}Val1"
        self._store.change(
            "ArCustomerBal",
            row,
            MtdSales1=row["MtdSales1"] + local,
            YtdSales=row["YtdSales"] + local,
            SalesValMth1=row["SalesValMth1"] + local,
            **{number: row[number] + 1, value: row[value] + local},
        )
        self._store.change(
            "ArCustomer",
            customer,
            DateLastSale=posting.date,
            InvoiceCount=customer["InvoiceCount"] + 1,
            HighestBalance=max(customer["HighestBalance"], row["CurrentBalance1"]),
        )

    def purge(self, invoice: Row) -> None:
        """Remove a paid invoice with its receipts, as SYSPRO's retention does."""
        entries = self._store.rows("ArInvoicePay")
        for number in range(1, invoice["NextPaymEntry"] + 1):
            key = (invoice["Customer"], invoice["Invoice"], invoice["DocumentType"], number)
            self._store.delete("ArInvoicePay", entries[key])
        self._store.delete("ArInvoice", invoice)

    def begin_period(self, *, new_year: bool) -> None:
        """Shift the month-end balances and the sales history; a new year starts its own totals."""
        for invoice in self._store.rows("ArInvoice").values():
            if invoice["InvoiceBal1"] or invoice["InvoiceBal2"] or invoice["InvoiceBal3"]:
                self._store.change(
                    "ArInvoice",
                    invoice,
                    InvoiceBal2=invoice["InvoiceBal1"],
                    InvoiceBal3=invoice["InvoiceBal2"],
                )
        for (customer,), row in self._store.rows("ArCustomerBal").items():
            shifted: dict[str, Value] = {later: row[earlier] for earlier, later in SHIFTS} | STARTS
            if new_year:
                shifted |= {"YtdSales": 0, "PrevYearSales": row["YtdSales"] // 100}
            self._store.change("ArCustomerBal", row, **shifted)
            self._touched.add(customer)

    def age(self, day: date) -> None:
        """Age the open invoices of the customers that something was posted to."""
        aged: dict[str, dict[str, int]] = {
            customer: dict.fromkeys(AGE_COLUMNS, 0) for customer in self._touched
        }
        for invoice in self._store.rows("ArInvoice").values():
            if invoice["InvoiceBal1"] and invoice["Customer"] in aged:
                bands, balance = aged[invoice["Customer"]], self.local(invoice, invoice["InvoiceBal1"])
                dated = date.fromisoformat(invoice["InvoiceDate"] or day.isoformat())
                band = _band(balance, (day - dated).days)
                bands[f"Val{band}Inv"] += balance
                bands[f"Num{band}Inv"] += 1
        for customer, bands in aged.items():
            self._store.change("ArCustomerBal", self._store.rows("ArCustomerBal")[(customer,)], **bands)
        self._touched.clear()


MONTH_TO_DATE = tuple(
    f"Mtd{name}"
    for name in (
        "Sales",
        "NumInvoices",
        "InvoiceVal",
        "NumPaymVal",
        "PaymVal",
        "NumAdjs",
        "AdjVal",
        "NumCrMemos",
        "CrMemoVal",
        "NumDrMemos",
        "DrMemoVal",
    )
)
#: What moves on by a month, and what starts a month at 0.
SHIFTS = (
    ("CurrentBalance1", "CurrentBalance2"),
    ("CurrentBalance2", "CurrentBalance3"),
    *((f"SalesValMth{month}", f"SalesValMth{month + 1}") for month in range(1, SALES_MONTHS)),
    *((f"{stem}{n}", f"{stem}{n + 1}") for stem in MONTH_TO_DATE for n in (1, 2)),
)
STARTS: dict[str, Value] = dict.fromkeys(("SalesValMth1", *(f"{stem}1" for stem in MONTH_TO_DATE)), 0)
AGE_COLUMNS = tuple(
    f"{what}{band}Inv"
    for band in (*(name for _, name in AGES), "120days", "Credits")
    for what in ("Val", "Num")
)


def _band(balance: int, age: int) -> str:
    if balance < 0:
        return "Credits"
    return next((name for limit, name in AGES if age < limit), "120days")
