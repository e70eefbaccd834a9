"""The tables are those of the reference, column for column."""

from __future__ import annotations

import pytest
from syspro_sandbox.syspro.tables import TABLES, Column
from syspro_sandbox.syspro.tables.model import parse_table

pytestmark = pytest.mark.server

# SYSPRO reference, "Payables tables", "Purchasing tables", "Receivables tables", "Sales tables" and
# "Inventory tables": how many columns each table has, and its primary key.
REFERENCE = {
    "ApSupplier": (114, "Supplier"),
    "ApSupplierAddr": (25, "Supplier"),
    "ApInvoice": (65, "Supplier Invoice"),
    "ApInvoicePay": (24, "Supplier Invoice EntryNumber"),
    "PorMasterHdr": (62, "PurchaseOrder"),
    "PorMasterDetail": (74, "PurchaseOrder Line"),
    "ArCustomer": (137, "Customer"),
    "ArCustomerBal": (107, "Customer"),
    "ArInvoice": (46, "Customer Invoice DocumentType"),
    "ArInvoicePay": (31, "Customer Invoice DocumentType EntryNumber"),
    "SorMaster": (123, "SalesOrder"),
    "SorDetail": (134, "SalesOrder SalesOrderLine"),
    "InvMaster": (134, "StockCode"),
    "InvWarehouse": (122, "StockCode Warehouse"),
    "ArTrnSummary": (70, "TrnYear TrnMonth Register Invoice SummaryLine"),
    "ArTrnDetail": (83, "TrnYear TrnMonth Register Invoice SummaryLine DetailLine"),
    "InvMovements": (44, "StockCode Warehouse TrnYear TrnMonth EntryDate TrnTime"),
}
INFERRED = {
    "ApJnlSummary": "TrnYear TrnMonth Journal EntryNumber",
    "ApJnlDistrib": "TrnYear TrnMonth Journal EntryNumber SubEntry",
    "InvWhControl": "Warehouse",
    "GenMaster": "Company GlCode",
    "GenHistory": "Company GlCode GlYear",
    "GenGroups": "Company GlGroup",
    "GenBudgets": "Company BudgetType BudgetNumber GlCode",
    "GenJournalCtl": "GlYear GlPeriod GlJournal",
    "GenJournalDetail": "GlYear GlPeriod Journal EntryNumber",
    "GenTransaction": "Company GlCode GlYear GlPeriod GlLine",
    "ApSupplier+": "Supplier",
    "TblApTerms": "TermsCode",
    "TblArTerms": "TermsCode",
    "TblCurrency": "Currency",
    "ApBank": "Bank",
    "GenDimensionDet": "Dimension DimensionCode",
    "GrnDetails": "Supplier Grn GrnSource Journal JournalEntry",
    "GrnMatching": "Supplier Grn TransactionType Journal EntryNumber Invoice",
    "ArCustomer+": "Customer",
}


@pytest.mark.parametrize("name", REFERENCE)
def test_tables_of_the_reference_are_complete(name):
    count, key = REFERENCE[name]
    table = TABLES[name]
    assert len(table.columns) == len(table.by_name) == count
    assert table.key == tuple(key.split())


def test_there_are_no_other_tables_than_these():
    assert {name: " ".join(table.key) for name, table in TABLES.items()} == {
        **{name: key for name, (_, key) in REFERENCE.items()},
        **INFERRED,
    }


def test_every_table_ends_with_its_rowversion():
    for table in TABLES.values():
        assert table.columns[-1] == Column("TimeStamp", "rv")
        assert all(column.kind != "rowversion" for column in table.columns[:-1])


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("ApInvoice", "MthInvBal1", ("decimal", 14, 2)),
        ("ApInvoice", "ConvRate", ("decimal", 12, 6)),
        ("InvWarehouse", "UnitCost", ("decimal", 15, 5)),
        ("InvWarehouse", "QtyOnHand", ("decimal", 18, 6)),
        ("PorMasterDetail", "Line", ("decimal", 4, 0)),
    ],
)
def test_decimals(table, column, expected):
    found = TABLES[table].by_name[column]
    assert (found.kind, found.precision, found.scale) == expected


def test_strings_dates_and_nulls():
    invoice = TABLES["ApInvoice"].by_name
    assert (invoice["Invoice"].kind, invoice["Invoice"].length, invoice["Invoice"].fixed) == (
        "string",
        20,
        False,
    )
    assert invoice["MulDiv"].fixed
    assert (invoice["DueDate"].kind, invoice["DueDate"].nullable) == ("date", True)
    assert not invoice["Reference"].nullable
    assert TABLES["ApSupplier+"].by_name["QualityRating"].nullable


def test_runs_and_domains_are_expanded_in_place():
    table = parse_table("T", "*Supplier, A1..3 d14.2, SupAddr3Loc c40, When dt, Note c10?, TimeStamp")
    assert table.key == ("Supplier",)
    assert [(column.name, column.type, column.nullable) for column in table.columns] == [
        ("Supplier", "c15", False),
        ("A1", "d14.2", False),
        ("A2", "d14.2", False),
        ("A3", "d14.2", False),
        ("SupAddr3Loc", "c40", False),
        ("When", "dt", True),
        ("Note", "c10", True),
        ("TimeStamp", "rv", False),
    ]


@pytest.mark.parametrize("text", ["*Supplier, Mystery", "*Supplier, Value d14,2"])
def test_a_text_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"^T: "):
        parse_table("T", text)
