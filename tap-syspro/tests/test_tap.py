"""The command as a user runs it, against a server of a few lines: exit codes, messages, state."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading

import pytest
from tap_http import Reply, serve
from tap_runner import PASSWORD, last_state, records, selected

METADATA = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Syspro" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="ApSupplier"><Key><PropertyRef Name="Supplier"/></Key>
<Property Name="Supplier" Type="Edm.String" Nullable="false" MaxLength="15"/>
<Property Name="SupplierName" Type="Edm.String" MaxLength="50"/>
<Property Name="CurrentBalance" Type="Edm.Decimal" Precision="14" Scale="2"/>
<Property Name="LastPurchDate" Type="Edm.DateTimeOffset"/></EntityType>
<EntityType Name="ApInvoicePay">
<Property Name="Supplier" Type="Edm.String" MaxLength="15"/>
<Property Name="Invoice" Type="Edm.String" MaxLength="20"/>
<Property Name="EntryNumber" Type="Edm.Decimal" Precision="10" Scale="0"/>
<Property Name="JournalDate" Type="Edm.DateTimeOffset"/></EntityType>
<EntityType Name="SomeView"><Property Name="Anything" Type="Edm.String"/></EntityType>
<EntityContainer Name="Container"><EntitySet Name="ApSupplier" EntityType="Syspro.ApSupplier"/>
<EntitySet Name="ApInvoicePay" EntityType="Syspro.ApInvoicePay"/>
<EntitySet Name="SomeView" EntityType="Syspro.SomeView"/>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"""

SUPPLIERS = [
    {
        "Supplier": "000101  ",
        "SupplierName": "Müller & Söhne ",
        "CurrentBalance": 10.50,
        "LastPurchDate": None,
    },
    {
        "Supplier": "000102  ",
        "SupplierName": "O'Neil",
        "CurrentBalance": -0.01,
        "LastPurchDate": "2026-06-01T00:00:00Z",
    },
]


def payments(day):
    return [
        {"Supplier": "000101", "Invoice": "A", "EntryNumber": 1, "JournalDate": None},
        {"Supplier": "000101", "Invoice": "A", "EntryNumber": 2, "JournalDate": f"{day}T00:00:00Z"},
    ]


class Syspro:
    """Companies A and B; whatever else is asked is answered by `faults`."""

    def __init__(self, faults=None, payment_day="2026-06-10"):
        self.faults = faults or {}
        self.payment_day = payment_day

    def __call__(self, request):
        company, _, resource = request.path.lstrip("/").partition("/")
        if fault := self.faults.get((company, resource)) or self.faults.get(company):
            return fault
        if company not in {"A", "B"}:
            return Reply(b"<html>404</html>", 404, content_type="text/html")
        if resource == "$metadata":
            return Reply(METADATA, content_type="application/xml")
        if resource == "ApSupplier":
            return Reply({"value": SUPPLIERS, "@odata.count": 2})
        dated = "JournalDate eq null" not in request.query["$filter"]
        return Reply(
            {
                "value": payments(self.payment_day)[1:] if dated else payments(self.payment_day)[:1],
                "@odata.count": 1,
            }
        )


def test_two_companies_are_read(tap):
    with serve(Syspro()) as (url, _):
        done, messages = tap.run(url)
    assert done.returncode == 0, done.stderr
    assert [record["_syspro_key"] for record in records(messages, "suppliers")] == [
        "A/ApSupplier/000101",
        "A/ApSupplier/000102",
        "B/ApSupplier/000101",
        "B/ApSupplier/000102",
    ]
    assert records(messages, "suppliers")[0]["SupplierName"] == "Müller & Söhne"
    assert '"CurrentBalance":10.5,' in done.stdout
    assert last_state(messages)["bookmarks"] == {
        "ap_invoice_payments": {
            "companies": {
                company: {"replication_key": "JournalDate", "replication_key_value": "2026-06-10"}
                for company in "AB"
            }
        },
        "suppliers": {
            "companies": {
                company: {
                    "replication_key": "_syspro_read_at",
                    "replication_key_value": "2026-06-17T08:00:00+00:00",
                }
                for company in "AB"
            }
        },
    }
    assert "suppliers of company A: 2 rows in" in done.stderr
    schema = next(m for m in messages if m["type"] == "SCHEMA" and m["stream"] == "suppliers")
    assert schema["key_properties"] == ["_syspro_company", "Supplier"]
    assert schema["schema"]["properties"]["CurrentBalance"]["x-sql-datatype"] == "DECIMAL(14,2)"


def test_a_payment_dated_in_the_future_does_not_carry_the_bookmark_along(tap):
    with serve(Syspro(payment_day="2999-12-31")) as (url, _):
        _, messages = tap.run(url)
    bookmark = last_state(messages)["bookmarks"]["ap_invoice_payments"]["companies"]["A"]
    assert bookmark["replication_key_value"] == "2026-06-17"


def test_the_whole_input_state_is_kept(tap):
    state = {
        "bookmarks": {
            "ap_invoice_payments": {
                "companies": {"Z": {"replication_key": "JournalDate", "replication_key_value": "2020-01-01"}},
                "other": 1,
            },
            "unheard_of": {"x": "y"},
        },
        "more": {"kept": True},
    }
    with serve(Syspro()) as (url, _):
        _, messages = tap.run(url, state=state, config={"companies": ["A"]})
    for message in messages:
        if message["type"] == "STATE":
            value = message["value"]
            assert value["more"] == {"kept": True}
            assert value["bookmarks"]["unheard_of"] == {"x": "y"}
            assert value["bookmarks"]["ap_invoice_payments"]["other"] == 1
            assert (
                value["bookmarks"]["ap_invoice_payments"]["companies"]["Z"]["replication_key_value"]
                == "2020-01-01"
            )


def test_the_window_starts_before_the_bookmark(tap):
    state = {
        "bookmarks": {
            "ap_invoice_payments": {
                "companies": {"A": {"replication_key": "JournalDate", "replication_key_value": "2026-06-10"}}
            }
        }
    }
    with serve(Syspro()) as (url, requests):
        tap.run(url, state=state, config={"companies": ["A"], "lookback_days": 9})
    filters = [request.query["$filter"] for request in requests if request.path.endswith("ApInvoicePay")]
    assert (
        "JournalDate ge 2026-05-31T10:00:00Z" in filters
    )  # 9 days before, and any zone's midnight of 1 June


def test_one_unknown_company_does_not_stop_the_other(tap):
    state = {
        "bookmarks": {
            "suppliers": {
                "companies": {"X": {"replication_key": "_syspro_read_at", "replication_key_value": "old"}}
            }
        }
    }
    with serve(Syspro()) as (url, _):
        done, messages = tap.run(url, config={"companies": ["X", "A"]}, state=state)
    assert done.returncode == 3
    assert len(records(messages, "suppliers", "A")) == 2
    assert last_state(messages)["bookmarks"]["suppliers"]["companies"]["X"]["replication_key_value"] == "old"
    assert "Company X is unknown to SYSPRO" in done.stderr
    assert "`companies`" in done.stderr


def test_unknown_companies_only(tap):
    with serve(Syspro()) as (url, _):
        done, messages = tap.run(url, config={"companies": ["X", "Y"]})
    assert done.returncode == 1
    assert messages == []
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "SYSPRO knows none of the companies X, Y" in errors[0]
    assert "`companies`" in errors[0]
    assert "Traceback" not in done.stderr


def test_a_wrong_password_is_tried_once(tap):
    refused = Reply(
        b"<html>401 Unauthorized</html>", 401, {"WWW-Authenticate": 'Basic realm="x"'}, "text/html"
    )
    with serve(lambda _: refused) as (url, requests):
        done, messages = tap.run(url, config={"max_retries": 5})
    assert done.returncode == 1
    assert messages == []
    assert len(requests) == 1
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "`odata_username`" in errors[0]
    assert "`odata_password`" in errors[0]


def test_a_table_that_fails_in_one_company_keeps_its_bookmark(tap):
    before = {"replication_key": "JournalDate", "replication_key_value": "2026-06-01"}
    state = {"bookmarks": {"ap_invoice_payments": {"companies": {"A": before}}}}
    faults = {("A", "ApInvoicePay"): Reply({"error": {"message": "Access denied"}}, 403)}
    with serve(Syspro(faults)) as (url, _):
        done, messages = tap.run(url, state=state)
    assert done.returncode == 3
    assert len(records(messages, "ap_invoice_payments", "B")) == 2
    assert len(records(messages, "suppliers")) == 4
    for message in messages:
        if message["type"] == "STATE":
            assert message["value"]["bookmarks"]["ap_invoice_payments"]["companies"]["A"] == before
    assert "ap_invoice_payments A" in done.stderr


def test_everything_failing_is_1(tap):
    busy = Reply({"error": {"message": "x"}}, 503)
    faults = {(company, table): busy for company in "AB" for table in ("ApSupplier", "ApInvoicePay")}
    with serve(Syspro(faults)) as (url, _):
        done, messages = tap.run(url)
    assert done.returncode == 1
    assert not [message for message in messages if message["type"] == "RECORD"]


def test_a_server_that_is_not_there(tap):
    with serve(Syspro()) as (url, _):
        pass
    done, _ = tap.run(url)
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_full_table_reads_everything_and_keeps_the_bookmark(tap):
    class Whole(Syspro):
        def __call__(self, request):
            if request.path.endswith("ApInvoicePay"):
                assert "$filter" not in request.query
                return Reply({"value": payments("2020-01-01"), "@odata.count": 2})
            return super().__call__(request)

    before = {"replication_key": "JournalDate", "replication_key_value": "2026-06-01"}
    state = {"bookmarks": {"ap_invoice_payments": {"companies": {"A": before}}}}
    with serve(Whole()) as (url, _):
        catalog = tap.discover(url)
        for entry in catalog["streams"]:
            if entry["stream"] == "ap_invoice_payments":
                entry["replication_method"] = "FULL_TABLE"
        done, messages = tap.run(url, state=state, catalog=selected(catalog), config={"companies": ["A"]})
    assert done.returncode == 0, done.stderr
    assert len(records(messages, "ap_invoice_payments")) == 2
    assert last_state(messages)["bookmarks"]["ap_invoice_payments"]["companies"]["A"] == before


def test_discovery(tap):
    with serve(Syspro()) as (url, _):
        catalog = tap.discover(url)
    streams = {entry["stream"]: entry for entry in catalog["streams"]}
    assert set(streams) == {"suppliers", "ap_invoice_payments", "some_view"}
    metadata = {tuple(each["breadcrumb"]): each["metadata"] for each in streams["suppliers"]["metadata"]}
    for name in ("_syspro_key", "_syspro_read_at", "_sdc_deleted_at", "Supplier", "_syspro_company"):
        assert metadata["properties", name]["inclusion"] == "automatic"
    assert metadata["properties", "SupplierName"]["inclusion"] == "available"
    assert streams["some_view"]["key_properties"] == []
    root = next(each for each in streams["some_view"]["metadata"] if not each["breadcrumb"])
    assert root["metadata"]["selected-by-default"] is False
    assert streams["suppliers"]["schema"]["properties"]["LastPurchDate"]["format"] == "date"
    assert streams["suppliers"]["replication_method"] == "INCREMENTAL"


def test_deselected_columns_are_not_asked_for(tap):
    with serve(Syspro()) as (url, requests):
        catalog = selected(tap.discover(url), "suppliers")
        for each in catalog["streams"]:
            for entry in each["metadata"]:
                if entry["breadcrumb"] and entry["metadata"]["inclusion"] == "available":
                    entry["metadata"]["selected"] = entry["breadcrumb"][1] == "SupplierName"
        done, messages = tap.run(url, catalog=catalog)
    assert done.returncode == 0, done.stderr
    assert {request.query["$select"] for request in requests if request.path.endswith("ApSupplier")} == {
        "Supplier,SupplierName"
    }
    for record in records(messages, "suppliers"):
        assert set(record) == {
            "Supplier",
            "SupplierName",
            *(name for name in record if name.startswith("_syspro_")),
        }
    schema = next(message for message in messages if message["type"] == "SCHEMA")["schema"]
    assert "CurrentBalance" not in schema["properties"]
    assert "_sdc_deleted_at" in schema["properties"]


def test_a_view_without_a_key_asks_for_one(tap):
    with serve(Syspro()) as (url, _):
        catalog = selected(tap.discover(url), "some_view")
        done, _ = tap.run(url, catalog=catalog)
    assert done.returncode == 1
    assert "`tables`" in done.stderr


def test_the_state_of_another_pipeline_is_refused(tap):
    with serve(Syspro()) as (url, requests):
        environment = {"MELTANO_EXTRACTOR_NAME": "tap-syspro-anaplan"}
        done, messages = tap.run(url, env=environment)
        assert last_state(messages)["pipeline"] == "tap-syspro-anaplan"
        requests.clear()
        done, messages = tap.run(
            url, state=last_state(messages), env={"MELTANO_EXTRACTOR_NAME": "tap-syspro-databricks"}
        )
    assert done.returncode == 1
    assert not [request for request in requests if not request.path.endswith("$metadata")]
    assert messages == []
    assert "belongs to the pipeline 'tap-syspro-anaplan'" in done.stderr


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"api": "enet"}, ["not available yet", "`api`"]),
        ({"odata_url": "http://syspro.example.com/x"}, ["`odata_url`", "https"]),
        ({"start_date": "31/01/2024"}, ["`start_date`", "2024-01-31"]),
        ({"tables": [{"table": "Nothing"}]}, ["`tables`", "Nothing"]),
        ({"tables": [{"table": "ApSupplier", "method": "window"}]}, ["`tables`", "date_column"]),
        ({"tables": [{"table": "ApSupplier", "date_column": "Nope"}]}, ["`tables`", "no column Nope"]),
        ({"companies": [" "]}, ["`companies`"]),
    ],
)
def test_wrong_settings_are_one_clear_line(tap, config, words):
    with serve(Syspro()) as (url, _):
        done, messages = tap.run(url, config=config)
    assert done.returncode == 1
    assert messages == []
    assert "Traceback" not in done.stderr
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    for word in words:
        assert word in errors[0]


def test_settings_that_the_schema_refuses_are_all_named(tap):
    done, _ = tap.run("https://unused.example.com", config={"page_size": 0, "companies": "A"})
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert "`page_size`: 0 is less than the minimum of 1" in line
    assert "`companies`: 'A' is not of type 'array'" in line


def test_settings_of_later_versions_do_not_disturb(tap):
    with serve(Syspro()) as (url, _):
        done, _ = tap.run(
            url, config={"emit_deletes": "deleted", "enet_url": "http://x", "operator": "READER"}
        )
    assert done.returncode == 0, done.stderr


def test_preflight_names_every_finding_and_writes_nothing(tap):
    faults = {("B", "ApInvoicePay"): Reply({"error": {"message": "Access denied"}}, 403)}
    with serve(Syspro(faults)) as (url, _):
        done, messages = tap.run(url, arguments=["--test"], config={"companies": ["A", "B", "X"]})
    assert done.returncode == 1
    assert messages == []
    assert "company A: the login works" in done.stderr
    assert "company B, ap_invoice_payments (ApInvoicePay)" in done.stderr
    assert "Company X is unknown" in done.stderr
    assert "SYSPRO's clock shows 2026-06-17 08:00 UTC" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="terminate() ends a process there without a signal")
def test_a_signal_ends_a_hanging_read_behind_the_last_state(tmp_path):
    release = threading.Event()

    class Hanging(Syspro):
        def __call__(self, request):
            if request.path == "/B/ApSupplier":
                release.wait(60)
            return super().__call__(request)

    with serve(Hanging()) as (url, _):
        config = {
            "odata_url": url,
            "odata_username": "u",
            "odata_password": PASSWORD,
            "companies": ["A", "B"],
        }
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config))
        process = subprocess.Popen(
            [sys.executable, "-m", "tap_syspro", "--config", str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        lines = []
        for line in process.stdout:
            lines.append(line)
            if '"_syspro_read_at"' in line and '"type":"STATE"' in line:
                break
        process.terminate()
        rest, log = process.communicate(timeout=30)
        release.set()
    messages = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert process.returncode == 128 + signal.SIGTERM, log
    assert set(last_state(messages)["bookmarks"]["suppliers"]["companies"]) == {"A"}
    assert "Traceback" not in log


def test_about_lists_only_what_is_honoured():
    done = subprocess.run(
        [sys.executable, "-m", "tap_syspro", "--about", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    settings = json.loads(done.stdout)["settings"]["properties"]
    assert settings["odata_password"]["secret"] is True
    assert not {"sweep_hours", "max_delete_percent", "snapshot_dir", "emit_deletes", "operator"} & set(
        settings
    )
