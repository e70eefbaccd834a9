"""Processes of several lists, actions that delete, parameters of a start, models in each condition.

Anaplan reference, "Processes", "Delete actions", "Mapping parameters" and "Locked and archived models".
"""

import csv
import io
from dataclasses import replace

import pytest
from syspro_sandbox.anaplan.model.definition import BOOLEAN, DeleteAction, LineItem, ListImport
from syspro_sandbox.anaplan.model.variants import (
    with_changed_import,
    with_changed_source,
    with_delete,
    with_formula,
    with_import,
    with_line_item,
    with_process,
    with_versions,
)

BOTH = "Suppliers and customers from one file"
FILE = "Code,Customer,Supplier Name\nS1,C1,Ilex\n,C2,no supplier code\nS3,,no customer code\n"


@pytest.fixture
def one_file_for_two_lists(sandbox):
    """A process whose two imports read the same file, each by another column."""
    sandbox.change_model(with_changed_source, "suppliers.csv", headers=("Code", "Customer", "Supplier Name"))
    sandbox.change_model(
        with_import,
        ListImport(13, "Customers of suppliers", "suppliers.csv", "Customers", code_column="Customer"),
    )
    sandbox.change_model(with_process, BOTH, "Suppliers from SYSPRO", "Customers of suppliers")
    return "/processes/118000000003"


def lines(text):
    return [row["_Line_"] for row in csv.DictReader(io.StringIO(text))]


def test_one_file_feeds_two_lists_and_each_rejects_another_row(api, one_file_for_two_lists, count):
    path = one_file_for_two_lists
    api.upload("suppliers.csv", FILE)
    task = api.run(path)
    result = task["result"]
    assert (result["successful"], result["failureDumpAvailable"]) == (True, True)
    first, second = result["nestedResults"]
    assert [one["objectName"] for one in (first, second)] == [
        "Suppliers from SYSPRO",
        "Customers of suppliers",
    ]
    assert [count(one["details"][0])["failedCount"] for one in (first, second)] == ["1", "1"]
    dumps = f"{path}/tasks/{task['taskId']}/dumps"
    assert lines(api.get(f"{dumps}/{first['objectId']}").text) == ["3"]
    assert lines(api.get(f"{dumps}/{second['objectId']}/chunks/0").text) == ["4"]
    assert (set(api.items("Suppliers")), set(api.items("Customers"))) == ({"S1", "S3"}, {"C1", "C2"})


def test_the_dump_of_one_import_of_a_process_is_overwritten_by_a_run_of_that_import(
    api, one_file_for_two_lists
):
    api.upload("suppliers.csv", FILE)
    task = api.run(one_file_for_two_lists)
    first, second = (one["objectId"] for one in task["result"]["nestedResults"])
    api.run(f"/imports/{first}")
    dumps = f"{one_file_for_two_lists}/tasks/{task['taskId']}/dumps"
    assert (api.get(f"{dumps}/{first}").status_code, api.get(f"{dumps}/{second}").status_code) == (404, 200)


def test_a_process_may_hide_a_failure(api, one_file_for_two_lists, sandbox):
    sandbox.configure(process_hides_failures=True, process_stops_on_failure=False)
    api.upload("suppliers.csv", "Customer\nC1\n")
    result = api.run(one_file_for_two_lists)["result"]
    assert (result["successful"], "details" in result) == (True, False)
    assert [one["successful"] for one in result["nestedResults"]] == [False, True]
    sandbox.configure(omitted_task_fields=frozenset({"objectName"}))
    nested = api.run(one_file_for_two_lists)["result"]["nestedResults"]
    assert all("objectName" not in one for one in nested)


def test_a_process_is_shown_with_its_actions_in_order(api, one_file_for_two_lists):
    metadata = api.get(one_file_for_two_lists, params={"showImportDataSource": "true"}).json()[
        "processMetadata"
    ]
    assert [(one["name"], one["importDataSourceId"]) for one in metadata["actions"]] == [
        ("Suppliers from SYSPRO", "113000000003"),
        ("Customers of suppliers", "113000000003"),
    ]


@pytest.fixture
def closed_invoices(api, sandbox):
    """An action that deletes invoices, and a process that marks and deletes them."""
    sandbox.change_model(with_line_item, "AP Invoices", LineItem(90, "Delete", BOOLEAN))
    sandbox.change_model(
        with_changed_import,
        "AP Invoices module from ap_invoices.csv",
        line_items={"Invoice Number": "Invoice Number", "Delete": "Delete"},
    )
    sandbox.change_model(
        with_delete, DeleteAction(1, "Delete closed invoices", "AP Invoices", "AP Invoices", "Delete")
    )
    sandbox.change_model(
        with_process, "Mark and delete", "AP Invoices module from ap_invoices.csv", "Delete closed invoices"
    )
    api.run_import("AP Invoices list from ap_invoices.csv", "ap_invoices.csv", "Code\nI1\nI2\n")
    api.upload("ap_invoices.csv", "Code,Invoice Number,Delete\nI1,1,true\nI2,2,false\n")
    return sandbox


def test_an_action_deletes_what_a_line_item_selects(api, closed_invoices):
    assert api.get("/actions").json()["actions"] == [
        {"id": "117000000001", "name": "Delete closed invoices", "actionType": "DELETE_BY_SELECTION"}
    ]
    api.run("/imports/112000000008")
    result = api.run("/actions/117000000001")["result"]
    assert (result["successful"], result["failureDumpAvailable"]) == (True, False)
    assert result["details"][0]["type"] == "deleteFromSelectionSucceeded"
    assert set(api.items("AP Invoices")) == {"I2"}
    assert set(api.cells("AP Invoices")) == {("I2",)}


def test_an_action_runs_within_a_process(api, closed_invoices):
    metadata = api.get("/processes/118000000003").json()["processMetadata"]
    assert metadata["actions"][1] == {
        "id": "117000000001",
        "name": "Delete closed invoices",
        "actionType": "DELETE_BY_SELECTION",
    }
    nested = api.run("/processes/118000000003")["result"]["nestedResults"]
    assert [one["objectId"] for one in nested] == ["112000000008", "117000000001"]
    assert set(api.items("AP Invoices")) == {"I2"}


@pytest.fixture
def asked(api, sandbox):
    """An import of balances that asks for the version."""
    api.run_import("GL Groups from SYSPRO", "gl_groups.csv", "Code\nG1\n")
    api.run_import("GL Accounts from SYSPRO", "gl_accounts.csv", "Code,Parent\nA1,G1\n")
    sandbox.change_model(with_versions, "GL Balances")
    sandbox.change_model(with_changed_import, "GL Balances from SYSPRO", prompts={"Versions": "Version"})
    api.upload("gl_balances.csv", "GL Account,Period,Balance,Movement\nA1,Jan 26,5,1\n")
    return "/imports/112000000011"


def start(api, path, *parameters):
    body = {"localeName": "en_US", "mappingParameters": list(parameters)}
    return api.post(f"{path}/tasks", body)


def balance(api, version):
    pages = f"20000000012:206000000041,20000000020:10700000000{version}"
    return api.cells("GL Balances", pages=pages)["A1",]["Jan 26"]


def test_an_import_asks_for_the_version_at_its_start(api, asked, clock):
    assert start(api, asked).status_code == 400
    assert api.post(f"{asked}/tasks", {"localeName": "en_US"}).status_code == 400
    assert start(api, asked, {"entityType": "Version"}).status_code == 400
    answer = start(api, asked, {"entityType": "Version", "entityName": "Budget"})
    assert answer.status_code == 200
    clock.advance(10)
    assert (balance(api, 1), balance(api, 2)) == ("0", "5")


def test_an_unknown_version_or_none_may_fail_the_task(api, asked, clock, sandbox):
    sandbox.configure(missing_parameter="fail_task")
    for parameters in ([{"entityType": "Version", "entityName": "Forecast"}], []):
        task_id = start(api, asked, *parameters).json()["task"]["taskId"]
        clock.advance(10)
        result = api.task(asked, task_id)["result"]
        assert (result["successful"], result["details"][0]["type"]) == (False, "failedToLocateEntity")


def test_an_import_may_hold_its_version_itself(api, asked, sandbox):
    sandbox.change_model(
        with_changed_import, "GL Balances from SYSPRO", prompts={}, constants={"Versions": "Actual"}
    )
    api.run(asked)
    assert (balance(api, 1), balance(api, 2)) == ("5", "0")


def test_a_formula_can_be_taken_back(api, asked, sandbox, count):
    sandbox.change_model(
        with_changed_import, "GL Balances from SYSPRO", prompts={}, constants={"Versions": "Actual"}
    )
    sandbox.change_model(with_formula, "GL Balances", "Balance", "Movement * 2")
    (item,) = [
        one
        for one in api.get("/lineItems?includeAll=true").json()["items"]
        if (one["moduleName"], one["name"]) == ("GL Balances", "Balance")
    ]
    assert item["formula"] == "Movement * 2"
    assert count(api.run(asked)["result"]["details"][0])["ignoredCount"] == "1"
    sandbox.change_model(with_formula, "GL Balances", "Balance", "")
    assert count(api.run(asked)["result"]["details"][0])["successRowCount"] == "1"


def test_a_deployed_model_takes_imports_and_refuses_other_changes_of_lists(api, sandbox):
    sandbox.set_model_state("PRODUCTION")
    api.run_import("Suppliers from SYSPRO", "suppliers.csv", "Code\nS1\n")
    path = f"/lists/{api.lists['Suppliers']}/items"
    body = {"items": [{"code": "S1"}]}
    assert api.post(path, body, params={"action": "delete"}).status_code == 425
    assert set(api.items("Suppliers")) == {"S1"}
    model = sandbox.options.model
    sandbox.configure(
        model=replace(
            model,
            lists=tuple(
                replace(one, production=True) if one.name == "Suppliers" else one for one in model.lists
            ),
        )
    )
    assert api.post(path, body, params={"action": "delete"}).json()["deleted"] == 1


def test_a_cancelled_task_may_end_all_the_same_and_the_answer_be_empty(api, sandbox, clock):
    sandbox.configure(cancel="too_late", cancel_answer="empty", start_seconds=0, task_seconds=10)
    path = f"/imports/{api.imports['Suppliers from SYSPRO']}"
    api.upload("suppliers.csv", "Code\nS1\n")
    task_id = api.start(path)
    api.task(path, task_id)
    assert api.delete(f"{path}/tasks/{task_id}").status_code == 204
    assert api.task(path, task_id)["taskState"] == "CANCELLING"
    clock.advance(10)
    assert api.task(path, task_id)["taskState"] == "COMPLETE"
    assert set(api.items("Suppliers")) == {"S1"}


def test_a_cancelled_process_keeps_what_its_first_import_did(api, one_file_for_two_lists, sandbox, clock):
    sandbox.configure(start_seconds=0, task_seconds=10)
    api.upload("suppliers.csv", FILE)
    task_id = api.start(one_file_for_two_lists)
    clock.advance(15)
    api.delete(f"{one_file_for_two_lists}/tasks/{task_id}")
    clock.advance(15)
    assert api.task(one_file_for_two_lists, task_id)["taskState"] == "CANCELLED"
    assert (set(api.items("Suppliers")), set(api.items("Customers"))) == ({"S1", "S3"}, set())
