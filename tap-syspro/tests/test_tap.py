"""The command as a user runs it, against a server of a few lines."""

from __future__ import annotations

import re

import pytest

from .small_syspro import SUPPLIERS, SmallSyspro
from .tap_http import Reply, serve
from .tap_runner import last_state, records, selected

pytestmark = pytest.mark.server


def test_two_companies_are_read(tap):
    with serve(SmallSyspro()) as (url, _):
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
    assert re.search(r"suppliers: 4 records in [\d.]+ s \(A 2, B 2\)", done.stderr)
    schema = next(m for m in messages if m["type"] == "SCHEMA" and m["stream"] == "suppliers")
    assert schema["key_properties"] == ["_syspro_company", "Supplier"]
    assert schema["schema"]["properties"]["CurrentBalance"]["x-sql-datatype"] == "DECIMAL(14,2)"


def test_discovery(tap):
    with serve(SmallSyspro()) as (url, _):
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
    with serve(SmallSyspro()) as (url, requests):
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


def test_a_date_with_times_of_day_is_refused_unless_it_is_deselected(tap):
    rows = [
        row | {"LastPurchDate": f"2026-06-0{number}T1{number}:34:00Z"}
        for number, row in enumerate(SUPPLIERS, 1)
    ]
    faults = {("A", "ApSupplier"): Reply({"value": rows, "@odata.count": 2})}
    with serve(SmallSyspro(faults)) as (url, _):
        catalog = selected(tap.discover(url), "suppliers")
        refused, messages = tap.run(url, catalog=catalog)
        assert refused.returncode == 3
        assert "ApSupplier.LastPurchDate of company A have the times of day 11:34 UTC" in refused.stderr
        assert "A" not in last_state(messages)["bookmarks"]["suppliers"]["companies"]
        for entry in (each for stream in catalog["streams"] for each in stream["metadata"]):
            if entry["breadcrumb"] == ["properties", "LastPurchDate"]:
                entry["metadata"]["selected"] = False
        done, messages = tap.run(url, catalog=catalog)
    assert done.returncode == 0, done.stderr
    assert len(records(messages, "suppliers", "A")) == 2
