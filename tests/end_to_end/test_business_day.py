"""Both jobs, a business day, both jobs again: what stands in the two systems equals what stands in SYSPRO."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support import warehouse
from support.books import STREAM_TABLES, decimal_columns, read_table
from syspro_sandbox import syspro
from syspro_sandbox.readback.anaplan import Model
from syspro_sandbox.readback.databricks import query
from syspro_sandbox.syspro.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from support.books import Key, Row
    from support.meltano import Project
    from syspro_sandbox.runner import Sandbox

pytestmark = pytest.mark.meltano

PLANTS = ("PLT1", "PLT2", "PLT3")
ANAPLAN_STATE = "dev:tap-syspro-anaplan-to-target-anaplan"
DATABRICKS_STATE = "dev:tap-syspro-databricks-to-target-databricks-uc"


def code(*parts: str) -> str:
    """The code of a list item: its parts joined by `|`, escaped so that they can be told apart again."""
    return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)


@pytest.fixture(scope="module", autouse=True)
def yesterday(
    sandbox: Sandbox, project: Project, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Both jobs, a day, both jobs again; gives the databases as the first jobs saw them, by company."""
    for job in ("syspro-to-anaplan", "syspro-to-databricks"):
        project.succeed("run", job)
    folder = tmp_path_factory.mktemp("yesterday")
    before = {company: folder / path.name for company, path in sandbox.syspro.databases.items()}
    for company, path in sandbox.syspro.databases.items():
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(before[company])) as copy:
            source.backup(copy)
    syspro.play_day(sandbox.folder)
    for job in ("syspro-to-anaplan", "syspro-to-databricks"):
        project.succeed("run", job)
    return before


def delivered_rows(sandbox: Sandbox, yesterday: dict[str, Path], company: str, table: str) -> dict[Key, Row]:
    """What stands in the other systems: SYSPRO's rows, and those that the day deleted as they last were."""
    return {**read_table(yesterday[company], table), **read_table(sandbox.syspro.databases[company], table)}


@pytest.mark.parametrize("stream", STREAM_TABLES)
def test_every_row_that_exists_in_syspro_is_the_same_in_databricks(stream, sandbox):
    table = STREAM_TABLES[stream]
    delivered = warehouse.read_table(sandbox.environment, stream, ("_syspro_company", *TABLES[table].key))
    compared = 0
    for company in PLANTS:
        for key, row in read_table(sandbox.syspro.databases[company], table).items():
            found = delivered[(company, *(warehouse.as_text(part) for part in key))]
            assert warehouse.differences(row, found) == {}, (company, key)
            compared += 1
    assert compared


@pytest.mark.parametrize(
    "stream", ["ap_invoices", "ar_invoices", "gl_balances", "purchase_order_lines", "inventory_warehouses"]
)
def test_the_sums_agree_to_the_last_digit_with_the_deleted_rows(stream, sandbox, yesterday):
    table = STREAM_TABLES[stream]
    names = decimal_columns(table)
    for company in PLANTS:
        rows = delivered_rows(sandbox, yesterday, company, table).values()
        delivered = warehouse.sum_columns(sandbox.environment, stream, names, company)
        assert delivered == {name: sum((row[name] for row in rows), Decimal(0)) for name in names}


def test_the_day_deleted_something(sandbox, yesterday):
    gone = {
        (company, table): read_table(yesterday[company], table).keys()
        - read_table(sandbox.syspro.databases[company], table).keys()
        for company in yesterday
        for table in STREAM_TABLES.values()
    }
    assert sum(map(len, gone.values())), "the sums above would not notice a deleted row"


def test_only_the_named_companies_arrived(sandbox):
    companies = query(
        sandbox.environment, "SELECT DISTINCT `_syspro_company` AS c FROM `main`.`syspro`.`ap_invoices`"
    )
    assert {row["c"] for row in companies} == set(PLANTS)


def test_suppliers_and_customers_are_list_items(sandbox):
    model = Model(sandbox.environment)
    database = sandbox.syspro.databases["CHEM"]
    for list_name, table, column, label in (
        ("Suppliers", "ApSupplier", "SupplierName", "Supplier Name"),
        ("Customers", "ArCustomer", "Name", "Customer Name"),
        ("Stock Items", "InvMaster", "Description", "Description"),
        ("GL Accounts", "GenMaster", "Description", "Description"),
    ):
        items = model.list_items(list_name)
        rows = read_table(database, table)
        expected = {code("CHEM", key[-1]): row[column] for key, row in rows.items()}
        assert {item: items[item]["properties"].get(label, "") for item in expected} == expected


def test_invoices_are_module_cells_and_sum_to_the_cent_with_the_deleted_ones(sandbox, yesterday):
    model = Model(sandbox.environment)
    for module, table, original, balance in (
        ("AP Invoices", "ApInvoice", "OrigInvValue", "MthInvBal1"),
        ("AR Invoices", "ArInvoice", "CurrencyValue", "InvoiceBal1"),
    ):
        cells = model.cells(module)
        rows = delivered_rows(sandbox, yesterday, "CHEM", table)
        for key, row in rows.items():
            found = cells[(code("CHEM", *key),)]
            assert (Decimal(found["Original Amount"]), Decimal(found["Open Balance"])) == (
                row[original],
                row[balance],
            )
        assert sum(Decimal(cell["Open Balance"] or 0) for cell in cells.values()) == sum(
            row[balance] for row in rows.values()
        )


def test_ledger_balances_and_movements_by_period(sandbox):
    cells = Model(sandbox.environment).cells("GL Balances")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    for (company, account, year), row in read_table(sandbox.syspro.databases["CHEM"], "GenHistory").items():
        if year < Decimal(2025):  # the last two years are open and read whole
            continue
        before = row["BeginYearBalance"]
        for number, month in enumerate(months, start=1):
            closing = row[f"ClosingBalPer{number}"]
            found = cells[code(company, account), f"{month} {int(year) % 100:02d}"]
            assert (Decimal(found["Balance"]), Decimal(found["Movement"])) == (closing, closing - before)
            before = closing


def test_stock_on_hand_by_warehouse(sandbox):
    cells = Model(sandbox.environment).cells("Stock on Hand")
    for (stock_code, house), row in read_table(sandbox.syspro.databases["CHEM"], "InvWarehouse").items():
        found = cells[code("CHEM", stock_code), code("CHEM", house)]
        assert Decimal(found["Quantity on Hand"]) == row["QtyOnHand"]


def test_bookmarks_are_kept_by_company(project):
    anaplan_state = project.state(ANAPLAN_STATE)["singer_state"]["bookmarks"]
    databricks_state = project.state(DATABRICKS_STATE)["singer_state"]["bookmarks"]
    assert set(anaplan_state["ap_invoices"]["companies"]) == {"CHEM"}
    assert set(databricks_state["ap_invoices"]["companies"]) == set(PLANTS)
    bookmark = databricks_state["ap_invoices"]["companies"]["PLT1"]
    assert bookmark["replication_key"]
    assert bookmark["replication_key_value"]


def test_vendor_ageing_equals_the_open_invoices(sandbox, project):
    project.succeed("invoke", "target-databricks-uc:views")
    view = query(sandbox.environment, "SELECT * FROM `main`.`syspro`.`vendor_ageing`")
    for company in PLANTS:
        invoices = read_table(sandbox.syspro.databases[company], "ApInvoice").values()
        open_balance = sum((row["MthInvBal1"] for row in invoices), Decimal(0))
        shown = [row for row in view if row["company"] == company]
        assert sum(Decimal(row["balance"]) for row in shown) == open_balance
        buckets = ("not_due", "days_1_30", "days_31_60", "days_61_90", "over_90")
        assert sum(Decimal(row[bucket]) for row in shown for bucket in buckets) == open_balance
