"""Results of every form: what was loaded, and what is said about it.

Anaplan reference, "Odd results", "Full workspaces", "Missing rights" and "Cells that take no data".
"""

from dataclasses import replace

import pytest
from syspro_sandbox.anaplan.model.variants import with_formula, with_versions
from syspro_sandbox.anaplan.options import LOADER

SUPPLIERS = "Suppliers from SYSPRO"
THREE = "Code,Supplier Name\nS1,Ilex\nS2,Oak\nS3,Elm\n"
BALANCES = "GL Balances from SYSPRO"
HEADER = "GL Account,Period,Balance,Movement\n"


def total(count, details, name="totalRowCount"):
    return sum(int(count(detail)[name]) for detail in details)


@pytest.fixture
def ledger(api):
    api.run_import("GL Groups from SYSPRO", "gl_groups.csv", "Code\nG1\n")
    api.run_import("GL Accounts from SYSPRO", "gl_accounts.csv", "Code,Parent\nA1,G1\nA2,G1\n")
    return api


def balance(api, **pages):
    page = ",".join(["20000000012:206000000041", *(f"{name}:{item}" for name, item in pages.items())])
    return api.cells("GL Balances", pages=page)["A1",]["Jan 26"]


def test_details_may_be_missing_empty_or_without_counters(api, sandbox):
    sandbox.configure(result_forms={SUPPLIERS: "no_details"})
    result = api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]
    assert ("details" in result, result["successful"]) == (False, True)
    assert set(api.items("Suppliers")) == {"S1", "S2", "S3"}
    sandbox.configure(result_forms={"*": "empty_details"})
    assert api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]["details"] == []
    sandbox.configure(result_forms={SUPPLIERS: "no_counters", "*": "empty_details"})
    assert api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]["details"] == [
        {"localMessageText": "Complete.", "occurrences": 0, "type": "hierarchyRowsProcessed"}
    ]


def test_counters_may_be_split_short_or_shuffled(api, sandbox, count):
    sandbox.configure(result_forms={SUPPLIERS: "split"})
    details = api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]["details"]
    assert (len(details), total(count, details)) == (2, 3)
    sandbox.configure(result_forms={SUPPLIERS: "short"})
    details = api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]["details"]
    assert (len(details), total(count, details)) == (2, 2)
    sandbox.configure(result_forms={SUPPLIERS: "shuffled"})
    (detail,) = api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]["details"]
    assert detail["values"][0] != "hierarchyName"
    assert count(detail)["hierarchyName"] == "Suppliers"
    assert None in detail["values"]


def test_types_may_be_unknown_and_the_flag_false_without_a_reason(api, sandbox):
    sandbox.configure(result_forms={SUPPLIERS: "unknown_type"})
    result = api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]
    assert ([detail["type"] for detail in result["details"]], result["successful"]) == (
        ["rowsReconciled"],
        True,
    )
    sandbox.configure(result_forms={SUPPLIERS: "unknown_beside"})
    details = api.run_import(SUPPLIERS, "suppliers.csv", THREE)["result"]["details"]
    assert [detail["type"] for detail in details] == ["hierarchyRowsProcessed", "auditNoteWritten"]
    sandbox.configure(result_forms={SUPPLIERS: "unsuccessful"})
    task = api.run_import(SUPPLIERS, "suppliers.csv", THREE)
    assert (task["currentStep"], task["result"]["successful"]) == ("Failed.", False)
    assert set(api.items("Suppliers")) == {"S1", "S2", "S3"}


@pytest.mark.parametrize("code", ["importFailedGeneralError", "workspaceSizeExceeded"])
def test_a_full_workspace_rolls_everything_back(api, sandbox, code):
    sandbox.configure(size_allowance=1000, current_size=1000, full_workspace_type=code)
    task = api.run_import(SUPPLIERS, "suppliers.csv", THREE)
    assert (task["taskState"], task["result"]["successful"]) == ("COMPLETE", False)
    assert task["result"]["details"] == [
        {
            "localMessageText": "Workspace size exceeded; changes rolled back",
            "occurrences": 0,
            "type": code,
        }
    ]
    assert api.items("Suppliers") == {}
    (workspace,) = api.call("GET", "/2/0/workspaces?tenantDetails=true").json()["workspaces"]
    assert (workspace["sizeAllowance"], workspace["currentSize"]) == (1000, 1000)
    sandbox.configure(current_size=None)
    (workspace,) = api.call("GET", "/2/0/workspaces?tenantDetails=true").json()["workspaces"]
    assert "currentSize" not in workspace


def test_a_line_item_that_becomes_a_formula_ignores_all_its_cells(ledger, sandbox, count):
    sandbox.change_model(with_formula, "GL Balances", "Balance")
    task = ledger.run_import(BALANCES, "gl_balances.csv", HEADER + "A1,Jan 26,7,1\nA2,Jan 26,8,1\n")
    assert (task["result"]["successful"], task["result"]["failureDumpAvailable"]) == (True, False)
    first, second = (count(detail) for detail in task["result"]["details"])
    assert (first["successRowCount"], first["ignoredCount"], first["totalRowCount"]) == ("0", "2", "2")
    assert second["successRowCount"] == "2"
    assert balance(ledger) == "0"


@pytest.mark.parametrize("name", ["GL Balances", "GL Balances.Balance"])
def test_cells_without_access_are_ignored(ledger, sandbox, count, name):
    ledger.run_import(BALANCES, "gl_balances.csv", HEADER + "A1,Jan 26,5,1\n")
    sandbox.configure(unwritable=frozenset({name}))
    task = ledger.run_import(BALANCES, "gl_balances.csv", HEADER + "A1,Jan 26,7,1\n")
    assert count(task["result"]["details"][0])["ignoredCount"] == "1"
    assert (task["result"]["successful"], balance(ledger)) == (True, "5")


def test_cells_without_access_may_reject_the_row_or_fail_the_import(ledger, sandbox, count):
    sandbox.configure(unwritable=frozenset({"GL Balances"}), unwritable_cells="reject")
    task = ledger.run_import(BALANCES, "gl_balances.csv", HEADER + "A1,Jan 26,7,1\n")
    assert [count(detail)["failedCount"] for detail in task["result"]["details"]] == ["1", "1"]
    assert '"E","A1","Jan 26","7","1","2","No write access: Balance"' in ledger.dump(BALANCES, task).text
    sandbox.configure(unwritable_cells="fail")
    task = ledger.run_import(BALANCES, "gl_balances.csv", HEADER + "A1,Jan 26,7,1\n")
    assert task["result"]["details"][0]["type"] == "moduleImportNoWriteAccess"
    assert balance(ledger) == "0"


def test_a_closed_version_takes_nothing_and_keeps_what_it_has(ledger, sandbox, count):
    source = "Account,Period,Version,Balance,Movement\n"
    sandbox.change_model(with_versions, "GL Balances")
    sandbox.change_model(
        lambda model: replace(
            model,
            imports=tuple(
                replace(
                    one,
                    clear="all",
                    dimensions={"GL Accounts": "Account", "Time": "Period", "Versions": "Version"},
                )
                if one.name == BALANCES
                else one
                for one in model.imports
            ),
        )
    )
    ledger.run_import(BALANCES, "gl_balances.csv", f"{source}A1,Jan 26,Actual,5,\nA1,Jan 26,Budget,6,\n")
    actual, budget = (str(int(f"107{number:09d}")) for number in (1, 2))
    assert balance(ledger, **{"20000000020": actual}) == "5"
    sandbox.change_model(with_versions, "GL Balances", closed=("Actual",))
    task = ledger.run_import(BALANCES, "gl_balances.csv", f"{source}A1,Jan 26,Actual,9,9\n")
    assert [count(detail)["ignoredCount"] for detail in task["result"]["details"]] == ["1", "1"]
    assert balance(ledger, **{"20000000020": actual}) == "5"
    assert balance(ledger, **{"20000000020": budget}) == "0"  # cleared, as open cells are


@pytest.mark.parametrize(
    ("target", "name", "file", "code"),
    [
        ("Suppliers", SUPPLIERS, "suppliers.csv", "notAuthorised"),
        (
            "AP Invoices",
            "AP Invoices module from ap_invoices.csv",
            "ap_invoices.csv",
            "moduleImportNoWriteAccess",
        ),
    ],
)
def test_a_role_without_access_to_the_target_fails_the_import(api, sandbox, target, name, file, code):
    sandbox.configure(users=(replace(LOADER, no_access=frozenset({target})),))
    task = api.run_import(name, file, "Code\nX\n")
    assert (task["result"]["successful"], task["result"]["details"][0]["type"]) == (False, code)
    assert target not in {one["name"] for one in api.get("/lists").json()["lists"]}
    assert api.get(f"/lists/{api.lists[target]}").status_code == 404


def test_selective_access_shows_an_empty_list(api, sandbox):
    api.run_import(SUPPLIERS, "suppliers.csv", THREE)
    sandbox.configure(users=(replace(LOADER, unseen_items=frozenset({"Suppliers"})),))
    path = f"/lists/{api.lists['Suppliers']}"
    metadata = api.get(path).json()["metadata"]
    assert (metadata["hasSelectiveAccess"], metadata["itemCount"]) == (True, 3)
    assert "listItems" not in api.get(f"{path}/items").json()
    assert api.get(f"{path}/items", headers={"Accept": "text/csv"}).text == "id,name,code,parent\n"


def test_a_role_lost_in_mid_run_ends_the_task_and_hides_the_model(api, sandbox, clock):
    api.upload("suppliers.csv", THREE)
    path = f"/imports/{api.imports[SUPPLIERS]}"
    sandbox.configure(task_seconds=10)
    task_id = api.start(path)
    sandbox.configure(users=(replace(LOADER, model_access=False),))
    clock.advance(60)
    assert api.get(f"{path}/tasks/{task_id}").status_code == 404
    sandbox.configure(no_access_status=403)
    assert api.get(f"{path}/tasks/{task_id}").status_code == 403
    sandbox.configure(users=(LOADER,))
    assert api.task(path, task_id)["result"]["details"][0]["type"] == "notAuthorised"


def test_a_column_that_is_missing_stops_loading_in_silence_or_fails(api, sandbox, count):
    api.run_import(SUPPLIERS, "suppliers.csv", THREE)
    task = api.run_import(SUPPLIERS, "suppliers.csv", "Code,Name of supplier\nS1,New\n")
    assert (task["result"]["successful"], count(task["result"]["details"][0])["ignoredCount"]) == (True, "1")
    assert api.items("Suppliers")["S1"]["properties"]["Supplier Name"] == "Ilex"
    sandbox.configure(missing_column="fail")
    task = api.run_import(SUPPLIERS, "suppliers.csv", "Code,Name of supplier\nS1,New\n")
    assert task["result"]["details"][0]["type"] == "missingFields"
    assert "Supplier Name" in task["result"]["details"][0]["localMessageText"]


def test_blank_cells_may_be_kept(api, sandbox):
    api.run_import(SUPPLIERS, "suppliers.csv", THREE)
    sandbox.configure(blank_cells="keep")
    api.run_import(SUPPLIERS, "suppliers.csv", "Code,Supplier Name\nS1,\n")
    assert api.items("Suppliers")["S1"]["properties"]["Supplier Name"] == "Ilex"
    sandbox.configure(blank_cells="clear")
    api.run_import(SUPPLIERS, "suppliers.csv", "Code,Supplier Name\nS1,\n")
    assert api.items("Suppliers")["S1"]["properties"]["Supplier Name"] == ""


def test_items_are_moved_under_another_parent_and_may_leave_it(ledger, sandbox):
    ledger.run_import("GL Groups from SYSPRO", "gl_groups.csv", "Code\nG2\n")
    accounts = "GL Accounts from SYSPRO"
    ledger.run_import(accounts, "gl_accounts.csv", "Code,Parent\nA1,G2\n")
    assert {code: item["parent"] for code, item in ledger.items("GL Accounts").items()} == {
        "A1": "G2",
        "A2": "G1",
    }
    ledger.run_import(accounts, "gl_accounts.csv", "Code,Parent\nA1,\n")
    assert ledger.items("GL Accounts")["A1"]["parent"] == "G2"
    sandbox.configure(blank_parent="leaves")
    ledger.run_import(accounts, "gl_accounts.csv", "Code,Parent\nA1,\n")
    assert "parent" not in ledger.items("GL Accounts")["A1"]


def test_names_of_61_characters_are_rejected_or_cut(api, sandbox):
    long = "X" * 61
    task = api.run_import(SUPPLIERS, "suppliers.csv", f"Code\n{long}\n{'X' * 60}\n")
    assert f"Invalid code: {long}" in api.dump(SUPPLIERS, task).text
    assert set(api.items("Suppliers")) == {"X" * 60}
    sandbox.configure(long_names="truncate")
    task = api.run_import(SUPPLIERS, "suppliers.csv", f"Code\n{'Y' * 61}\n{'Y' * 60}Z\n")
    assert set(api.items("Suppliers")) == {"X" * 60, "Y" * 60}
    assert "Duplicate row for key" in api.dump(SUPPLIERS, task).text
