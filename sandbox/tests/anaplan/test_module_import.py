"""Imports into modules (Anaplan reference, "Module imports"), over HTTP and as properties of the engine."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syspro_sandbox.anaplan.importing.importer import run_import
from syspro_sandbox.anaplan.model.definition import NUMBER, LineItem
from syspro_sandbox.anaplan.options import AnaplanOptions
from syspro_sandbox.anaplan.state.cells import Cells
from syspro_sandbox.anaplan.state.items import Items
from syspro_sandbox.anaplan.state.store import Store

BALANCES = "GL Balances from SYSPRO"
BALANCE_PAGE = {"pages": "20000000012:206000000041"}
MOVEMENT_PAGE = {"pages": "20000000012:206000000042"}
HEADER = "GL Account,Period,Balance,Movement\n"


@pytest.fixture
def ledger(api):
    api.run_import("GL Groups from SYSPRO", "gl_groups.csv", "Code\nG1\n")
    api.run_import("GL Accounts from SYSPRO", "gl_accounts.csv", "Code,Parent\nA1,G1\nA2,G1\n")
    return api


def balances(api, rows, header=HEADER):
    return api.run_import(BALANCES, "gl_balances.csv", header + rows)


def with_import(sandbox, name, **changes):
    """Change an import of the model."""
    model = sandbox.options.model
    sandbox.configure(
        model=replace(
            model,
            imports=tuple(replace(one, **changes) if one.name == name else one for one in model.imports),
        )
    )


def dump_rows(answer):
    return [
        (row["_Status_"], row["_Line_"], row["_Error_1_"]) for row in csv.DictReader(io.StringIO(answer.text))
    ]


def test_cells_are_written_by_item_and_month_and_others_stay(ledger, count):
    task = balances(ledger, "A1,Jan 26,100.50,100.50\nA1,Feb 26,90,-10.5\n")
    details = task["result"]["details"]
    assert [detail["type"] for detail in details] == ["lineItemRowsProcessed"] * 2
    assert count(details[0]) == {
        "lineItemName": "Balance",
        "successRowCount": "2",
        "warningsRowCount": "0",
        "failedCount": "0",
        "ignoredCount": "0",
        "totalRowCount": "2",
        "invalidCount": "0",
        "updatedCount": "2",
    }
    balances(ledger, "A2,Jan 26,7,7\n")
    rows = ledger.cells("GL Balances", **BALANCE_PAGE)
    assert (rows["A1",]["Jan 26"], rows["A1",]["Feb 26"], rows["A2",]["Jan 26"]) == ("100.5", "90", "7")
    assert rows["A2",]["Feb 26"] == "0"
    assert tuple(rows["A1",]) == ledger.sandbox.options.model.months
    assert ledger.cells("GL Balances", **MOVEMENT_PAGE)["A1",]["Feb 26"] == "-10.5"


def test_numbers_of_the_same_cell_add_up_within_a_file_and_replace_between_files(ledger):
    balances(ledger, "A1,Jan 26,0.10,1\nA1,Jan 26,0.20,2\nA1,Jan 26,,\n")
    assert ledger.cells("GL Balances", **BALANCE_PAGE)["A1",]["Jan 26"] == "0.3"
    balances(ledger, "A1,Jan 26,5,\n")
    assert ledger.cells("GL Balances", **BALANCE_PAGE)["A1",]["Jan 26"] == "5"
    assert ledger.cells("GL Balances", **MOVEMENT_PAGE)["A1",]["Jan 26"] == "0"  # a blank blanks its cell


def test_unknown_items_and_months_are_rejected_and_the_rest_is_loaded(ledger, count):
    task = balances(ledger, "A9,Jan 26,1,1\nA1,Jan 2026,1,1\n,Jan 26,1,1\nA1,Jan 26,4,4\n")
    assert count(task["result"]["details"][1])["failedCount"] == "3"
    assert dump_rows(ledger.dump(BALANCES, task)) == [
        ("E", "2", "Invalid list identifier: A9"),
        ("E", "3", "Invalid time entity identifier: Jan 2026"),
        ("E", "4", "Invalid list identifier: "),
    ]
    assert ledger.cells("GL Balances", **BALANCE_PAGE)["A1",]["Jan 26"] == "4"


def test_rows_on_a_parent_are_ignored_and_leave_no_dump(ledger, count):
    task = balances(ledger, "G1,Jan 26,1,1\n")
    assert count(task["result"]["details"][0])["ignoredCount"] == "1"
    assert task["result"]["failureDumpAvailable"] is False


def test_a_bad_value_warns_or_rejects(ledger, sandbox, count):
    task = balances(ledger, 'A1,Jan 26,"1,000",5\n')
    assert [count(detail)["failedCount"] for detail in task["result"]["details"]] == ["1", "0"]
    assert dump_rows(ledger.dump(BALANCES, task)) == [("W", "2", "Invalid number: 1,000")]
    assert ledger.cells("GL Balances", **MOVEMENT_PAGE)["A1",]["Jan 26"] == "5"
    sandbox.configure(bad_module_value="reject")
    task = balances(ledger, "A2,Jan 26,x,5\n")
    assert dump_rows(ledger.dump(BALANCES, task)) == [("E", "2", "Invalid number: x")]
    assert ledger.cells("GL Balances", **MOVEMENT_PAGE)["A2",]["Jan 26"] == "0"


def test_clearing_takes_the_mapped_cells_first_but_not_for_an_empty_file(ledger, sandbox):
    with_import(sandbox, BALANCES, clear="all")
    balances(ledger, "A1,Jan 26,1,1\nA2,Feb 26,2,2\n")
    balances(ledger, "")
    assert ledger.cells("GL Balances", **BALANCE_PAGE)["A2",]["Feb 26"] == "2"
    balances(ledger, "A1,Mar 26,3\n", header="GL Account,Period,Balance\n")
    rows = ledger.cells("GL Balances", **BALANCE_PAGE)
    assert (rows["A1",]["Jan 26"], rows["A1",]["Mar 26"], rows["A2",]["Feb 26"]) == ("0", "3", "0")
    # Movement was not in the file: it is not mapped and stays.
    assert ledger.cells("GL Balances", **MOVEMENT_PAGE)["A2",]["Feb 26"] == "2"


def test_clearing_the_items_of_the_source_leaves_others(ledger, sandbox):
    with_import(sandbox, BALANCES, clear="source")
    balances(ledger, "A1,Jan 26,1,1\nA1,Feb 26,2,2\nA2,Jan 26,3,3\n")
    balances(ledger, "A1,Jan 26,9,9\nA1,Mar 26,8,8\n")
    rows = ledger.cells("GL Balances", **BALANCE_PAGE)
    assert [rows["A1",][month] for month in ("Jan 26", "Feb 26", "Mar 26")] == ["9", "2", "8"]
    assert rows["A2",]["Jan 26"] == "3"


def test_calculated_line_items_are_ignored(ledger, sandbox, count):
    model = sandbox.options.model
    module = model.module_named["GL Balances"]
    calculated = replace(
        module, line_items=(module.line_items[0], LineItem(42, "Movement", NUMBER, "Balance"))
    )
    sandbox.configure(
        model=replace(model, modules=tuple(calculated if one is module else one for one in model.modules))
    )
    task = balances(ledger, "A1,Jan 26,1,1\n")
    assert [count(detail)["ignoredCount"] for detail in task["result"]["details"]] == ["0", "1"]
    assert (task["result"]["failureDumpAvailable"], task["result"]["successful"]) == (False, True)
    answer = ledger.post(
        f"/modules/{module.id}/data",
        [{"lineItemName": "Movement", "dimensions": [], "value": 1}],
    ).json()
    assert answer["failures"][0]["failureType"] == "cellIsCalculated"


def test_every_format_is_read_and_shown(api):
    api.run_import("Suppliers from SYSPRO", "suppliers.csv", "Code,Supplier Name\nS1,Ilex\n")
    api.run_import("AP Invoices list from ap_invoices.csv", "ap_invoices.csv", "Code\nI1\nI2\nI3\n")
    header = "Code,Supplier,Invoice Number,Invoice Date,Due Date,Posting Period,Original Amount,Status\n"
    rows = (
        "I1,S1,0007,2026-01-31,,Jan 26,-12.340,Open\n"
        "I2,S9,0008,2026-01-31,,Jan 26,1,Open\n"
        "I3,,0009,31/01/2026,2026-02-30,Jan 26,1,Open\n"
    )
    name = "AP Invoices module from ap_invoices.csv"
    task = api.run_import(name, "ap_invoices.csv", header + rows)
    assert dump_rows(api.dump(name, task)) == [
        ("E", "3", "Invalid list identifier: S9"),
        ("W", "4", "Invalid date: 31/01/2026"),
    ]
    cells = api.cells("AP Invoices")
    assert cells["I1",] == {
        "Supplier": "Ilex",
        "Invoice Number": "0007",
        "Invoice Date": "2026-01-31",
        "Due Date": "",
        "Posting Period": "Jan 26",
        "Original Amount": "-12.34",
        "Open Balance": "0",
        "Currency": "",
        "Status": "Open",
        "SYSPRO ID": "",
    }
    assert set(cells["I2",].values()) == {"", "0"}  # rejected as a whole
    assert (cells["I3",]["Invoice Number"], cells["I3",]["Invoice Date"]) == ("0009", "")


MONTHS = AnaplanOptions().model.months[:3]
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
ROWS = st.lists(st.tuples(st.sampled_from("ABCX"), st.sampled_from(MONTHS), AMOUNTS), max_size=30)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_what_is_sent_is_loaded_or_rejected_and_the_sums_are_exact(rows):
    options = AnaplanOptions()
    store = Store(None)
    model = options.model
    items = Items(store, model.list_named["GL Accounts"])
    for code in "ABC":
        items.add(code, code)
    items.save()
    text = HEADER + "".join(f"{account},{month},{amount:f},\n" for account, month, amount in rows)
    outcome = run_import(model.import_named[BALANCES], text.encode(), options, store)

    sums = {}
    for account, month, amount in rows:
        if account != "X":
            sums[account, month] = sums.get((account, month), 0) + amount
    cells = Cells(store, model.module_named["GL Balances"])
    for (account, month), total in sums.items():
        place = (items.find(account).id, model.time_items[month])
        assert Decimal(cells.get(place).get("Balance", "0")) == total
    store.close()

    values = outcome.details[0]["values"]
    counts = dict(zip(values[::2], values[1::2], strict=True))
    rejected = sum(account == "X" for account, _, _ in rows)
    assert int(counts["failedCount"]) == rejected
    assert int(counts["totalRowCount"]) == len(rows)
    dumped = outcome.dump.decode().count("\n") - 1 if outcome.dump else 0
    assert dumped == rejected
