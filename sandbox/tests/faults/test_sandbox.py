"""Faults of the whole sandbox, with its verbs."""

import json
from importlib import resources

import pytest
import requests
from syspro_sandbox.faults import HttpRequest, Match, Rule, Stage
from syspro_sandbox.runner import Sandbox
from syspro_sandbox.syspro.calendar import business_date

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("sandbox"), scale=0.05, companies=["PLT2"]) as sandbox:
        yield sandbox


@pytest.fixture
def faults(sandbox):
    yield sandbox.faults
    sandbox.faults.clear()


def get(sandbox, variable, path=""):
    return requests.get(f"{sandbox.environment[variable]}{path}", timeout=30)


def test_fault_files_know_the_verbs_there_are(sandbox):
    schema = json.loads(resources.files("syspro_sandbox.faults").joinpath("schema.json").read_text("utf-8"))
    assert set(sandbox.faults.verbs) == set(schema["$defs"]["action"]["anyOf"][0]["enum"])


def test_a_business_day_between_two_pages(sandbox, faults):
    before = business_date(sandbox.folder)
    faults.add(Rule(Match("syspro"), before=Stage(do="day")))
    get(sandbox, "TAP_SYSPRO_ODATA_URL")
    assert business_date(sandbox.folder) > before


@pytest.mark.parametrize(
    ("verbs", "state"), [(("lock-model",), "LOCKED"), (("lock-model", "unlock-model"), "UNLOCKED")]
)
def test_the_model_is_locked_in_between(sandbox, faults, verbs, state):
    faults.add(Rule(before=Stage(do=verbs)))
    get(sandbox, "TARGET_ANAPLAN_API_URL", "/workspaces")
    user = (sandbox.environment["TARGET_ANAPLAN_USERNAME"], sandbox.environment["TARGET_ANAPLAN_PASSWORD"])
    faults.clear()
    login = requests.post(
        f"{sandbox.environment['TARGET_ANAPLAN_AUTH_URL']}/token/authenticate", auth=user, timeout=30
    )
    token = login.json()["tokenInfo"]["tokenValue"]
    [model] = requests.get(
        f"{sandbox.environment['TARGET_ANAPLAN_API_URL']}/models",
        headers={"Authorization": f"AnaplanAuthToken {token}"},
        timeout=30,
    ).json()["models"]
    assert model["activeState"] == state


@pytest.mark.parametrize(
    ("verbs", "states"),
    [(("stop-warehouse",), {"STOPPED"}), (("stop-warehouse", "start-warehouse"), {"STARTING", "RUNNING"})],
)
def test_the_warehouse_is_stopped_in_between(sandbox, faults, verbs, states):
    faults.add(Rule(Match("databricks"), after=Stage(do=verbs)))
    get(sandbox, "TARGET_DATABRICKS_UC_HOST", "/api/2.0/sql/warehouses")
    assert sandbox.databricks.compute.state in states


def test_a_request_to_a_stand_in_nobody_has_asked_yet(sandbox, faults):
    asked = len(sandbox.databricks.requests)
    faults.add(Rule(Match("anaplan"), before=Stage(do=HttpRequest("GET", "/x", "databricks"))))
    get(sandbox, "TARGET_ANAPLAN_API_URL", "/workspaces")
    assert len(sandbox.databricks.requests) == asked + 1


def test_the_control_path_is_exported(sandbox, faults):
    faults.add(Rule(before=Stage(delay=0.001), name="slow"))
    assert get(sandbox, "SANDBOX_FAULTS").json()["rules"][0]["name"] == "slow"
