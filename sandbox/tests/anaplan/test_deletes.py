"""What deletes and comparisons need of single writes (Anaplan reference, "Writes of list items")."""

from dataclasses import replace

import apapi
import pytest
from apapi.utils import get_generic_session
from syspro_sandbox.anaplan.model.demo import DEMO_MODEL
from syspro_sandbox.anaplan.options import LOADER


@pytest.fixture
def accounts(api):
    api.run_import("GL Groups from SYSPRO", "gl_groups.csv", "Code,Description\nG1,Assets\nG2,Costs\n")
    api.run_import(
        "GL Accounts from SYSPRO",
        "gl_accounts.csv",
        "Code,Parent,Description,Current Balance\nA1,G1,Cash,1.50\nA2,G1,Stock,\nA3,G2,Rent,7\n",
    )
    return f"/lists/{api.lists['GL Accounts']}/items"


def delete(api, path, *items):
    return api.post(path, {"items": list(items)}, params={"action": "delete"})


def test_items_are_removed_in_batches_up_to_the_limit(api, accounts, sandbox):
    sandbox.configure(max_items_written=2)
    refused = delete(api, accounts, {"code": "A1"}, {"code": "A2"}, {"code": "A3"})
    assert (refused.status_code, len(api.items("GL Accounts"))) == (400, 3)
    assert delete(api, accounts, {"code": "A1"}, {"code": "A2"}).json()["deleted"] == 2
    assert set(api.items("GL Accounts")) == {"A3"}


def test_an_item_that_is_gone_is_told_and_the_others_are_removed(api, accounts):
    body = delete(api, accounts, {"code": "A1"}, {"code": "A1"}, {"code": "A9"}, {"name": "A2"}).json()
    assert body["deleted"] == 1
    assert [(one["requestIndex"], one["failureType"]) for one in body["failures"]] == [
        (1, "INCORRECT_FORMAT"),
        (2, "INCORRECT_FORMAT"),
        (3, "INCORRECT_FORMAT"),
    ]
    clean = delete(api, accounts, {"code": "A2"}).json()
    assert (clean["deleted"], "failures" in clean) == (1, False)


def test_all_items_may_fail_with_200(api, accounts):
    answer = delete(api, accounts, {"code": "X"})
    assert (answer.status_code, answer.json()["deleted"]) == (200, 0)


def test_removing_a_parent_leaves_its_children_without_one(api, accounts):
    delete(api, f"/lists/{api.lists['GL Groups']}/items", {"code": "G1"})
    items = api.items("GL Accounts")
    assert ("parent" in items["A1"], "parentId" in items["A1"], items["A3"]["parent"]) == (False, False, "G2")


def test_items_are_moved_and_read_back_with_their_properties(api, accounts):
    answer = api.put(
        accounts,
        json={"items": [{"code": "A1", "parent": "G2", "properties": {"Description": "Petty cash"}}]},
    )
    assert answer.json()["updated"] == 1
    item = api.items("GL Accounts")["A1"]
    assert (item["name"], item["parent"], item["listName"]) == ("A1", "G2", "GL Groups")
    assert item["properties"] == {
        "Description": "Petty cash",
        "Account Type": "",
        "Current Balance": "1.5",
        "SYSPRO ID": "",
    }


def test_codes_are_unique_and_hold_60_characters(api, accounts):
    items = [
        {"name": "X" * 60, "code": "X" * 60},
        {"name": "Y" * 61, "code": "Y"},
        {"name": "A1", "code": "Z"},
    ]
    body = api.post(accounts, {"items": items}, params={"action": "add"}).json()
    assert (body["added"], [one["failureType"] for one in body["failures"]]) == (
        1,
        ["INCORRECT_FORMAT", "DUPLICATE"],
    )


def test_failures_of_updates_may_go_untold(api, accounts, sandbox):
    sandbox.configure(update_failures_told=False)
    body = api.put(accounts, json={"items": [{"code": "A9", "properties": {}}]}).json()
    assert (body["updated"], body["ignored"], "failures" in body) == (0, 1, False)


def test_deletes_wait_for_a_task_and_need_an_administrator(api, accounts, sandbox, clock):
    sandbox.configure(start_seconds=0, task_seconds=10)
    api.start(f"/imports/{api.imports['GL Groups from SYSPRO']}")
    began = clock.now
    assert delete(api, accounts, {"code": "A1"}).json()["deleted"] == 1
    assert clock.now == began + 10
    sandbox.configure(users=(replace(LOADER, workspace_administrator=False),))
    assert delete(api, accounts, {"code": "A2"}).status_code == 403


def test_a_locked_model_refuses_deletes(api, accounts, sandbox):
    sandbox.set_model_state("LOCKED")
    assert delete(api, accounts, {"code": "A1"}).status_code == 423
    assert len(api.items("GL Accounts")) == 3


def test_a_list_is_read_up_to_the_limit(api, accounts, sandbox):
    sandbox.configure(max_items_read=2)
    assert api.get(accounts).status_code == 400


def test_apapi_deletes_and_reads_back(api, accounts):
    model, accounts_list = DEMO_MODEL.id, api.lists["GL Accounts"]
    with apapi.BasicAuth(f"{LOADER.email}:{LOADER.password}", api.base, get_generic_session(0)) as login:
        connection = apapi.Connection(login, api.base)
        answer = connection.delete_list_items(model, accounts_list, [{"code": "A1"}, {"code": "A9"}]).json()
        assert (answer["deleted"], len(answer["failures"])) == (1, 1)
        items = connection.get_list_items(model, accounts_list).json()["listItems"]
        assert {item["code"] for item in items} == {"A2", "A3"}


def test_ten_thousand_items_go_with_their_cells_in_one_call(api):
    codes = [f"I{number:05d}" for number in range(10_000)]
    listed = "".join(f"{code}\n" for code in codes)
    api.run_import("AP Invoices list from ap_invoices.csv", "ap_invoices.csv", f"Code\n{listed}")
    rows = "".join(f"{code},Open\n" for code in codes)
    api.run_import("AP Invoices module from ap_invoices.csv", "ap_invoices.csv", f"Code,Status\n{rows}")
    path = f"/lists/{api.lists['AP Invoices']}/items"
    body = delete(api, path, *({"code": code} for code in codes[1:])).json()
    assert body["deleted"] == 9_999
    assert api.cells("AP Invoices")["I00000",]["Status"] == "Open"
    assert set(api.cells("AP Invoices")) == {("I00000",)}
