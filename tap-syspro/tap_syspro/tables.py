"""The SYSPRO tables the tap knows, as data: what each is called, keyed by, and how its changes are found.

Keys and columns: SYSPRO reference, "Payables tables", "Purchasing tables", "Receivables tables", "Sales
tables", "Ledger tables" and "Inventory tables"; methods: SYSPRO reference, "Dates that do not move". Which
documents count as open stands in `open_documents`. To add a table, add a line here; what a single
installation has of its own belongs in the setting `tables`.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tap_syspro import open_documents

if TYPE_CHECKING:
    from tap_syspro.open_documents import Closing

#: A table of custom fields is called as its table with a plus sign (SYSPRO reference, "Custom-form tables").
CUSTOM_FORM_SUFFIX = "+"

_COMPARED = re.compile(r"(\w+) (?:eq|ne|gt|ge|lt|le) ")


class Method(enum.Enum):
    """How changed rows are found."""

    #: The whole table is read.
    SNAPSHOT = "snapshot"
    #: Rows dated from the bookmark, less a look-back; rows without a date always.
    WINDOW = "window"
    #: The window, and what is still open, and what was closed lately.
    OPEN_ITEMS = "open_items"
    #: The last fiscal periods or years, as a whole.
    PERIODS = "periods"


@dataclass(frozen=True)
class Table:
    """One SYSPRO table and the stream made of it.

    Attributes:
        stream: Name of the stream.
        name: Name of the table.
        key: Its primary key.
        method: How changes are found.
        description: What a row is.
        date_column: The date the window follows, or that tells the current period.
        open_filter: OData filter that is true for an open document.
        closing: How to find documents closed lately.
        header: The table of the documents whose lines these are: a line may change as long as its document
            may. Where that table cannot be read, `open_filter` stands in.
        period_columns: Fiscal year and, unless a row holds the whole year, fiscal period.
        calendar: Another table of the ledger that tells which year is the current one, and its date column.
        gl: Whether rows of several companies' ledgers may stand in it, told apart by `Company`.
    """

    stream: str
    name: str
    key: tuple[str, ...]
    method: Method
    description: str = ""
    date_column: str = ""
    open_filter: str = ""
    closing: Closing | None = None
    header: Table | None = None
    period_columns: tuple[str, ...] = ()
    calendar: Table | None = None
    gl: bool = False

    @property
    def lack(self) -> str:
        """What the method needs and nothing tells; empty when it has all."""
        if self.method in {Method.WINDOW, Method.OPEN_ITEMS} and not self.date_column:
            return "date_column"
        if self.method is Method.OPEN_ITEMS and not self.open_filter:
            return "open items"
        if self.method is Method.PERIODS and not self.period_columns:
            return "fiscal period"
        return ""

    @property
    def method_columns(self) -> tuple[str, ...]:
        """The columns without which the method cannot work."""
        if self.method is Method.SNAPSHOT:
            return ()
        if self.method is Method.PERIODS:
            return self.period_columns
        date_column = (self.date_column,) if self.date_column else ()
        if self.method is Method.WINDOW:
            return date_column
        closing = (*self.closing.columns, *(self.closing.posted or ())) if self.closing else ()
        return (*date_column, *_COMPARED.findall(self.open_filter), *closing)


_GL_PERIOD = ("GlYear", "GlPeriod")
_TRN_PERIOD = ("TrnYear", "TrnMonth")

_GL_JOURNALS = Table(
    "gl_journals",
    "GenJournalCtl",
    ("GlYear", "GlPeriod", "GlJournal"),
    Method.PERIODS,
    "General ledger journals: one row per journal, with its posting status and totals.",
    date_column="JournalDate",
    period_columns=_GL_PERIOD,
    gl=True,
)

_PURCHASE_ORDERS = Table(
    "purchase_orders",
    "PorMasterHdr",
    ("PurchaseOrder",),
    Method.OPEN_ITEMS,
    "Purchase order headers.",
    date_column="OrderEntryDate",
    open_filter=open_documents.ORDER_OPEN,
    closing=open_documents.PURCHASE_ORDER_COMPLETED,
)
_SALES_ORDERS = Table(
    "sales_orders",
    "SorMaster",
    ("SalesOrder",),
    Method.OPEN_ITEMS,
    "Sales order headers.",
    date_column="EntrySystemDate",
    open_filter=open_documents.ORDER_OPEN,
    closing=open_documents.SALES_ORDER_COMPLETED,
)

#: The known tables.
TABLES: tuple[Table, ...] = (
    # Accounts payable
    Table("suppliers", "ApSupplier", ("Supplier",), Method.SNAPSHOT, "Suppliers, with balances and terms."),
    Table(
        "supplier_addresses",
        "ApSupplierAddr",
        ("Supplier",),
        Method.SNAPSHOT,
        "Supplier and remittance addresses.",
    ),
    Table(
        "ap_invoices",
        "ApInvoice",
        ("Supplier", "Invoice"),
        Method.OPEN_ITEMS,
        "Accounts payable invoices with their open balances.",
        date_column="InvoiceDate",
        open_filter=open_documents.AP_INVOICE_OPEN,
        closing=open_documents.INVOICE_SETTLED,
    ),
    Table(
        "ap_invoice_payments",
        "ApInvoicePay",
        ("Supplier", "Invoice", "EntryNumber"),
        Method.WINDOW,
        "Payments, adjustments, credit and debit memos against accounts payable invoices.",
        date_column="JournalDate",
    ),
    Table(
        "ap_journals",
        "ApJnlSummary",
        ("TrnYear", "TrnMonth", "Journal", "EntryNumber"),
        Method.PERIODS,
        "Accounts payable postings: one row per journal entry.",
        period_columns=_TRN_PERIOD,
    ),
    Table(
        "ap_postings",
        "ApJnlDistrib",
        ("TrnYear", "TrnMonth", "Journal", "EntryNumber"),
        Method.PERIODS,
        "Distributions of accounts payable postings to ledger accounts.",
        period_columns=_TRN_PERIOD,
    ),
    # Purchasing
    _PURCHASE_ORDERS,
    Table(
        "purchase_order_lines",
        "PorMasterDetail",
        ("PurchaseOrder", "Line"),
        Method.OPEN_ITEMS,
        "Purchase order lines, with ordered and received quantities.",
        date_column="MLastReceiptDat",
        open_filter=open_documents.PURCHASE_ORDER_LINE_OPEN,
        header=_PURCHASE_ORDERS,
    ),
    # Accounts receivable and sales
    Table(
        "customers", "ArCustomer", ("Customer",), Method.SNAPSHOT, "Customers, with terms and credit status."
    ),
    Table(
        "customer_balances", "ArCustomerBal", ("Customer",), Method.SNAPSHOT, "Customer balances and ageing."
    ),
    Table(
        "ar_invoices",
        "ArInvoice",
        ("Customer", "Invoice", "DocumentType"),
        Method.OPEN_ITEMS,
        "Accounts receivable invoices, credit and debit notes with their open balances.",
        date_column="InvoiceDate",
        open_filter=open_documents.AR_INVOICE_OPEN,
        closing=open_documents.INVOICE_SETTLED,
    ),
    Table(
        "ar_invoice_payments",
        "ArInvoicePay",
        ("Customer", "Invoice", "DocumentType", "EntryNumber"),
        Method.WINDOW,
        "Receipts and adjustments against accounts receivable invoices.",
        date_column="JournalDate",
    ),
    _SALES_ORDERS,
    Table(
        "sales_order_lines",
        "SorDetail",
        ("SalesOrder", "SalesOrderLine"),
        Method.OPEN_ITEMS,
        "Sales order lines, with ordered, shipped and back-ordered quantities.",
        date_column="MLineShipDate",
        open_filter=open_documents.SALES_ORDER_LINE_OPEN,
        header=_SALES_ORDERS,
    ),
    # General ledger
    Table("gl_accounts", "GenMaster", ("Company", "GlCode"), Method.SNAPSHOT, "Ledger accounts.", gl=True),
    Table(
        "gl_groups",
        "GenGroups",
        ("Company", "GlGroup"),
        Method.SNAPSHOT,
        "Groups of ledger accounts.",
        gl=True,
    ),
    Table(
        "gl_budgets",
        "GenBudgets",
        ("Company", "BudgetType", "BudgetNumber", "GlCode"),
        Method.SNAPSHOT,
        "Ledger budgets per account.",
        gl=True,
    ),
    Table(
        "gl_balances",
        "GenHistory",
        ("Company", "GlCode", "GlYear"),
        Method.PERIODS,
        "Closing balances of every period, one row per account and fiscal year.",
        period_columns=("GlYear",),
        calendar=_GL_JOURNALS,
        gl=True,
    ),
    _GL_JOURNALS,
    Table(
        "gl_journal_lines",
        "GenJournalDetail",
        ("GlYear", "GlPeriod", "Journal", "EntryNumber"),
        Method.PERIODS,
        "Entries of ledger journals: debits and credits, both as positive values.",
        date_column="EntryDate",
        period_columns=_GL_PERIOD,
        gl=True,
    ),
    Table(
        "gl_transactions",
        "GenTransaction",
        ("Company", "GlCode", "GlYear", "GlPeriod", "GlLine"),
        Method.PERIODS,
        "Posted ledger transactions per account, with signed values and their sub-ledger source.",
        date_column="JnlDate",
        period_columns=_GL_PERIOD,
        gl=True,
    ),
    # Inventory
    Table("inventory", "InvMaster", ("StockCode",), Method.SNAPSHOT, "Stock codes."),
    Table(
        "inventory_warehouses",
        "InvWarehouse",
        ("StockCode", "Warehouse"),
        Method.SNAPSHOT,
        "Stock per warehouse: quantities on hand, allocated, on order, and costs.",
    ),
    Table("warehouses", "InvWhControl", ("Warehouse",), Method.SNAPSHOT, "Warehouses."),
)

#: The known tables by the name of the table.
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
