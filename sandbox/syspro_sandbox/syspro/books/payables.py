"""Accounts payable: invoices, payments, adjustments.

Inferred, and the same everywhere in the sandbox:

- CurrencyValue, OrigInvValue, the MthInvBal and ApInvoicePay.TrnValue are in the invoice's PostCurrency;
  distribution lines, journal values and ApSupplier.CurrentBalance are local.
- **Sign rule**: ApInvoicePay.TrnValue is signed by what it does to the balance, so that `MthInvBal1 =
  CurrencyValue + sum(TrnValue)`; a payment of an invoice is negative.
- The local balance of an invoice is `MthInvBal1` by ConvRate and MulDiv, rounded to the cent.
  ApSupplier.CurrentBalance is the sum of these over the supplier's invoices, and the AP control account
  minus the sum over all.
- PurchValMth1..12 are the fiscal months of the current year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.ledger import Line
from syspro_sandbox.syspro.books.settlement import ADJUSTMENT, PAYMENT, Settlement, entry_values, rate_values
from syspro_sandbox.syspro.calendar import Period, Posting
from syspro_sandbox.syspro.money import to_local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from syspro_sandbox.syspro.books.ledger import Ledger
    from syspro_sandbox.syspro.books.numbers import Numbers
    from syspro_sandbox.syspro.chart import Chart
    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row, RowStore, Value

OPEN, PART_PAID, PAID, DISPUTED, ON_HOLD = "", "1", "9", "D", "H"
BALANCES = ("MthInvBal1", "MthInvBal2", "MthInvBal3")
#: ApSupplier.SupplierClass: who delivers on purchase orders, and who bills services.
GOODS, EXPENSES = "GOODS", "EXPENSE"
TERMS_DAYS = {"00": 0, "14": 14, "30": 30, "45": 45, "60": 60}


@dataclass(frozen=True)
class SupplierInvoice:
    """What arrives from a supplier: `parts` are the GL codes and local cents its value is distributed to."""

    supplier: Row
    number: str
    dated: date
    currency: Currency
    value: int
    parts: tuple[tuple[str, int], ...]
    reference: str = ""


class Payables:
    """The AP ledger of a company."""

    def __init__(self, store: RowStore, ledger: Ledger, numbers: Numbers, chart: Chart) -> None:
        self._store = store
        self._ledger = ledger
        self._numbers = numbers
        self._chart = chart
        self._entries: dict[Posting, tuple[int, int]] = {}

    def local(self, invoice: Row, value: int) -> int:
        """A value in an invoice's currency, in local cents."""
        return to_local(value, invoice["ConvRate"], invoice["MulDiv"])

    def take_on(self, document: SupplierInvoice, day: date) -> int:
        """Bring in an invoice from before the books began.

        Returns:
            Its local value, which the opening balance holds.
        """
        invoice = self._add_invoice(document, Posting.on(day), journal=0, entry=0)
        self._store.change(
            "ApInvoice", invoice, InvoiceTakeOn="Y", MthInvBal2=document.value, MthInvBal3=document.value
        )
        return self._move_supplier(document.supplier, self.local(invoice, document.value))

    def enter(self, document: SupplierInvoice, posting: Posting) -> Row:
        """Post an invoice, or a credit note (negative), with its distribution."""
        journal, entry = self._next_entry(posting)
        invoice = self._add_invoice(document, posting, journal, entry)
        local = self.local(invoice, document.value)
        self._store.insert(
            "ApJnlSummary",
            TrnYear=posting.period.year,
            TrnMonth=posting.period.month,
            Journal=journal,
            EntryNumber=entry,
            Supplier=invoice["Supplier"],
            Invoice=invoice["Invoice"],
            TransactionCode="I" if document.value >= 0 else "C",
            TrnDate=posting.date,
            InvoiceDate=invoice["InvoiceDate"],
            DueDate=invoice["DueDate"],
            Reference=document.reference,
            SupplierGlCode=self._chart.payables,
            InvoiceValue=local,
            PostCurrency=document.currency.code,
            ConvRate=document.currency.rate,
            MulDiv=document.currency.mul_div,
        )
        for sub_entry, (gl_code, value) in enumerate(document.parts, 1):
            self._store.insert(
                "ApJnlDistrib",
                TrnYear=posting.period.year,
                TrnMonth=posting.period.month,
                Journal=journal,
                EntryNumber=entry,
                SubEntry=sub_entry,
                ExpenseGlCode=gl_code,
                ExpenseType="M" if gl_code == self._chart.received_not_invoiced else "O",
                DistrValue=value,
                Reference=document.reference,
            )
        source = self._source(invoice, journal)
        name = document.supplier["SupplierName"]
        lines = [Line(gl_code, value, name, source) for gl_code, value in document.parts]
        self._ledger.post(
            "AP", "INV", posting.period, [*lines, Line(self._chart.payables, -local, name, source)]
        )
        self._move_supplier(document.supplier, local)
        self._count_purchase(document.supplier, local, posting)
        return invoice

    def _add_invoice(self, document: SupplierInvoice, posting: Posting, journal: int, entry: int) -> Row:
        supplier, value = document.supplier, document.value
        due = document.dated + timedelta(days=TERMS_DAYS[supplier["TermsCode"]])
        invoice = self._store.insert(
            "ApInvoice",
            Supplier=supplier["Supplier"],
            Invoice=document.number,
            JournalDate=posting.date,
            Journal=journal,
            Branch=supplier["Branch"],
            InvoiceDate=document.dated.isoformat(),
            DueDate=due.isoformat(),
            Reference=document.reference,
            OrigInvValue=value,
            DiscActiveFlag="N",
            InvoiceStatus=OPEN if value else PAID,
            Currency=document.currency.code,
            Bank=supplier["Bank"],
            InvoiceYear=posting.period.year,
            InvoiceMonth=posting.period.month,
            YearInvBalZero=0 if value else posting.period.year,
            MonthInvBalZero=0 if value else posting.period.month,
            ExchangeRate=document.currency.rate,
            CurrencyValue=value,
            EntryNumber=entry,
            InvoiceTakeOn="N",
            FixExchangeRate="N",
            NationalitySource=supplier["Nationality"],
            **rate_values(document.currency),
        )
        self._move_balance(invoice, value, posting.period)
        return invoice

    def _next_entry(self, posting: Posting) -> tuple[int, int]:
        """The AP journal of a day and period, and its next entry."""
        if posting not in self._entries:
            stored = (("ApJnlSummary", "Journal"), ("ApInvoicePay", "Journal"))
            self._entries[posting] = self._numbers.next("AP journal", *stored), 0
        journal, entry = self._entries[posting]
        self._entries[posting] = journal, entry + 1
        return journal, entry + 1

    def _source(self, invoice: Row, journal: int) -> dict[str, Value]:
        return {
            "SubModJournal": journal,
            "SubModApInvoice": invoice["Invoice"],
            "SubModSupplier": invoice["Supplier"],
            "SubModApBranch": invoice["Branch"],
        }

    def pay(self, invoice: Row, value: int, posting: Posting, currency: Currency) -> None:
        """Pay part of an invoice's balance, or all of it, at the rate of the day."""
        payment = self._numbers.next_key("ApInvoicePay", "PaymentNumber", width=15, first=700_001)
        settlement = Settlement(PAYMENT, -value, currency, f"EFT {posting.date}", payment)
        journal, moved = self._settle(invoice, posting, settlement)
        paid = to_local(value, currency.rate, currency.mul_div)
        source = self._source(invoice, journal) | {"SubModCheck": payment, "SubModBank": invoice["Bank"]}
        lines = [
            Line(self._chart.payables, -moved),
            Line(self._chart.bank, -paid),
            Line(self._chart.exchange, paid + moved),
        ]
        self._post("DISB", posting, lines, source)
        supplier = self._store.rows("ApSupplier")[(invoice["Supplier"],)]
        self._store.change(
            "ApSupplier",
            supplier,
            LastChequeDate=posting.date,
            LastChequeBank=invoice["Bank"],
            LastCheque=int(payment),
            LastChequeVal=value,
        )

    def adjust(self, invoice: Row, value: int, posting: Posting, gl_code: str, currency: Currency) -> None:
        """Change what is owed without a payment: a short delivery, a rounding difference."""
        journal, moved = self._settle(invoice, posting, Settlement(ADJUSTMENT, value, currency, "Adjustment"))
        self._store.change("ApInvoice", invoice, TotalAdjustments=invoice["TotalAdjustments"] + value)
        lines = [Line(self._chart.payables, -moved), Line(gl_code, moved)]
        self._post("INV", posting, lines, self._source(invoice, journal))

    def _post(self, kind: str, posting: Posting, lines: Sequence[Line], source: dict[str, Value]) -> None:
        self._ledger.post(
            "AP", kind, posting.period, [Line(line.gl_code, line.value, "", source) for line in lines]
        )

    def _settle(self, invoice: Row, posting: Posting, settlement: Settlement) -> tuple[int, int]:
        """Write an ApInvoicePay entry and move the balance by its value.

        Returns:
            The journal, and by how much the local balance moved.
        """
        journal, _ = self._next_entry(posting)
        entry = invoice["NextPaymEntry"] + 1
        self._store.insert(
            "ApInvoicePay",
            Supplier=invoice["Supplier"],
            Invoice=invoice["Invoice"],
            EntryNumber=entry,
            JournalDate=posting.date,
            Journal=journal,
            PaymentReference=settlement.reference,
            TrnYear=posting.period.year,
            TrnMonth=posting.period.month,
            InvoiceTakeOn="N",
            **entry_values(invoice, settlement),
        )
        before = self.local(invoice, invoice["MthInvBal1"])
        self._move_balance(invoice, settlement.value, posting.period)
        moved = self.local(invoice, invoice["MthInvBal1"]) - before
        settled = not invoice["MthInvBal1"]
        disputed = invoice["InvoiceStatus"] if invoice["InvoiceStatus"] in {DISPUTED, ON_HOLD} else PART_PAID
        self._store.change(
            "ApInvoice",
            invoice,
            NextPaymEntry=entry,
            InvoiceStatus=PAID if settled else disputed,
            YearInvBalZero=posting.period.year if settled else 0,
            MonthInvBalZero=posting.period.month if settled else 0,
            PaymentNumber=settlement.payment or invoice["PaymentNumber"],
        )
        supplier = self._store.rows("ApSupplier")[(invoice["Supplier"],)]
        self._move_supplier(supplier, moved)
        return journal, moved

    def _move_balance(self, invoice: Row, value: int, period: Period) -> None:
        """Move the balance of this month, and of the months before that a back-dated posting reaches."""
        reached = BALANCES[: self._ledger.current.months_after(period) + 1]
        self._store.change("ApInvoice", invoice, **{name: invoice[name] + value for name in reached})

    def _move_supplier(self, supplier: Row, local: int) -> int:
        self._store.change("ApSupplier", supplier, CurrentBalance=supplier["CurrentBalance"] + local)
        return local

    def _count_purchase(self, supplier: Row, local: int, posting: Posting) -> None:
        month, current = f"PurchValMth{posting.period.month}", self._ledger.current
        this_year, this_month = posting.period.year == current.year, posting.period == current
        self._store.change(
            "ApSupplier",
            supplier,
            LastPurchDate=posting.date,
            FirstPurchDate=supplier["FirstPurchDate"] or posting.date,
            YtdMerchVal=supplier["YtdMerchVal"] + local * this_year,
            MtdMerchVal=supplier["MtdMerchVal"] + local * this_month,
            **{month: supplier[month] + local * this_year},
        )

    def mark(self, invoice: Row, status: str) -> None:
        """Hold an invoice, dispute it or release it."""
        self._store.change("ApInvoice", invoice, InvoiceStatus=status)

    def purge(self, invoice: Row) -> None:
        """Remove a paid invoice with its payments, as SYSPRO's retention does."""
        entries = self._store.rows("ApInvoicePay")
        for number in range(1, invoice["NextPaymEntry"] + 1):
            self._store.delete("ApInvoicePay", entries[invoice["Supplier"], invoice["Invoice"], number])
        self._store.delete("ApInvoice", invoice)

    def begin_period(self, *, new_year: bool) -> None:
        """Shift the month-end balances; reset what counts the month and, in a new year, the year."""
        for invoice in self._store.rows("ApInvoice").values():
            if invoice["MthInvBal1"] or invoice["MthInvBal2"] or invoice["MthInvBal3"]:
                self._store.change(
                    "ApInvoice", invoice, MthInvBal2=invoice["MthInvBal1"], MthInvBal3=invoice["MthInvBal2"]
                )
        for supplier in self._store.rows("ApSupplier").values():
            self._store.change("ApSupplier", supplier, MtdMerchVal=0)
            if new_year:
                year: dict[str, Value] = {f"PurchValMth{month}": 0 for month in range(1, 13)}
                self._store.change(
                    "ApSupplier", supplier, PyrMerchVal=supplier["YtdMerchVal"], YtdMerchVal=0, **year
                )
                self._store.change("ApSupplier", supplier, PyrEndBalance=supplier["CurrentBalance"])
