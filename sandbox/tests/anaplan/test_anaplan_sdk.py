"""The stand-in under `anaplan-sdk`, unmodified; only the hosts that it has built in are led to loopback."""

import time

import anaplan_sdk
import httpx2
import pytest
from anaplan_sdk.exceptions import AnaplanActionError, InvalidCredentialsException, InvalidIdentifierException
from syspro_sandbox.anaplan import AnaplanOptions, create
from syspro_sandbox.anaplan.model.demo import DEMO_MODEL
from syspro_sandbox.anaplan.options import LOADER

pytestmark = pytest.mark.server

HOSTS = {"api.anaplan.com", "auth.anaplan.com"}
SUPPLIERS_FILE, SUPPLIERS_IMPORT, SUPPLIERS_LIST = 113000000003, 112000000003, 101000000003
AP_FILE, AP_PROCESS, AP_MODULE = 113000000007, 118000000001, 102000000001
SUPPLIERS = "Code,Supplier Name,Currency,Terms,On Hold,Balance,SYSPRO ID\n"


@pytest.fixture
def sandbox():
    sandbox = create(None, options=AnaplanOptions(start_seconds=0, task_seconds=0.02))
    yield sandbox
    sandbox.close()


@pytest.fixture
def loopback(base, monkeypatch):
    """Lead requests for Anaplan's hosts to the stand-in, below the client."""
    send = httpx2.HTTPTransport.handle_request
    target = httpx2.URL(base)

    def handle(transport, request):
        if request.url.host in HOSTS:
            request.url = request.url.copy_with(scheme="http", host=target.host, port=target.port)
            request.headers["Host"] = f"{target.host}:{target.port}"
        return send(transport, request)

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", handle)


@pytest.fixture
def client(loopback):
    client = anaplan_sdk.Client(
        DEMO_MODEL.workspace_id,
        DEMO_MODEL.id,
        user_email=LOADER.email,
        password=LOADER.password,
        status_poll_delay=0.01,
        upload_parallel=False,
        upload_chunk_size=40,
    )
    yield client
    client._http._client.close()


def test_it_logs_in_and_finds_its_way(client):
    assert client.get_workspace().size_allowance > 0
    assert [workspace.name for workspace in client.get_workspaces(sort_by="name")] == ["SYSPRO Sandbox"]
    (model,) = client.get_models(search_pattern="Plan%")
    assert (model.name, model.active_state) == ("SYSPRO Planning", "UNLOCKED")
    assert client.get_model().model_transaction_running is False
    assert client.tr.get_model_status().current_step == "Open"
    assert [file.name for file in client.get_files()][2] == "suppliers.csv"
    imports = {one.name: one for one in client.get_imports(sort_by="name", descending=True)}
    assert imports["Suppliers from SYSPRO"].file_id == SUPPLIERS_FILE
    assert [process.id for process in client.get_processes()] == [AP_PROCESS, AP_PROCESS + 1]
    assert client.get_actions() == client.get_exports() == []


def test_a_wrong_password_is_its_own_error(loopback):
    with pytest.raises(InvalidCredentialsException):
        anaplan_sdk.Client(user_email=LOADER.email, password="wrong")


def test_it_takes_a_new_token_when_the_old_one_is_dead(client, sandbox):
    sandbox.configure(token_minutes=0)
    client._http._client.auth._token = "dead"
    sandbox.configure(token_minutes=35)
    assert client.get_files()
    assert [one.status for one in sandbox.requests][-3:] == [401, 201, 200]


def test_it_uploads_in_chunks_imports_and_reads_back(client):
    rows = SUPPLIERS + "S1,Ilex,USD,30,true,12.5,x\nS2,Zoë & Söhne,EUR,,false,,y\n"
    client.upload_file(SUPPLIERS_FILE, rows)
    assert next(file for file in client.get_files() if file.id == SUPPLIERS_FILE).chunk_count > 1
    assert client.get_file(SUPPLIERS_FILE).decode() == rows
    task = client.run_action(SUPPLIERS_IMPORT)
    assert (task.task_state, task.progress, task.current_step) == ("COMPLETE", 1.0, "Complete.")
    assert task.result.details[0].type == "hierarchyRowsProcessed"
    items = {item.code: item for item in client.tr.get_list_items(SUPPLIERS_LIST)}
    assert items["S2"].properties["Supplier Name"] == "Zoë & Söhne"
    assert client.tr.get_list_metadata(SUPPLIERS_LIST).item_count == 2
    assert [summary.task_state for summary in client.get_task_summaries(SUPPLIERS_IMPORT)] == ["COMPLETE"]
    assert [one.name for one in client.tr.lookup_dimension_items(SUPPLIERS_LIST, codes=["S1"])] == ["Ilex"]


def test_it_streams_a_file_runs_a_process_and_reads_cells(client):
    client.upload_and_import(SUPPLIERS_FILE, SUPPLIERS + "S1,Ilex,,,,,\n", SUPPLIERS_IMPORT)
    header = "Code,Supplier,Invoice Date,Posting Period,Open Balance\n"
    client.upload_file_stream(AP_FILE, iter([header, "I1,S1,2026-01-05,Jan 26,10.10\n", "I2,S9,,,1\n"]))
    task = client.run_action(AP_PROCESS)
    assert [one.failure_dump_available for one in task.result.nested_results] == [False, True]
    formats = {item.name: item.format for item in client.tr.get_line_items(AP_MODULE)}
    assert (formats["Supplier"], formats["Posting Period"], formats["Open Balance"]) == (
        "LIST",
        "TIME PERIOD",
        "NUMBER",
    )
    assert len(client.tr.get_line_items()) == 25
    assert [view.id for view in client.tr.get_views()] == [module.id for module in client.tr.get_modules()]
    assert [axis.name for axis in client.tr.get_view_info(AP_MODULE).rows] == ["AP Invoices"]
    data = client.tr.get_view_data(AP_MODULE)
    row = dict(
        zip([column for (column,) in data["columnCoordinates"]], data["rows"][0]["cells"], strict=True)
    )
    assert data["rows"][0]["rowCoordinates"] == ["I1"]
    assert (row["Supplier"], row["Invoice Date"], row["Open Balance"]) == ("Ilex", "2026-01-05", "10.1")
    table = client.tr.get_view_data(
        AP_MODULE, parent_module_id=AP_MODULE, export_type="TABULAR_MULTI_COLUMN", data_format="text/csv"
    )
    assert table.splitlines()[1].startswith(b"I1,Ilex,")
    assert client.tr.get_line_item_dimensions(206000000001)[0].name == "AP Invoices"


def test_it_writes_items_and_cells(client):
    inserted = client.tr.insert_list_items(
        101000000006, [{"name": "W1", "code": "W1"}, {"name": "W1", "code": "W2"}]
    )
    assert (inserted.added, inserted.ignored, inserted.failures[0].reason) == (1, 1, "DUPLICATE")
    updated = client.tr.update_list_items(
        101000000006, [{"code": "W1", "properties": {"Description": "One"}}]
    )
    assert (updated.updated, updated.failures) == (1, [])
    client.tr.insert_list_items(101000000005, [{"code": "P1"}])
    cell = {
        "lineItemId": "206000000051",
        "dimensions": [
            {"dimensionName": "Stock Items", "itemCode": "P1"},
            {"dimensionName": "Warehouses", "itemCode": "W1"},
        ],
        "value": 7,
    }
    assert client.tr.update_module_data(102000000004, [cell]) == 1
    assert client.tr.get_view_data(102000000004)["rows"][0]["cells"][0] == "7"
    assert client.tr.delete_list_items(101000000006, [{"code": "W1"}]).deleted == 1


def test_failures_and_unknown_identifiers_are_its_own_errors(client):
    with pytest.raises(AnaplanActionError):
        client.run_action(SUPPLIERS_IMPORT)  # nothing was uploaded
    with pytest.raises(InvalidIdentifierException):
        client.upload_file(113000000777, "x")
    with pytest.raises(InvalidIdentifierException):
        client.tr.get_list_metadata(101000000999)


def test_it_closes_and_wakes_the_model(client):
    client.tr.close_model()
    assert client.tr.get_model_status().current_step == "Closed"
    client.tr.wake_model()
    assert client.tr.get_model_status().current_step == "Open"
    assert client.tr.get_model_status().creation_time <= time.time() * 1000
