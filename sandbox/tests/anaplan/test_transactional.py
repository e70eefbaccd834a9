"""List writes, cell writes, views, dimensions and large reads.

Anaplan reference, "Writes of list items", "Writes of cells", "Views and line items" and "Large reads".
"""

import csv
import io

import pytest


@pytest.fixture
def suppliers(api):
    api.run_import(
        "Suppliers from SYSPRO", "suppliers.csv", "Code,Supplier Name,Balance\nS1,Ilex,1\nS2,Oak,2\n"
    )
    return f"/lists/{api.lists['Suppliers']}"


def test_items_are_added_one_by_one_and_failures_are_told(api, suppliers):
    answer = api.post(
        f"{suppliers}/items",
        {
            "items": [
                {"code": "S3", "properties": {"Supplier Name": "Elm", "On Hold": True, "Balance": 3}},
                {"code": "S1"},
                {"code": "S4", "name": "not for numbered lists"},
                {"properties": {}},
                {"code": "S5", "properties": {"Balance": "many"}},
                {"code": "S6", "parent": "Nowhere"},
            ]
        },
        params={"action": "add"},
    )
    assert answer.status_code == 200
    body = answer.json()
    assert (body["added"], body["ignored"], body["total"]) == (1, 5, 6)
    assert body["failures"][0] == {
        "requestIndex": 1,
        "failureType": "DUPLICATE",
        "failureMessageDetails": "duplicate -- column name:code, value:S1",
    }
    assert [failure["failureType"] for failure in body["failures"][1:]] == [
        "INCORRECT_FORMAT",
        "INCOMPLETE_DATA",
        "INCORRECT_FORMAT",
        "INCORRECT_FORMAT",
    ]
    assert api.items("Suppliers")["S3"]["properties"]["On Hold"] == "true"
    clean = api.post(f"{suppliers}/items", {"items": [{"code": "S7"}]}, params={"action": "add"}).json()
    assert (clean["added"], "failures" in clean) == (1, False)


def test_items_are_updated_by_id_code_or_name(api):
    api.run_import("Warehouses from SYSPRO", "warehouses.csv", "Code,Description\nW1,One\nW2,Two\n")
    path = f"/lists/{api.lists['Warehouses']}/items"
    identifier = api.items("Warehouses")["W2"]["id"]
    answer = api.put(
        path,
        json={
            "items": [
                {"code": "W1", "properties": {"Description": "Eins"}},
                {"id": identifier, "name": "Second", "code": "W9"},
                {"name": "W1", "properties": {"Description": "no code"}},
                {"code": "W404", "properties": {}},
                {"code": "W1", "name": "Second"},
            ]
        },
    ).json()
    assert (answer["updated"], answer["ignored"], answer["total"]) == (2, 3, 5)
    assert [failure["failureType"] for failure in answer["failures"]] == [
        "INCOMPLETE_DATA",
        "INCORRECT_FORMAT",
        "DUPLICATE",
    ]
    items = api.items("Warehouses")
    assert items["W1"]["properties"]["Description"] == "Eins"
    assert (items["W9"]["id"], items["W9"]["name"]) == (identifier, "Second")


def test_items_are_deleted_with_their_cells_and_the_index_can_be_reset(api, suppliers):
    api.run_import("AP Invoices list from ap_invoices.csv", "ap_invoices.csv", "Code\nI1\n")
    api.run_import("AP Invoices module from ap_invoices.csv", "ap_invoices.csv", "Code,Status\nI1,Open\n")
    path = f"/lists/{api.lists['AP Invoices']}"
    assert api.post(f"{path}/resetIndex").status_code == 400
    answer = api.post(
        f"{path}/items", {"items": [{"code": "I1"}, {"code": "I2"}]}, params={"action": "delete"}
    )
    assert answer.json()["deleted"] == 1
    assert answer.json()["failures"][0]["requestIndex"] == 1
    assert api.cells("AP Invoices") == {}
    assert api.get(path).json()["metadata"]["nextItemIndex"] == 2
    assert api.post(f"{path}/resetIndex").status_code == 200
    assert api.get(path).json()["metadata"]["nextItemIndex"] == 1
    assert "listItems" not in api.get(f"{path}/items").json()


def test_item_calls_check_their_body(api, suppliers):
    assert api.post(f"{suppliers}/items", {"items": []}).status_code == 400
    assert api.post(f"{suppliers}/items", {}, params={"action": "add"}).status_code == 400
    many = {"items": [{}] * 100_001}
    assert api.post(f"{suppliers}/items", many, params={"action": "add"}).status_code == 400


def test_items_come_as_csv_and_as_a_preview(api, suppliers):
    plain = api.get(f"{suppliers}/items", headers={"Accept": "text/csv"})
    assert plain.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(plain.text)))
    assert [(row["name"], row["code"]) for row in rows] == [("#1", "S1"), ("#2", "S2")]
    whole = list(csv.DictReader(io.StringIO(api.get(f"{suppliers}/preview").text)))
    assert [row["Supplier Name"] for row in whole] == ["Ilex", "Oak"]


def test_line_items_tell_their_formats_and_dimensions(api, sandbox):
    module = api.modules["AP Invoices"]
    short = api.get(f"/modules/{module}/lineItems").json()["items"]
    assert set(short[0]) == {"id", "name", "moduleId", "moduleName"}
    items = {
        one["name"]: one for one in api.get(f"/modules/{module}/lineItems?includeAll=true").json()["items"]
    }
    assert items["Supplier"]["format"] == "LIST"
    assert items["Supplier"]["formatMetadata"]["hierarchyEntityLongId"] == api.lists["Suppliers"]
    assert items["Original Amount"]["formatMetadata"]["decimalSeparator"] == "FULL_STOP"
    assert items["Invoice Date"]["formatMetadata"] == {"dataType": "DATE"}
    assert items["Posting Period"]["formatMetadata"]["dataType"] == "TIME_ENTITY"
    assert items["SYSPRO ID"]["appliesTo"] == [{"id": api.lists["AP Invoices"], "name": "AP Invoices"}]
    sandbox.configure(time_format_name="TIME_ENTITY")
    everything = api.get("/lineItems?includeAll=true").json()["items"]
    assert "TIME_ENTITY" in {one["format"] for one in everything}
    balance = next(one for one in everything if one["name"] == "Balance")
    assert balance["appliesTo"] == [{"id": api.lists["GL Accounts"], "name": "GL Accounts"}]
    assert api.get(f"/lineItems/{balance['id']}/dimensions").json()["dimensions"] == [
        {"id": api.lists["GL Accounts"], "name": "GL Accounts"},
        {"id": "20000000003", "name": "Time"},
    ]


def test_dimensions_are_listed_and_searched(api, suppliers):
    path = f"/dimensions/{api.lists['Suppliers']}/items"
    assert [(one["name"], one["code"]) for one in api.get(path).json()["items"]] == [
        ("Ilex", "S1"),
        ("Oak", "S2"),
    ]
    assert [one["code"] for one in api.post(path, {"codes": ["s2"], "names": ["ILEX"]}).json()["items"]] == [
        "S1",
        "S2",
    ]
    assert api.post(path, {}).status_code == 400
    assert api.get("/dimensions/20000000003/items").status_code == 400
    found = api.post("/dimensions/20000000003/items", {"names": ["Jan 26"]}).json()["items"]
    assert [one["name"] for one in found] == ["Jan 26"]
    months = api.get(f"/views/{api.modules['GL Balances']}/dimensions/20000000003/items").json()["items"]
    assert tuple(month["name"] for month in months) == api.sandbox.options.model.months


@pytest.fixture
def stock(api):
    api.run_import("Stock Items from SYSPRO", "stock_items.csv", "Code,Description\nP1,Acid\n")
    api.run_import("Warehouses from SYSPRO", "warehouses.csv", "Code,Description\nW1,One\nW2,Two\n")
    api.run_import(
        "Stock on Hand from SYSPRO",
        "stock_on_hand.csv",
        "Stock Item,Warehouse,Quantity on Hand,Unit Cost\nP1,W1,5,1.25\n",
    )
    return api.modules["Stock on Hand"]


def test_a_view_is_told_by_axis_and_read_as_json_and_csv(api, stock):
    shown = api.get(f"/views/{stock}").json()
    assert [axis["name"] for axis in shown["rows"]] == ["Stock Items", "Warehouses"]
    assert (shown["columns"][0]["name"], "pages" in shown) == ("Line Items", False)
    assert api.get(f"/modules/{stock}/views").json()["views"][0]["name"] == "default"
    cells = api.cells("Stock on Hand")
    assert cells["Acid", "W1"]["Quantity on Hand"] == "5"
    assert cells["Acid", "W2"]["Unit Cost"] == "0"
    text = api.get(f"/views/{stock}/data").text
    assert text.splitlines()[:2] == [
        ",,Quantity on Hand,Quantity Allocated,Quantity on Order,Unit Cost",
        "Acid,W1,5,0,0,1.25",
    ]
    escaped = api.get(f"/views/{stock}/data", headers={"Accept": "text/csv;escaped=true"}).text
    assert escaped.splitlines()[1] == '"Acid","W1","5","0","0","1.25"'
    cost = api.get("/views/206000000054/data?format=v1", headers={"Accept": "application/json"}).json()
    assert cost["columnCoordinates"] == [["Unit Cost"]]


def test_a_view_is_read_as_a_table(api, stock):
    path = f"/views/{stock}/data"
    assert api.get(path, params={"exportType": "TABULAR_MULTI_COLUMN"}).status_code == 400
    table = api.get(path, params={"exportType": "TABULAR_MULTI_COLUMN", "moduleId": stock, "maxRows": 1}).text
    assert table.splitlines() == [
        "Stock Items,Warehouses,Quantity on Hand,Quantity Allocated,Quantity on Order,Unit Cost",
        "Acid,W1,5,0,0,1.25",
    ]
    single = api.get(path, params={"exportType": "TABULAR_SINGLE_COLUMN", "moduleId": stock}).text
    assert "Acid,W1,Unit Cost,1.25" in single.splitlines()


def test_pages_are_chosen_and_checked(api, sandbox):
    api.run_import("GL Groups from SYSPRO", "gl_groups.csv", "Code\nG1\n")
    api.run_import("GL Accounts from SYSPRO", "gl_accounts.csv", "Code,Parent\nA1,G1\n")
    path = f"/views/{api.modules['GL Balances']}/data"
    lines = api.get(path).text.splitlines()
    assert lines[0] == "Balance"
    assert lines[1] == ",".join(["", *sandbox.options.model.months])
    assert api.get(path, params={"pages": "20000000012:206000000042"}).text.startswith("Movement")
    every = api.get(path, params={"exportType": "GRID_ALL_PAGES"}).text.splitlines()
    assert [line for line in every if "," not in line] == ["Balance", "Movement"]
    for selector in ("20000000012:1", "1:206000000042", "x"):
        assert api.get(path, params={"pages": selector}).status_code == 400, selector
    sandbox.configure(max_view_cells=len(sandbox.options.model.months) - 1)
    assert api.get(path).status_code == 400


def test_cells_are_written_by_id_name_and_code_and_failures_are_told(api, stock):
    p1, w2 = api.items("Stock Items")["P1"]["id"], api.items("Warehouses")["W2"]["id"]
    answer = api.post(
        f"/modules/{stock}/data",
        [
            {
                "lineItemId": "206000000051",
                "dimensions": [
                    {"dimensionId": api.lists["Stock Items"], "itemId": p1},
                    {"dimensionId": api.lists["Warehouses"], "itemId": w2},
                ],
                "value": 8.5,
            },
            {
                "lineItemName": "Unit Cost",
                "dimensions": [
                    {"dimensionName": "Stock Items", "itemCode": "P1"},
                    {"dimensionName": "Warehouses", "itemName": "W2"},
                ],
                "value": "2.75",
            },
            {
                "lineItemName": "Unit Cost",
                "dimensions": [{"dimensionName": "Stock Items", "itemCode": "P1"}],
                "value": 1,
            },
            {"lineItemName": "Nothing", "value": 1},
        ],
    ).json()
    assert answer["numberOfCellsChanged"] == 2
    assert [failure["requestIndex"] for failure in answer["failures"]] == [2, 3]
    cells = api.cells("Stock on Hand")["Acid", "W2"]
    assert (cells["Quantity on Hand"], cells["Unit Cost"]) == ("8.5", "2.75")


@pytest.mark.parametrize("kind", ["lists", "views"])
def test_large_reads_are_asked_for_polled_and_paged(api, stock, clock, sandbox, kind):
    parent = api.lists["Warehouses"] if kind == "lists" else stock
    path = f"/{kind}/{parent}/readRequests"
    key = {"lists": "listReadRequest", "views": "viewReadRequest"}[kind]
    started = api.post(path, {"exportType": "TABULAR_MULTI_COLUMN"}).json()[key]
    request = f"{path}/{started['requestId']}"
    status = api.get(request).json()[key]
    assert (status["requestState"], status["availablePages"]) == ("COMPLETE", 1)
    assert "W2" in api.get(f"{request}/pages/0").text
    assert api.get(f"{request}/pages/1").status_code == 404
    assert api.delete(request).json()[key]["requestState"] == "CANCELLED"
    assert api.get(request).status_code == 404
    started = api.post(path, {"exportType": "GRID_CURRENT_PAGE"}).json()[key]
    clock.advance(30 * 60)
    assert api.get(f"{path}/{started['requestId']}").status_code == 404
