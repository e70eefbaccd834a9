"""The books agree with each other: as seeded, after a day, and after days that cross a month and a year."""

from __future__ import annotations

import itertools
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from syspro_sandbox.syspro.calendar import FIRST_YEAR, business_date
from syspro_sandbox.syspro.companies import COMPANIES
from syspro_sandbox.syspro.database import company_path
from syspro_sandbox.syspro.day import play_day
from syspro_sandbox.syspro.seed import SeedSettings, create_data
from syspro_sandbox.syspro.tables import TABLES

pytestmark = pytest.mark.server

CENT = Decimal("0.01")
CLOSING = [f"ClosingBalPer{n}" for n in range(1, 16)]
PSEUDO = {"FORCED", "RETAINED"}
# Happenings after which the books still agree.
ORDERLY = ("reversals", "back_dated", "future_dated", "key_reuse")
# What the data are made from, and how many days are played then.
STATES = {
    "seeded": (SeedSettings(scale=0.1), 0),
    "after a day": (SeedSettings(scale=0.15, companies=("CHEM", "PLT1")), 1),
    "after a month end": (SeedSettings(scale=0.1, seed=11, companies=("CHEM",)), 12),
    "after a year end": (SeedSettings(scale=0.1, today=date(2025, 12, 29), companies=("PLT1",)), 7),
    "without carry": (
        SeedSettings(scale=0.1, today=date(2025, 12, 29), companies=("PLT1",), carry_forward=False),
        7,
    ),
    "after unusual days": (SeedSettings(scale=0.1, companies=("PLT2",)), 4),
    "with fifteen periods and older years": (
        SeedSettings(scale=0.1, today=date(2026, 1, 15), companies=("PLT1",), periods=15, history_years=3),
        5,
    ),
}


class Company:
    """A company's tables with decimals as decimals."""

    def __init__(self, data_dir, company):
        self.id = company
        self.today = business_date(data_dir)
        self.period = (self.today.year, self.today.month)
        self.path = company_path(data_dir, company)
        self._tables = {}

    def rows(self, name):
        if name not in self._tables:
            with closing(sqlite3.connect(self.path)) as connection:
                connection.row_factory = sqlite3.Row
                scales = {c.name: c.scale for c in TABLES[name].columns if c.kind == "decimal"}
                rows = [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
            for row in rows:
                for column, scale in scales.items():
                    # Most columns are 0, which needs no scaling.
                    if row[column]:
                        row[column] = Decimal(row[column]).scaleb(-scale)
            self._tables[name] = rows
        return self._tables[name]

    def balance(self, account):
        code = COMPANIES[self.id].gl_code(account)
        (row,) = [row for row in self.rows("GenMaster") if (row["Company"], row["GlCode"]) == (self.id, code)]
        return row["CurrentBalance"]


def local(invoice, value):
    value, rate = Decimal(value), invoice["ConvRate"]
    return (value * rate if invoice["MulDiv"] == "M" else value / rate).quantize(CENT, ROUND_HALF_UP)


@pytest.fixture(scope="module", params=STATES)
def data_dir(request, tmp_path_factory):
    settings, days = STATES[request.param]
    folder = tmp_path_factory.mktemp("data")
    create_data(folder, settings)
    unusual = ORDERLY if request.param == "after unusual days" else ()
    for _ in range(days):
        play_day(folder, happenings=unusual)
    return folder, settings


@pytest.fixture(scope="module")
def companies(data_dir):
    folder, settings = data_dir
    return [Company(folder, company) for company in settings.companies]


def test_journals_balance_and_are_posted_as_entered(companies):
    for company in companies:
        entries, transactions = defaultdict(list), defaultdict(Counter)
        for row in company.rows("GenJournalDetail"):
            assert row["EntryValue"] > 0
            sign = 1 if row["EntryType"] == "D" else -1
            entries[row["GlYear"], row["GlPeriod"], row["Journal"]].append((row, sign * row["EntryValue"]))
        for row in company.rows("GenTransaction"):
            key = row["GlYear"], row["GlPeriod"], row["Journal"]
            transactions[key][row["Company"], row["GlCode"]] += row["EntryValue"]
        for head in company.rows("GenJournalCtl"):
            key = head["GlYear"], head["GlPeriod"], head["GlJournal"]
            lines = entries.pop(key)
            assert len(lines) == head["NumOfEntries"]
            assert sum(value for _, value in lines) == 0
            assert (
                head["DebitAmount"] == head["CreditAmount"] == sum(value for _, value in lines if value > 0)
            )
            posted = head["JnlStatus"] == "P"
            assert (head["PostDate"] is not None) == posted
            assert {row["EntryPosted"] for row, _ in lines} == {"Y" if posted else "N"}
            entered = Counter()
            for row, value in lines:
                entered[row["Company"], row["GlCode"]] += value
            assert transactions.pop(key, Counter()) == (entered if posted else Counter())
        assert not entries
        assert not transactions


def test_history_is_opening_plus_movements(companies, data_dir):
    _, settings = data_dir
    for company in companies:
        movements = Counter()
        for row in company.rows("GenTransaction"):
            movements[row["Company"], row["GlCode"], row["GlYear"], row["GlPeriod"]] += row["EntryValue"]
        for row in company.rows("GenHistory"):
            if row["GlYear"] < FIRST_YEAR:
                continue
            balance = row["BeginYearBalance"]
            for period, name in enumerate(CLOSING, 1):
                balance += movements.pop((row["Company"], row["GlCode"], row["GlYear"], period), 0)
                ahead = (row["GlYear"], period) > company.period
                assert row[name] == (0 if ahead and not settings.carry_forward else balance)
        assert not movements


def test_a_year_begins_as_the_one_before_ended(companies, data_dir):
    _, settings = data_dir
    for company in companies:
        types = {(row["Company"], row["GlCode"]): row["AccountType"] for row in company.rows("GenMaster")}
        retained = COMPANIES[company.id].gl_code(3900)
        history = {(row["Company"], row["GlCode"], row["GlYear"]): row for row in company.rows("GenHistory")}
        years = sorted({year for *_, year in history})
        assert years == list(range(2024 - settings.history_years, company.today.year + 1))
        for owner, before in itertools.product({owner for owner, *_ in history}, years[:-1]):
            result = sum(
                row["ClosingBalPer15"]
                for (company_, code, year), row in history.items()
                if (company_, year) == (owner, before) and types[company_, code] in "RE"
            )
            for (company_, code, year), row in history.items():
                if (company_, year) != (owner, before) or code in PSEUDO:
                    continue
                expected = 0 if types[company_, code] in "RE" else row["ClosingBalPer15"]
                expected += result if code == retained else 0
                assert history[company_, code, before + 1]["BeginYearBalance"] == expected


def test_trial_balance_is_zero(companies):
    for company in companies:
        for (owner, year), rows in itertools.groupby(
            sorted(company.rows("GenHistory"), key=lambda row: (row["Company"], row["GlYear"])),
            key=lambda row: (row["Company"], row["GlYear"]),
        ):
            real = [row for row in rows if row["GlCode"] not in PSEUDO]
            for name in ("BeginYearBalance", *CLOSING):
                assert sum(row[name] for row in real) == 0, (owner, year, name)


def test_master_agrees_with_the_current_period(companies):
    for company in companies:
        year, month = company.period
        history = {
            (row["Company"], row["GlCode"]): row
            for row in company.rows("GenHistory")
            if row["GlYear"] == year
        }
        debited, credited = Counter(), Counter()
        for row in company.rows("GenTransaction"):
            if (row["GlYear"], row["GlPeriod"]) == (year, month):
                side = debited if row["EntryValue"] > 0 else credited
                side[row["Company"], row["GlCode"]] += abs(row["EntryValue"])
        for master in company.rows("GenMaster"):
            key = master["Company"], master["GlCode"]
            row = history[key]
            assert master["CurrentBalance"] == row[CLOSING[month - 1]]
            assert master["PrevPerEndBal"] == (
                row[CLOSING[month - 2]] if month > 1 else row["BeginYearBalance"]
            )
            assert (master["PtdDrValue"], master["PtdCrValue"]) == (debited[key], credited[key])


def test_payables_tie(companies):
    for company in companies:
        owed, total = Counter(), Counter()
        for invoice in company.rows("ApInvoice"):
            value = local(invoice, invoice["MthInvBal1"])
            owed[invoice["Supplier"]] += value
            total["control"] += value
            assert (invoice["InvoiceStatus"] == "9") == (invoice["MthInvBal1"] == 0)
            assert (invoice["YearInvBalZero"] != 0) == (invoice["MthInvBal1"] == 0)
        assert -total["control"] == company.balance(2000)
        assert {
            row["Supplier"]: row["CurrentBalance"]
            for row in company.rows("ApSupplier")
            if row["CurrentBalance"]
        } == {supplier: value for supplier, value in owed.items() if value}


def test_receivables_tie(companies):
    for company in companies:
        owed, total = Counter(), Counter()
        for invoice in company.rows("ArInvoice"):
            value = local(invoice, invoice["InvoiceBal1"])
            owed[invoice["Customer"]] += value
            total["control"] += value
        assert total["control"] == company.balance(1100)
        bands = ("Future", "Current", "30days", "60days", "90days", "120days", "Credits")
        for row in company.rows("ArCustomerBal"):
            assert row["CurrentBalance1"] == owed[row["Customer"]]
            assert sum(row[f"Val{band}Inv"] for band in bands) == row["CurrentBalance1"]


@pytest.mark.parametrize(
    ("invoices", "payments", "key", "balance"),
    [
        ("ApInvoice", "ApInvoicePay", ("Supplier", "Invoice"), "MthInvBal"),
        ("ArInvoice", "ArInvoicePay", ("Customer", "Invoice", "DocumentType"), "InvoiceBal"),
    ],
)
def test_entries_explain_every_month_end_balance(companies, invoices, payments, key, balance):
    for company in companies:
        entries = defaultdict(list)
        for row in company.rows(payments):
            entries[tuple(row[name] for name in key)].append(row)
        year, month = company.period
        months = [divmod(year * 12 + month - 1 - back, 12) for back in range(3)]
        for invoice in company.rows(invoices):
            mine = entries.pop(tuple(invoice[name] for name in key), [])
            assert [row["EntryNumber"] for row in mine] == list(range(1, int(invoice["NextPaymEntry"]) + 1))
            for number, (until_year, until_month) in enumerate(months, 1):
                until = until_year, until_month + 1
                posted = (invoice["InvoiceYear"], invoice["InvoiceMonth"]) <= until
                moved = sum(
                    row["TrnValue"] + row.get("DiscValue", 0)
                    for row in mine
                    if (row["TrnYear"], row["TrnMonth"]) <= until
                )
                assert invoice[f"{balance}{number}"] == (invoice["CurrencyValue"] if posted else 0) + moved
        assert not entries


def test_distributions_sum_to_the_invoice(companies):
    for company in companies:
        distributed = Counter()
        journal = ("TrnYear", "TrnMonth", "Journal", "EntryNumber")
        for row in company.rows("ApJnlDistrib"):
            distributed[tuple(row[name] for name in journal)] += row["DistrValue"]
        summaries = {(row["Supplier"], row["Invoice"]): row for row in company.rows("ApJnlSummary")}
        for row in summaries.values():
            assert distributed[tuple(row[name] for name in journal)] == row["InvoiceValue"]
        for invoice in company.rows("ApInvoice"):
            summary = summaries.get((invoice["Supplier"], invoice["Invoice"]))
            assert (summary is None) == (invoice["InvoiceTakeOn"] == "Y")
            if summary:
                assert summary["InvoiceValue"] == local(invoice, invoice["CurrencyValue"])


def test_stock_ties(companies):
    for company in companies:
        stock = sum(
            Decimal(row["QtyOnHand"] * row["UnitCost"]).quantize(CENT, ROUND_HALF_UP)
            for row in company.rows("InvWarehouse")
        )
        assert stock == company.balance(1300)
        assert all(row["QtyOnHand"] >= row["QtyAllocated"] >= 0 for row in company.rows("InvWarehouse"))


def test_movements_explain_the_stock(companies):
    for company in companies:
        moved = Counter()
        for row in company.rows("InvMovements"):
            moved["value"] += row["TrnValue"]
            moved[row["StockCode"], row["Warehouse"]] += row["TrnQty"]
        stock = COMPANIES[company.id].gl_code(1300)
        opening = [
            row["BeginYearBalance"]
            for row in company.rows("GenHistory")
            if (row["Company"], row["GlCode"], row["GlYear"]) == (company.id, stock, FIRST_YEAR)
        ]
        assert sum(opening) + moved["value"] == company.balance(1300)
        for row in company.rows("InvWarehouse"):
            assert row["QtyOnHand"] - moved[row["StockCode"], row["Warehouse"]] >= 0


def test_receipts_without_an_invoice_are_the_accrual(companies):
    for company in companies:
        received = sum(row["OrigGrnValue"] for row in company.rows("GrnDetails"))
        matched = sum(row["MatchedValue"] for row in company.rows("GrnMatching"))
        assert received >= matched > 0
        assert received - matched == -company.balance(2050)


def test_sales_analysis_adds_up_to_the_invoices(companies):
    for company in companies:
        lines = defaultdict(Counter)
        for row in company.rows("ArTrnDetail"):
            key = row["Customer"], row["Invoice"], row["DocumentType"]
            lines[key].update({name: row[name] for name in ("NetSalesValue", "TaxValue", "CostValue")})
        invoices = {
            (row["Customer"], row["Invoice"], row["DocumentType"]): row for row in company.rows("ArInvoice")
        }
        assert company.rows("ArTrnSummary")
        for row in company.rows("ArTrnSummary"):
            key = row["Customer"], row["Invoice"], row["DocumentType"]
            net = row["MerchandiseValue"] + row["FreightValue"]
            assert local(invoices[key], invoices[key]["CurrencyValue"]) == net + row["TaxValue"]
            foreign = row["ForeignMerchVal"] + row["ForeignFreightVal"] + row["ForeignTaxVal"]
            assert invoices[key]["CurrencyValue"] == foreign
            assert lines[key]["NetSalesValue"] == net, key
            assert lines[key]["TaxValue"] == row["TaxValue"]
            assert lines[key]["CostValue"] == row["MerchandiseCost"]


def test_orders_tie_to_the_warehouses(companies):
    for company in companies:
        expected, allocated, back_ordered = Counter(), Counter(), Counter()
        headers = {row["PurchaseOrder"]: row for row in company.rows("PorMasterHdr")}
        lines = defaultdict(list)
        for row in company.rows("PorMasterDetail"):
            lines[row["PurchaseOrder"]].append(row)
        assert lines.keys() == headers.keys()
        for number, header in headers.items():
            goods = [row for row in lines[number] if row["LineType"] == "1"]
            assert [row["Line"] for row in lines[number]] == list(range(1, int(header["NextDetailLine"])))
            assert all(
                (row["MReceivedQty"] == row["MOrderQty"]) == (row["MCompleteFlag"] == "Y") for row in goods
            )
            assert (header["OrderStatus"] == "9") == all(row["MCompleteFlag"] == "Y" for row in goods)
            assert (header["OrderStatus"] == "9") == (header["DatePoCompleted"] is not None)
            assert (header["OrderStatus"] in "014") == (header["ActiveFlag"] == "Y")
            if header["ActiveFlag"] == "Y":
                for row in goods:
                    expected[row["MStockCode"], row["MWarehouse"]] += row["MOrderQty"] - row["MReceivedQty"]
        open_orders = {row["SalesOrder"] for row in company.rows("SorMaster") if row["ActiveFlag"] == "Y"}
        for row in company.rows("SorDetail"):
            if row["SalesOrder"] in open_orders and row["LineType"] == "1":
                allocated[row["MStockCode"], row["MWarehouse"]] += row["MShipQty"]
                back_ordered[row["MStockCode"], row["MWarehouse"]] += row["MBackOrderQty"]
        for row in company.rows("InvWarehouse"):
            key = row["StockCode"], row["Warehouse"]
            assert (row["QtyOnOrder"], row["QtyAllocated"], row["QtyOnBackOrder"]) == (
                expected[key],
                allocated[key],
                back_ordered[key],
            )


def test_values_fit_their_columns(companies):
    for company in companies:
        stamps = set()
        for table in TABLES.values():
            for row in company.rows(table.name):
                for column in table.columns:
                    value = row[column.name]
                    if value is None:
                        assert column.nullable
                    elif column.kind == "string":
                        assert value == value.rstrip(" ")
                        assert len(value) <= column.length, (table.name, column.name, value)
                    elif column.kind == "decimal":
                        assert abs(value) < 10 ** (column.precision - column.scale), (table.name, column.name)
                    elif column.kind == "date":
                        assert date.fromisoformat(value).isoformat() == value
                    else:
                        assert value not in stamps
                        stamps.add(value)
        with closing(sqlite3.connect(company.path)) as connection:
            assert connection.execute("SELECT rowversion FROM Sandbox").fetchone()[0] == max(stamps)
