"""The stand-in under `apapi`, unmodified: chunks, dumps of imports and processes, large reads."""

import gzip
import json
import time

import apapi
import pytest
from apapi.utils import ExportType, MIMEType, get_generic_session
from syspro_sandbox.anaplan import AnaplanOptions, create
from syspro_sandbox.anaplan.model.demo import DEMO_MODEL
from syspro_sandbox.anaplan.options import LOADER

MODEL = DEMO_MODEL.id
SUPPLIERS_FILE, SUPPLIERS_IMPORT, SUPPLIERS_LIST = "113000000003", "112000000003", "101000000003"
AP_FILE, AP_PROCESS, AP_IMPORT, AP_MODULE = "113000000007", "118000000001", "112000000008", "102000000001"


@pytest.fixture
def sandbox():
    sandbox = create(None, options=AnaplanOptions(start_seconds=0, task_seconds=0.02))
    yield sandbox
    sandbox.close()


@pytest.fixture
def connection(base):
    with apapi.BasicAuth(f"{LOADER.email}:{LOADER.password}", base, get_generic_session(0)) as login:
        yield apapi.Connection(login, base)


def finish(poll):
    """Poll until the task is complete."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        task = poll().json()["task"]
        if task["taskState"] == "COMPLETE":
            return task
    raise AssertionError(task)


def test_it_logs_in_refreshes_and_logs_out(connection, base):
    login = connection.authentication
    assert login.validate_token()
    login.refresh_token()
    me = connection.get_me().json()["user"]
    assert me["email"] == LOADER.email
    assert connection.get_user_workspaces(me["id"]).json()["workspaces"][0]["currentSize"] > 0
    assert connection.get_user_models(me["id"]).json()["models"][0]["id"] == MODEL
    assert connection.get_workspace(DEMO_MODEL.workspace_id).json()["workspace"]["active"] is True
    login.close()
    assert not login.validate_token()


def test_it_uploads_packed_chunks_imports_and_fetches_the_dump(connection):
    parts = [b"Code,Supplier Name,Balance\nS1,", b"Ilex,1\nS2,Oak,", b"bad\n"]
    connection.upload_file(MODEL, SUPPLIERS_FILE, [gzip.compress(part) for part in parts], MIMEType.APP_GZIP)
    assert b"".join(connection.download_file(MODEL, SUPPLIERS_FILE)) == b"".join(parts)
    task_id = connection.run_import(MODEL, SUPPLIERS_IMPORT, {"Version": "Actual"}).json()["task"]["taskId"]
    task = finish(lambda: connection.get_import_task(MODEL, SUPPLIERS_IMPORT, task_id))
    assert task["result"]["failureDumpAvailable"] is True
    dump = connection.download_import_dump(MODEL, SUPPLIERS_IMPORT, task_id)
    assert dump == connection.get_import_dump(MODEL, SUPPLIERS_IMPORT, task_id).content
    assert b'"W","S2","Oak","bad","3","Invalid number: bad"' in dump
    items = connection.get_list_items(MODEL, SUPPLIERS_LIST).json()["listItems"]
    assert [item["properties"]["Supplier Name"] for item in items] == ["Ilex", "Oak"]
    assert connection.get_import_tasks(MODEL, SUPPLIERS_IMPORT).json()["tasks"][0]["taskId"] == task_id
    connection.delete_file(MODEL, SUPPLIERS_FILE)
    with pytest.raises(Exception, match="Request failed"):
        connection.get_file(MODEL, SUPPLIERS_FILE)


def test_it_puts_a_file_runs_a_process_and_fetches_the_dump_of_its_import(connection):
    connection.put_file(MODEL, AP_FILE, b"Code,Supplier,Status\nI1,,Open\nI2,S9,Open\n")
    actions = connection.get_process(MODEL, AP_PROCESS).json()["processMetadata"]["actions"]
    assert [action["id"] for action in actions] == ["112000000007", AP_IMPORT]
    task_id = connection.run_process(MODEL, AP_PROCESS).json()["task"]["taskId"]
    finish(lambda: connection.get_process_task(MODEL, AP_PROCESS, task_id))
    dump = connection.download_process_dump(MODEL, AP_PROCESS, task_id, AP_IMPORT)
    assert dump == connection.get_process_dump(MODEL, AP_PROCESS, task_id, AP_IMPORT).content
    assert b'"E","I2","S9","Open","3"' in dump
    line_items = connection.get_module_lineitems(MODEL, AP_MODULE).json()["items"]
    assert line_items[0]["formatMetadata"]["dataType"] == "ENTITY"
    rows = connection.get_cell_data(MODEL, AP_MODULE).json()["rows"]
    assert [row["rowCoordinates"] for row in rows] == [["I1"], ["I2"]]
    assert "Open" in connection.get_cell_data(MODEL, AP_MODULE, MIMEType.TEXT_CSV).text


def test_it_reads_large_lists_and_views_and_metadata(connection):
    connection.add_list_items(MODEL, "101000000006", [{"name": "W1", "code": "W1"}])
    request = connection.start_large_list_read(MODEL, "101000000006").json()["listReadRequest"]["requestId"]
    status = connection.get_large_list_read_status(MODEL, "101000000006", request).json()
    assert status["listReadRequest"]["availablePages"] == 1
    assert "W1" in connection.get_large_list_read_data(MODEL, "101000000006", request, "0").text
    connection.delete_large_list_read(MODEL, "101000000006", request)
    cells = connection.start_large_cell_read(MODEL, AP_MODULE, ExportType.TABULAR_MULTI).json()
    request = cells["viewReadRequest"]["requestId"]
    assert "Supplier" in connection.get_large_cell_read_data(MODEL, AP_MODULE, request, "0").text
    assert len(connection.get_lists(MODEL).json()["lists"]) == 8
    assert len(connection.get_modules(MODEL).json()["modules"]) == 4
    assert connection.get_model_status(MODEL).json()["requestStatus"]["currentStep"] == "Open"
    json.dumps(connection.get_import(MODEL, SUPPLIERS_IMPORT).json()["importMetadata"])
