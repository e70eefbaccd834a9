"""Imports by other keys and from other models, states that nobody knows, models that fall asleep.

Anaplan reference, "Codes and names", "Objects of a model", "Models and users", "States of a task" and
"Sleeping models".
"""

import pytest
from syspro_sandbox.anaplan.model.variants import with_changed_import, with_changed_source, with_import

INVOICES = "AP Invoices list from ap_invoices.csv"
CUSTOMERS = "Customers from SYSPRO"
HEADER = "Customer Name,Currency,Terms\n"


@pytest.fixture
def by_properties(sandbox):
    """Customers are told apart by name and currency together."""
    sandbox.change_model(
        with_changed_import, CUSTOMERS, code_column=None, key_properties=("Customer Name", "Currency")
    )


@pytest.mark.usefixtures("by_properties")
def test_a_combination_of_properties_is_a_key(api, count):
    api.run_import(CUSTOMERS, "customers.csv", f"{HEADER}Ilex,USD,30\nIlex,EUR,30\n")
    task = api.run_import(
        CUSTOMERS, "customers.csv", f"{HEADER}Ilex,USD,60\nIlex,USD,90\nOak,USD,30\n,,30\nIlex,EUR,30\n"
    )
    counts = count(task["result"]["details"][0])
    assert [counts[f"{name}Count"] for name in ("created", "updated", "failed", "ignored")] == [
        "1",
        "1",
        "2",
        "1",
    ]
    items = api.items("Customers")
    assert {name: item["properties"]["Terms"] for name, item in items.items()} == {
        "#1": "60",
        "#2": "30",
        "#3": "30",
    }
    missing = api.run_import(CUSTOMERS, "customers.csv", "Customer Name\nIlex\n")
    assert missing["result"]["details"][0]["type"] == "missingFields"


def test_an_import_from_a_model_has_no_file(api, sandbox):
    sandbox.change_model(with_changed_source, "customers.csv", type="MODEL")
    (listed,) = [one for one in api.get("/imports").json()["imports"] if one["name"] == CUSTOMERS]
    assert "importDataSourceId" not in listed
    assert listed["importDataSource"]["type"] == "MODEL"
    metadata = api.get(f"/imports/{api.imports[CUSTOMERS]}").json()["importMetadata"]
    assert metadata == {"name": CUSTOMERS, "type": "MODEL"}
    assert "customers.csv" not in {file["name"] for file in api.get("/files").json()["files"]}


def test_two_imports_may_bear_the_same_name(api, sandbox):
    first = sandbox.options.model.import_named[INVOICES]
    sandbox.change_model(with_import, type(first)(13, INVOICES, "ar_invoices.csv", "AR Invoices", "Code"))
    found = [one["id"] for one in api.get("/imports").json()["imports"] if one["name"] == INVOICES]
    assert found == ["112000000007", "112000000013"]


def test_headers_of_a_file_may_change(api, sandbox):
    sandbox.change_model(with_changed_source, "customers.csv", headers=("Code", "Name"), separator=";")
    source = api.get(f"/imports/{api.imports[CUSTOMERS]}").json()["importMetadata"]["source"]
    assert (source["headerNames"], source["columnSeparator"]) == (["Code", "Name"], ";")


def test_states_and_fields_may_be_unknown(api, sandbox):
    sandbox.configure(
        renamed_task_states={"NOT_STARTED": "SCHEDULED"}, task_type_field=True, start_seconds=100
    )
    sandbox.set_model_state("ACTIVE")
    path = f"/imports/{api.imports[CUSTOMERS]}"
    task_id = api.start(path)
    assert (api.task(path, task_id)["taskState"], api.task(path, task_id)["type"]) == (
        "SCHEDULED",
        "taskInformation",
    )
    assert api.call("GET", api.model).json()["model"]["activeState"] == "ACTIVE"


def test_nested_results_may_be_missing(api, sandbox):
    sandbox.configure(omitted_task_fields=frozenset({"nestedResults"}))
    api.upload("ap_invoices.csv", "Code\nI1\n")
    assert "nestedResults" not in api.run("/processes/118000000001")["result"]


def test_a_model_falls_asleep_when_nobody_uses_it(sandbox, log_in, clock):
    sandbox.configure(idle_minutes=60, open_seconds=30, token_minutes=1000)
    api = log_in()
    assert api.get("/imports").status_code == 200
    clock.advance(59 * 60)
    began = clock.now
    assert api.get("/imports").status_code == 200
    assert clock.now == began
    clock.advance(60 * 60)
    assert api.get("/status").json()["requestStatus"]["currentStep"] == "Closed"
    began = clock.now
    assert api.get("/imports").status_code == 200
    assert clock.now == began + 30


def test_a_neighbour_uses_up_the_limit(api, sandbox, clock):
    sandbox.spend_requests(598)  # the fixture has taken none: logins do not count
    statuses = [api.call("GET", "/2/0/users/me").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    clock.advance(1)
    assert api.call("GET", "/2/0/users/me").status_code == 200
