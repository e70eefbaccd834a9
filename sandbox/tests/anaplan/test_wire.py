"""Envelopes, identifiers, paging, errors, the rate limit and the states of a model.

Anaplan reference, "Envelopes", "Identifiers", "Pages of a list", "Status codes" and "Request limit".
"""

from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest
import requests
from syspro_sandbox.anaplan.model.demo import DEMO_MODEL
from syspro_sandbox.anaplan.options import LOADER, AnaplanOptions, Settings
from syspro_sandbox.anaplan.rate_limit import RateLimit

WORKSPACE = DEMO_MODEL.workspace_id


def test_a_list_comes_in_the_envelope_with_string_ids(api):
    body = api.get("/imports").json()
    assert body["status"] == {"code": 200, "message": "Success"}
    assert body["meta"]["schema"] == f"{api.base}{api.model}/objects/import"
    assert body["meta"]["paging"]["totalSize"] == len(body["imports"]) == 12
    assert body["imports"][0] == {
        "id": "112000000001",
        "name": "GL Groups from SYSPRO",
        "importDataSourceId": "113000000001",
        "importType": "HIERARCHY_DATA",
    }


@pytest.mark.parametrize(
    ("path", "key", "prefix"),
    [
        ("/imports", "imports", "112"),
        ("/processes", "processes", "118"),
        ("/files", "files", "113"),
        ("/lists", "lists", "101"),
        ("/modules", "modules", "102"),
        ("/lineItems", "items", "206"),
        ("/views", "views", "102"),
    ],
)
def test_ids_are_twelve_digits_of_their_family_in_both_path_forms(api, path, key, prefix):
    short = api.get(path).json()[key]
    long = api.call("GET", f"/2/0/workspaces/{WORKSPACE}/models/{DEMO_MODEL.id}{path}/").json()[key]
    assert short == long
    assert all(len(entry["id"]) == 12 and entry["id"].startswith(prefix) for entry in short)


def test_pages_link_as_the_real_ones_do(api):
    whole = api.get("/imports").json()["meta"]["paging"]
    assert whole["next"].endswith("/imports?limit=20&offset=20")  # although everything was sent
    first = api.get("/imports", params={"limit": 5}).json()
    assert first["meta"]["paging"]["next"].endswith("?limit=5&offset=5")
    assert "previous" not in first["meta"]["paging"]
    last = api.get("/imports", params={"limit": 5, "offset": 10}).json()
    assert [len(first["imports"]), len(last["imports"])] == [5, 2]
    assert "next" not in last["meta"]["paging"]
    assert last["meta"]["paging"]["previous"].endswith("?limit=5&offset=5")
    api.sandbox.configure(odd_next_link=False)
    assert "next" not in api.get("/imports").json()["meta"]["paging"]
    assert api.get("/imports", params={"limit": "x"}).status_code == 400


def test_empty_collections_leave_their_key_out(api):
    for path in ("/actions", "/exports"):
        body = api.get(path).json()
        assert set(body) == {"meta", "status"}
        assert body["meta"]["paging"]["totalSize"] == 0


def test_sort_is_validated_for_the_tenant_and_never_for_the_model(api):
    assert api.call("GET", "/2/0/models", params={"sort": "+name"}).status_code == 200
    assert api.call("GET", "/2/0/models", params={"sort": "name"}).status_code == 400
    assert api.call("GET", "/2/0/workspaces", params={"sort": "+colour"}).status_code == 400
    newest = api.get("/imports", params={"sort": "-id"}).json()["imports"]
    assert newest[0]["id"] == "112000000012"
    assert api.get("/imports", params={"sort": "colour"}).status_code == 200


def test_errors_come_in_their_envelope(api):
    answer = api.get("/processes/118000000099")
    assert answer.status_code == 404
    body = answer.json()
    assert set(body) == {"status", "path", "timestamp"}
    assert body["status"] == {"code": 404, "message": "Not Found"}
    assert body["path"] == f"{api.model}/processes/118000000099"
    assert body["timestamp"].endswith("Z")


def test_identifiers_are_case_sensitive(api):
    assert api.call("GET", f"/2/0/models/{DEMO_MODEL.id.lower()}/imports").status_code == 404
    upper = WORKSPACE.upper()
    assert api.call("GET", f"/2/0/workspaces/{upper}/models/{DEMO_MODEL.id}/imports").status_code == 404


def test_known_paths_with_another_method_are_405_and_an_unknown_import_is_500(api):
    assert api.call("GET", f"/2/0/workspaces/{WORKSPACE}/models/{DEMO_MODEL.id}").status_code == 405
    assert api.post("/imports").status_code == 405
    assert api.get("/imports/112000000999").status_code == 500
    assert api.call("GET", "/2/0/nonsense").status_code == 404


def test_the_token_is_checked_before_anything_else(base):
    for path in ("/2/0/nonsense", "/2/0/models/x/imports", "/2/0/users/me"):
        answer = requests.get(f"{base}{path}", timeout=10)
        assert (answer.status_code, answer.json()["status"]["code"]) == (401, 401)


def test_roles_are_checked_before_ids(sandbox, log_in):
    planner = replace(
        LOADER, email="planner@x", id="8a868cd97b120fc7017b36d700000003", workspace_administrator=False
    )
    stranger = replace(LOADER, email="stranger@x", id="8a868cd97b120fc7017b36d700000004", model_access=False)
    sandbox.configure(users=(LOADER, planner, stranger))
    user = log_in(planner)
    assert user.post("/lists/101000000999/items", {"items": []}, params={"action": "add"}).status_code == 403
    assert user.call("GET", f"/2/0/workspaces/{WORKSPACE}").status_code == 404
    user = log_in(stranger)
    assert user.call("GET", user.model).status_code == 200
    assert user.get("/imports").status_code == 404
    tasks = user.get("/imports/112000000999/tasks")
    assert (tasks.status_code, "tasks" in tasks.json()) == (200, False)


def test_users_workspaces_and_models_have_the_fields_that_clients_read(api):
    me = api.call("GET", "/2/0/users/me").json()["user"]
    assert set(me) == {
        "id",
        "active",
        "email",
        "emailOptIn",
        "firstName",
        "lastName",
        "customerId",
        "lastLoginDate",
    }
    for path in ("/2/0/workspaces?tenantDetails=true", f"/2/0/users/{me['id']}/workspaces"):
        (workspace,) = api.call("GET", path).json()["workspaces"]
        assert set(workspace) == {"id", "name", "active", "sizeAllowance", "currentSize"}
    (plain,) = api.call("GET", "/2/0/workspaces").json()["workspaces"]
    assert set(plain) == {"id", "name", "active"}
    for path in ("/2/0/models", f"/2/0/users/{me['id']}/models", f"/2/0/workspaces/{WORKSPACE}/models"):
        (model,) = api.call("GET", path).json()["models"]
        assert model["currentWorkspaceId"] == WORKSPACE
        assert model["activeState"] == "UNLOCKED"
    detailed = api.call("GET", f"{api.model}?modelDetails=true").json()["model"]
    assert detailed["modelTransactionRunning"] is False


def test_the_limit_is_600_at_once_and_10_a_second(clock):
    limit = RateLimit(Settings(AnaplanOptions(), clock))
    assert [limit.take() for _ in range(600)] == [None] * 600
    assert limit.take() == pytest.approx(0.1)
    clock.advance(1)
    assert [limit.take() is None for _ in range(11)] == [True] * 10 + [False]
    clock.advance(3600)
    assert [limit.take() is None for _ in range(601)] == [True] * 600 + [False]


def test_the_limit_is_one_for_all_users_together(api, sandbox, log_in, clock):
    other = log_in()
    sandbox.configure(requests_per_minute=60)
    statuses = [user.call("GET", "/2/0/users/me").status_code for _ in range(30) for user in (api, other)]
    assert set(statuses) == {200}
    refused = api.call("GET", "/2/0/users/me")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json()["status"] == {"code": 429, "message": "Too Many Requests"}
    clock.advance(1)
    assert [api.call("GET", "/2/0/users/me").status_code for _ in range(2)] == [200, 429]


def test_a_429_comes_in_every_form_the_real_one_may_have(api, sandbox, clock):
    sandbox.configure(requests_per_minute=0.6, retry_after="date", rate_limit_body="html")
    refused = api.call("GET", "/2/0/users/me")
    assert refused.status_code == 429
    assert parsedate_to_datetime(refused.headers["Retry-After"]).timestamp() == pytest.approx(
        clock.now + 40, abs=1
    )
    assert refused.headers["Content-Type"].startswith("text/html")
    sandbox.configure(retry_after="none", rate_limit_body="empty")
    refused = api.call("GET", "/2/0/users/me")
    assert (refused.status_code, refused.content, "Retry-After" in refused.headers) == (429, b"", False)


@pytest.mark.parametrize(
    ("state", "status"), [("ARCHIVED", 422), ("MAINTENANCE", 424), ("PRODUCTION_MAINTENANCE", 424)]
)
def test_a_model_that_is_away_refuses_everything_below_it(api, sandbox, state, status):
    sandbox.set_model_state(state)
    assert api.get("/imports").status_code == status
    assert (
        api.post(
            f"/imports/{api.imports['Suppliers from SYSPRO']}/tasks", {"localeName": "en_US"}
        ).status_code
        == status
    )
    assert api.call("GET", api.model).json()["model"]["activeState"] == state
    sandbox.set_model_state("UNLOCKED")
    assert api.get("/imports").status_code == 200


def test_a_locked_model_refuses_to_start_but_may_be_read(api, sandbox):
    sandbox.set_model_state("LOCKED")
    start = f"/imports/{api.imports['Suppliers from SYSPRO']}/tasks"
    assert api.post(start, {"localeName": "en_US"}).status_code == 423
    assert api.post(f"/modules/{api.modules['AP Invoices']}/data", []).status_code == 423
    assert api.get("/imports").status_code == 200
    sandbox.configure(locked_model="fail_task")
    api.upload("suppliers.csv", "Code,Supplier Name\nA,B\n")
    task = api.run(f"/imports/{api.imports['Suppliers from SYSPRO']}")
    assert (task["currentStep"], task["result"]["successful"]) == ("Failed.", False)
    assert api.items("Suppliers") == {}


def test_status_open_and_close_have_no_envelope(api, sandbox, clock):
    sandbox.configure(open_seconds=90)
    assert api.post("/close").status_code == 204
    assert api.get("/status").json()["requestStatus"]["currentStep"] == "Closed"
    assert (api.post("/open").status_code, api.post("/open").status_code) == (202, 202)
    status = api.get("/status").json()
    assert set(status) == {"requestStatus"}
    assert status["requestStatus"]["currentStep"] == "Processing ..."
    clock.advance(90)
    assert api.post("/open").status_code == 200
    assert api.get("/status").json()["requestStatus"]["progress"] == -1.0


def test_a_call_wakes_a_closed_model_and_waits_for_it(api, sandbox, clock):
    sandbox.configure(open_seconds=30)
    api.post("/close")
    before = clock.now
    assert api.get("/imports").status_code == 200
    assert clock.now == before + 30
    sandbox.configure(open_seconds=3000)
    api.post("/close")
    assert api.get("/imports").status_code == 504


def test_the_wire_log_holds_every_request(api, sandbox):
    api.get("/imports?limit=1")
    api.get("/nonsense")
    login, found, missing = sandbox.requests
    assert (login.method, login.path, login.status) == ("POST", "/token/authenticate", 201)
    assert (found.method, found.path, found.query, found.status) == (
        "GET",
        f"{api.model}/imports",
        "limit=1",
        200,
    )
    assert missing.status == 404


def test_the_settings_of_the_plugin_are_exported(sandbox):
    assert sandbox.env("http://127.0.0.1:1/") == {
        "TARGET_ANAPLAN_AUTH_URL": "http://127.0.0.1:1",
        "TARGET_ANAPLAN_API_URL": "http://127.0.0.1:1/2/0",
        "TARGET_ANAPLAN_OAUTH_URL": "http://127.0.0.1:1",
        "TARGET_ANAPLAN_USERNAME": "loader@sandbox.example",
        "TARGET_ANAPLAN_PASSWORD": "anaplan-Secret-7",
        "TARGET_ANAPLAN_WORKSPACE_ID": "8a8b8c8d0123456789abcdef01234567",
        "TARGET_ANAPLAN_MODEL_ID": "75A40874E6B64FA3AE0743278996850F",
    }
