"""The demo's mappings against the Anaplan stand-in: what arrives in lists and modules, what comes again."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from singer_sdk.testing import get_target_test_class
from syspro_sandbox import anaplan
from syspro_sandbox.serving import Server
from target_anaplan.delivery.trace import trace
from target_anaplan.target import TargetAnaplan

from .singer_messages import record, schema

pytestmark = pytest.mark.server

DEMO = Path(__file__).parents[2] / "mappings" / "demo.yml"
META = {"_syspro_company": "CHEM"}


@pytest.fixture(scope="module")
def sandbox_server():
    """A stand-in that keeps nothing."""
    sandbox = anaplan.create(None)
    with Server(sandbox.app) as server:
        yield sandbox, server.url
    sandbox.close()


@pytest.fixture
def model(sandbox_server):
    """A reader of the model, as any client would."""
    sandbox, url = sandbox_server
    settings = sandbox.env(url)
    credentials = (settings["TARGET_ANAPLAN_USERNAME"], settings["TARGET_ANAPLAN_PASSWORD"])
    login = requests.post(f"{url}/token/authenticate", auth=credentials, timeout=10)
    headers = {
        "Authorization": f"AnaplanAuthToken {login.json()['tokenInfo']['tokenValue']}",
        "Accept": "application/json",
    }
    base = f"{settings['TARGET_ANAPLAN_API_URL']}/models/{settings['TARGET_ANAPLAN_MODEL_ID']}"

    def read(path):
        answer = requests.get(f"{base}/{path}", headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    return read


@pytest.fixture
def loaded(sandbox_server, target):
    """The executable with the sandbox's settings and the demo's mappings."""
    sandbox, url = sandbox_server
    names = {name.removeprefix("TARGET_ANAPLAN_").lower(): value for name, value in sandbox.env(url).items()}
    target.config = {
        **names,
        "mapping_file": str(DEMO),
        "state_dir": str(target.folder / "var" / "target-anaplan"),
    }
    return target


def items(model, name):
    found = next(item for item in model("lists")["lists"] if item["name"] == name)
    return {
        item["code"]: item
        for item in model(f"lists/{found['id']}/items?includeAll=true").get("listItems", [])
    }


def stream(name, key, *records):
    names = dict.fromkeys(name for values in records for name in values)
    yield schema(name, *names, key=key)
    for values in records:
        yield record(name, **values)


def supplier(number, **values):
    key = f"{number:015d}"
    return {
        **META,
        "Supplier": key,
        "SupplierName": "Ilex, Ltd",
        "Currency": "EUR",
        "TermsCode": "30",
        "OnHold": "N",
        "CurrentBalance": 12.5,
        "_syspro_key": f"CHEM/ApSupplier/{key}",
        **values,
    }


def invoice(number, supplier_number, **values):
    return {
        **META,
        "Supplier": f"{supplier_number:015d}",
        "Invoice": f"INV{number}",
        "InvoiceDate": "2026-05-04",
        "DueDate": "2026-06-03",
        "InvoiceYear": 2026,
        "InvoiceMonth": 5,
        "OrigInvValue": 100.25,
        "MthInvBal1": 100.25,
        "Currency": "EUR",
        "InvoiceStatus": "",
        "_syspro_key": f"CHEM/ApInvoice/{supplier_number:015d}/INV{number}",
        **values,
    }


def account(code, group="100"):
    return {
        "Company": "CHEM",
        "GlCode": code,
        "GlGroup": group,
        "Description": f"Account {code}",
        "AccountType": "A",
        "CurrentBalance": 5,
        "_syspro_key": f"CHEM/GenMaster/CHEM/{code}",
    }


def history(code):
    closing = {f"ClosingBalPer{number}": 100 + number * 10.5 for number in range(1, 13)}
    return {
        "Company": "CHEM",
        "GlCode": code,
        "GlYear": 2026,
        "BeginYearBalance": 100,
        **closing,
        "_syspro_key": f"k/{code}",
    }


def test_lists_processes_and_modules(loaded, model):
    lines = [
        *stream(
            "ap_invoices",
            ("_syspro_company", "Supplier", "Invoice"),
            invoice(1, 101),
            invoice(2, 101, MthInvBal1=0),
        ),
        *stream("suppliers", ("_syspro_company", "Supplier"), supplier(101), supplier(102, OnHold="Y")),
        *stream(
            "gl_groups",
            ("Company", "GlGroup"),
            {"Company": "CHEM", "GlGroup": "100", "Description": "Assets"},
        ),
        *stream("gl_accounts", ("Company", "GlCode"), account("10-1000"), account("10-2000", "")),
        *stream("gl_balances", ("Company", "GlCode", "GlYear"), history("10-1000")),
        {"type": "STATE", "value": {"n": 1}},
    ]
    run = loaded.run(lines)
    assert (run.code, run.states[-1]) == (0, {"n": 1}), run.err
    suppliers = items(model, "Suppliers")
    assert suppliers["CHEM|000000000000102"]["properties"]["On Hold"] in ("true", True)
    assert suppliers["CHEM|000000000000101"]["properties"]["Supplier Name"] == "Ilex, Ltd"
    assert items(model, "GL Accounts")["CHEM|10-1000"]["parent"] == "CHEM|100"
    assert set(items(model, "AP Invoices")) == {f"CHEM|000000000000101|INV{number}" for number in (1, 2)}
    counts = {outcome["target"]: outcome["counts"] for outcome in run.outcomes}
    assert counts["import 'GL Balances from SYSPRO' (stream gl_balances)"]["sent"] == 12
    assert all(count["sent"] == count["accepted"] for count in counts.values()), counts


def test_a_second_run_ignores_what_has_not_changed(loaded):
    lines = list(stream("suppliers", ("_syspro_company", "Supplier"), supplier(301), supplier(302)))
    assert loaded.run(lines).code == 0
    run = loaded.run(lines)
    assert run.code == 0, run.err
    assert run.outcomes[-1]["counts"]["ignored"] == 2


def test_an_invoice_is_traced_from_its_key(loaded):
    key = "CHEM/ApInvoice/000000000000777/INV9"
    lines = [
        *stream("suppliers", ("_syspro_company", "Supplier"), supplier(777)),
        *stream("ap_invoices", ("_syspro_company", "Supplier", "Invoice"), invoice(9, 777)),
    ]
    run = loaded.run(lines)
    assert run.code == 0, run.err
    (found,) = trace(run.state_dir, key)
    assert found.row["Code"] == "CHEM|000000000000777|INV9"
    assert found.outcome["task_id"] == found.outcome["task"]["taskId"]
    assert (found.line, found.outcome["state"], found.rejected) == (2, "accepted", [])


def test_a_rejected_row_is_joined_to_its_record(loaded):
    lines = [
        *stream("suppliers", ("_syspro_company", "Supplier"), supplier(401, SupplierName="two\nlines")),
        *stream("gl_balances", ("Company", "GlCode", "GlYear"), history("nowhere")),
    ]
    run = loaded.run(lines)
    assert run.code == 0, run.err
    assert len(run.rejected) == 12
    assert {(row["_syspro_key"], row["stream"]) for row in run.rejected} == {("k/nowhere", "gl_balances")}
    assert "12 rows in quarantine" in run.last_line


def test_a_tested_connection(loaded):
    run = loaded.run([], "--test")
    assert run.code == 0, run.err
    assert "AP Invoices from SYSPRO" in run.err


def test_an_idle_run_asks_for_nothing(sandbox_server, loaded):
    sandbox, _url = sandbox_server
    before = len(sandbox.requests)
    run = loaded.run([schema("gl_groups", "Company", "GlGroup", "Description", key=("Company", "GlGroup"))])
    assert run.code == 0, run.err
    assert len(sandbox.requests) == before


SUITE_CONFIG = {"unmapped_streams": "skip"}


#: Tests of the SDK's own message files; no import has their columns, so each is read and skipped.
class TestSdkSuite(get_target_test_class(TargetAnaplan, config=SUITE_CONFIG)):
    """All of them but one: a record without its key is set aside, and stops nothing."""

    test_target_record_missing_key_property = None


@pytest.fixture(autouse=True, scope="module")
def _suite_config(sandbox_server, tmp_path_factory):
    sandbox, url = sandbox_server
    names = {name.removeprefix("TARGET_ANAPLAN_").lower(): value for name, value in sandbox.env(url).items()}
    SUITE_CONFIG.update(names, state_dir=str(tmp_path_factory.mktemp("state")))
