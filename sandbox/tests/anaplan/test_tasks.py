"""Tasks: start, states, the queue, cancelling, lists of tasks.

Anaplan reference, "States of a task", "Lists of tasks" and "Busy models".
"""

from dataclasses import replace

import pytest
from syspro_sandbox.anaplan.options import LOADER, OPTIONAL_TASK_FIELDS

SUPPLIERS = "Code,Supplier Name\n"


@pytest.fixture
def suppliers(api):
    api.upload("suppliers.csv", SUPPLIERS + "S1,Ilex\n")
    return f"/imports/{api.imports['Suppliers from SYSPRO']}"


def test_a_task_waits_runs_and_ends(api, suppliers, sandbox, clock):
    sandbox.configure(start_seconds=1, task_seconds=5)
    started = api.post(f"{suppliers}/tasks", {"localeName": "en_US"}).json()["task"]
    assert (len(started["taskId"]), started["taskId"]) == (32, started["taskId"].upper())
    assert started["taskState"] == "NOT_STARTED"
    assert started["creationTime"] == int(clock.now * 1000)
    waiting = api.task(suppliers, started["taskId"])
    assert (waiting["taskState"], waiting["progress"], "result" in waiting) == ("NOT_STARTED", 0.0, False)
    clock.advance(1)
    running = api.task(suppliers, started["taskId"])
    assert (running["taskState"], running["currentStep"], "result" in running) == (
        "IN_PROGRESS",
        "Processing ...",
        False,
    )
    clock.advance(5)
    ended = api.task(suppliers, started["taskId"])
    assert (ended["taskState"], ended["currentStep"], ended["progress"]) == ("COMPLETE", "Complete.", 1.0)
    assert ended["result"]["objectId"] == suppliers.rpartition("/")[2]
    assert ended["result"]["objectName"] == "Suppliers from SYSPRO"


def test_a_start_needs_a_locale_and_an_action(api, suppliers):
    assert api.post(f"{suppliers}/tasks", {}).status_code == 400
    assert (
        api.call(
            "POST", f"{api.model}{suppliers}/tasks", data=b"x", headers={"Content-Type": "text/plain"}
        ).status_code
        == 415
    )
    assert api.post("/imports/112000000999/tasks", {"localeName": "en_US"}).status_code == 404
    assert api.post("/exports/116000000001/tasks", {"localeName": "en_US"}).status_code == 404


def test_a_second_start_imports_twice(api, suppliers):
    api.start(suppliers)
    assert api.run(suppliers)["result"]["details"][0]["localMessageText"].endswith("1 ignored ")
    assert len(api.get(f"{suppliers}/tasks").json()["tasks"]) == 2


def test_one_task_has_the_model_and_the_others_queue(api, suppliers, sandbox, clock):
    sandbox.configure(start_seconds=0, task_seconds=10)
    first, second = api.start(suppliers), api.start(suppliers)
    assert [api.task(suppliers, task)["taskState"] for task in (first, second)] == [
        "IN_PROGRESS",
        "NOT_STARTED",
    ]
    status = api.get("/status").json()["requestStatus"]
    assert (status["taskId"], status["progress"], status["currentStep"]) == (first, 0.0, "Processing ...")
    clock.advance(10)
    assert [api.task(suppliers, task)["taskState"] for task in (first, second)] == ["COMPLETE", "IN_PROGRESS"]
    clock.advance(10)
    assert api.task(suppliers, second)["taskState"] == "COMPLETE"


def test_an_import_reads_the_file_when_it_starts_not_when_it_is_queued(api, suppliers, sandbox, clock):
    sandbox.configure(start_seconds=1, task_seconds=10)
    first, second = api.start(suppliers), api.start(suppliers)
    clock.advance(1)
    api.upload("suppliers.csv", SUPPLIERS + "S2,Later\n")  # the first has started, the second has not
    clock.advance(30)
    assert api.task(suppliers, first)["taskState"] == api.task(suppliers, second)["taskState"] == "COMPLETE"
    assert {code: item["properties"]["Supplier Name"] for code, item in api.items("Suppliers").items()} == {
        "S1": "Ilex",
        "S2": "Later",
    }


def test_other_calls_wait_while_the_model_is_busy(api, suppliers, sandbox, clock):
    sandbox.configure(start_seconds=0, task_seconds=10)
    api.start(suppliers)
    began = clock.now
    assert api.get("/imports").status_code == 200
    assert api.get("/files").status_code == 200
    assert clock.now == began
    assert set(api.items("Suppliers")) == {"S1"}
    assert clock.now == began + 10


def test_a_busy_model_may_time_out_or_conflict_instead(api, suppliers, sandbox, clock):
    sandbox.configure(start_seconds=0, task_seconds=100)
    api.start(suppliers)
    assert api.get("/lists").status_code == 504
    clock.advance(100)
    sandbox.configure(busy_model="conflict", busy_start="conflict")
    api.start(suppliers)
    assert api.get("/lists").status_code == 409
    assert api.post(f"{suppliers}/tasks", {"localeName": "en_US"}).status_code == 409


def test_cancelling_stops_a_waiting_task_at_once_and_rolls_a_running_one_back(api, suppliers, sandbox, clock):
    sandbox.configure(start_seconds=0, task_seconds=10)
    running, waiting = api.start(suppliers), api.start(suppliers)
    answer = api.delete(f"{suppliers}/tasks/{waiting}")
    assert (answer.status_code, answer.json()["task"]["taskState"]) == (200, "CANCELLED")
    assert api.delete(f"{suppliers}/tasks/{running}").json()["task"]["taskState"] == "CANCELLING"
    clock.advance(10)
    ended = api.task(suppliers, running)
    assert (ended["taskState"], ended["cancelledBy"], ended["result"]["successful"]) == (
        "CANCELLED",
        LOADER.email,
        False,
    )
    assert api.items("Suppliers") == {}
    assert api.delete(f"{suppliers}/tasks/{running}").json()["task"]["taskState"] == "CANCELLED"


def test_tasks_are_found_under_their_parent_only(api, suppliers):
    task_id = api.start(suppliers)
    assert api.get(f"/imports/112000000001/tasks/{task_id}").status_code == 404
    assert api.get(f"{suppliers}/tasks/{'0' * 32}").status_code == 404


def test_tasks_are_listed_oldest_first_unless_sorted(api, suppliers, sandbox):
    ids = [api.start(suppliers) for _ in range(3)]
    oldest = api.get(f"{suppliers}/tasks").json()["tasks"]
    assert [task["taskId"] for task in oldest] == ids
    assert set(oldest[0]) == {"taskId", "taskState", "creationTime"}
    for field in ("creationDate", "creationTime"):
        newest = api.get(f"{suppliers}/tasks", params={"sort": f"-{field}"}).json()["tasks"]
        assert [task["taskId"] for task in newest] == ids[::-1]
    unknown = api.get("/imports/112000000999/tasks")
    assert (unknown.status_code, "tasks" in unknown.json()) == (200, False)
    sandbox.configure(import_task_list="task")
    assert api.get(f"{suppliers}/tasks").json()["task"]["taskId"] == ids[0]


def test_optional_fields_can_be_left_out(api, suppliers, sandbox):
    sandbox.configure(omitted_task_fields=OPTIONAL_TASK_FIELDS)
    task = api.run(suppliers)
    assert set(task) == {"taskId", "taskState", "result"}
    assert set(task["result"]) == {"objectId"}
    sandbox.configure(bare_start_answer=True)
    assert set(api.post(f"{suppliers}/tasks", {"localeName": "en_US"}).json()) == {"taskId"}


AP_HEADER = "Code,Supplier,Invoice Number\n"


def test_a_process_runs_its_imports_in_order_and_nests_their_results(api):
    path = f"/processes/{api.processes['AP Invoices from SYSPRO']}"
    api.run_import("Suppliers from SYSPRO", "suppliers.csv", SUPPLIERS + "S1,Ilex\n")
    api.upload("ap_invoices.csv", AP_HEADER + "I1,S1,0001\n")
    task = api.run(path)
    result = task["result"]
    assert (result["objectId"], result["successful"], result["failureDumpAvailable"]) == (
        path.rpartition("/")[2],
        True,
        False,
    )
    assert [nested["objectName"] for nested in result["nestedResults"]] == [
        "AP Invoices list from ap_invoices.csv",
        "AP Invoices module from ap_invoices.csv",
    ]
    assert all(nested["details"] for nested in result["nestedResults"])
    assert "duration" not in result["nestedResults"][0]
    timed = api.task(path, task["taskId"], includeProcessDetails="true")["result"]["nestedResults"]
    assert timed[1]["startTime"] - timed[0]["startTime"] == timed[0]["duration"] == 250


def test_a_process_is_not_atomic_and_stops_at_a_failure(api, sandbox):
    path = f"/processes/{api.processes['AP Invoices from SYSPRO']}"
    sandbox.configure(
        model=replace(
            sandbox.options.model,
            imports=tuple(
                replace(definition, dimensions={"AP Invoices": "Missing"})
                if definition.name == "AP Invoices module from ap_invoices.csv"
                else definition
                for definition in sandbox.options.model.imports
            ),
        )
    )
    api.upload("ap_invoices.csv", AP_HEADER + "I1,S1,0001\n")
    task = api.run(path)
    assert (task["taskState"], task["currentStep"], task["result"]["successful"]) == (
        "COMPLETE",
        "Failed.",
        False,
    )
    assert [nested["successful"] for nested in task["result"]["nestedResults"]] == [True, False]
    assert task["result"]["nestedResults"][1]["details"][0]["type"] == "missingFields"
    assert task["result"]["details"][0]["type"] == "actionFailed"
    assert set(api.items("AP Invoices")) == {"I1"}


def test_the_flag_of_a_process_may_be_false_for_ignored_rows(api, sandbox):
    path = f"/processes/{api.processes['AP Invoices from SYSPRO']}"
    api.upload("ap_invoices.csv", "Code\nI1\n")
    assert api.run(path)["result"]["successful"] is True
    sandbox.configure(process_fails_on_ignored=True)
    task = api.run(path)  # the item is there already: its row is ignored
    assert (task["currentStep"], task["result"]["successful"]) == ("Complete.", False)
    assert [nested["successful"] for nested in task["result"]["nestedResults"]] == [True, True]


def test_metadata_names_the_headers_and_the_files(api):
    metadata = api.get(f"/imports/{api.imports['Suppliers from SYSPRO']}").json()["importMetadata"]
    assert metadata["type"] == "FILE"
    assert metadata["source"]["headerNames"] == [
        "Code",
        "Supplier Name",
        "Currency",
        "Terms",
        "On Hold",
        "Balance",
        "SYSPRO ID",
    ]
    assert metadata["source"]["columnCount"] == 7
    process = f"/processes/{api.processes['AP Invoices from SYSPRO']}"
    plain = api.get(process).json()["processMetadata"]["actions"]
    assert [action["actionType"] for action in plain] == ["IMPORT", "IMPORT"]
    assert "importDataSource" not in plain[0]
    shown = api.get(process, params={"showImportDataSource": "true"}).json()["processMetadata"]["actions"]
    assert shown[1]["importDataSource"] == {
        "importDataSourceId": api.files["ap_invoices.csv"],
        "type": "FILE",
    }
