"""The frame of the OData service: who may read what, how it describes itself, how it refuses."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import pytest
import requests
from syspro_sandbox.clock import ManualClock
from syspro_sandbox.syspro import ODataOptions, SysproOptions
from syspro_sandbox.syspro.tables import TABLES

pytestmark = pytest.mark.server


def test_env_names_exactly_the_settings_of_the_tap(erp):
    assert sorted(erp.env) == [
        "TAP_SYSPRO_API",
        "TAP_SYSPRO_COMPANIES",
        "TAP_SYSPRO_ENET_URL",
        "TAP_SYSPRO_ODATA_PASSWORD",
        "TAP_SYSPRO_ODATA_URL",
        "TAP_SYSPRO_ODATA_USERNAME",
        "TAP_SYSPRO_OPERATOR",
        "TAP_SYSPRO_OPERATOR_PASSWORD",
    ]
    assert erp.env["TAP_SYSPRO_COMPANIES"] == '["CHEM", "PLT2"]'


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic !!!",
        "Bearer c2FuZGJveC5yZWFkZXI6b2RhdGEtU2VjcmV0LTc=",
        "Basic c2FuZGJveC5yZWFkZXI6d3Jvbmc=",
    ],
)
def test_wrong_credentials_get_the_web_servers_page(erp, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.get(f"{erp.env['TAP_SYSPRO_ODATA_URL']}/CHEM", headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert answer.headers["Content-Type"] == "text/html"
    assert "401 - Unauthorized" in answer.text


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT", "MERGE"])
def test_nothing_can_be_written(erp, method):
    answer = erp.session.request(method, f"{erp.env['TAP_SYSPRO_ODATA_URL']}/CHEM/ApSupplier", timeout=10)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_answers_carry_the_servers_headers_and_the_business_date(serve):
    erp = serve(clock=ManualClock(datetime(2031, 1, 2, 3, 4, 5, tzinfo=timezone.utc).timestamp()))
    answer = erp.odata("CHEM/ApSupplier", "$top=1")
    assert answer.headers["OData-Version"] == "4.0"
    assert answer.headers["Server"] == "Microsoft-IIS/10.0"
    assert answer.headers["Content-Type"] == "application/json; odata.metadata=minimal; odata.streaming=true"
    assert parsedate_to_datetime(answer.headers["Date"]) == datetime(
        2026, 6, 17, 3, 4, 5, tzinfo=timezone.utc
    )


def test_service_document_lists_the_tables(erp):
    answer = erp.odata("PLT2/").json()
    assert answer["@odata.context"] == f"{erp.env['TAP_SYSPRO_ODATA_URL']}/PLT2/$metadata"
    assert [each["name"] for each in answer["value"]] == list(TABLES)
    assert {"name": "ApSupplier+", "kind": "EntitySet", "url": "ApSupplier%2B"} in answer["value"]


def test_metadata_tells_types_keys_and_facets(erp):
    assert erp.odata("CHEM/$metadata").headers["Content-Type"].startswith("application/xml")
    types = erp.model("CHEM")
    assert {name: key for name, (key, _) in types.items()} == {
        name: list(t.key) for name, t in TABLES.items()
    }
    key, invoice = types["ApInvoice"]
    assert key == ["Supplier", "Invoice"]
    assert list(invoice) == [column.name for column in TABLES["ApInvoice"].columns]
    assert invoice["Supplier"] == {
        "Name": "Supplier",
        "Type": "Edm.String",
        "Nullable": "false",
        "MaxLength": "15",
    }
    assert invoice["ExchangeRate"] == {
        "Name": "ExchangeRate",
        "Type": "Edm.Decimal",
        "Nullable": "false",
        "Precision": "12",
        "Scale": "6",
    }
    assert invoice["InvoiceDate"] == {"Name": "InvoiceDate", "Type": "Edm.DateTimeOffset"}
    assert invoice["TimeStamp"]["Type"] == "Edm.Binary"
    assert types["ApSupplier+"][1]["LeadTimeDays"] == {
        "Name": "LeadTimeDays",
        "Type": "Edm.Decimal",
        "Precision": "12",
        "Scale": "0",
    }


def test_metadata_without_keys_custom_tables_and_rowversion(serve):
    options = ODataOptions(keys_in_metadata=False, custom_tables_listed=False, timestamp_exposed=False)
    erp = serve(SysproOptions(odata=options))
    types = erp.model("CHEM")
    assert {tuple(key) for key, _ in types.values()} == {()}
    assert set(types) == {name for name in TABLES if not name.endswith("+")}
    assert not any("TimeStamp" in properties for _, properties in types.values())
    assert "TimeStamp" not in erp.rows("CHEM/ApSupplier", "$top=1")[0]
    assert erp.odata("CHEM/ApSupplier", "$select=TimeStamp").status_code == 400
    assert erp.odata("CHEM/ApSupplier%2B").status_code == 404


@pytest.mark.parametrize("query", ["$filter=Foo eq 1", "$select=Supplier,Foo", "$orderby=Foo desc"])
def test_unknown_property_is_told_in_microsofts_words(erp, query):
    answer = erp.odata("CHEM/ApInvoice", query)
    assert answer.status_code == 400
    error = answer.json()["error"]
    cause = "Could not find a property named 'Foo' on type 'SYSPRO.ApInvoice'."
    assert error["code"] == ""
    assert error["message"] == f"The query specified in the URI is not valid. {cause}"
    assert error["details"] == []
    assert error["innererror"]["message"] == cause
    assert set(error["innererror"]) == {"message", "type", "stacktrace"}


def test_names_are_case_sensitive(erp):
    assert erp.odata("CHEM/apsupplier").status_code == 404
    assert erp.odata("CHEM/ApSupplier", "$select=supplier").status_code == 400
    assert erp.odata("chem/ApSupplier").status_code == 404


@pytest.mark.parametrize("path", ["CHEM/ApPosting", "CHEM/ApSupplier/Supplier", "CHEM/ApSupplier/$value"])
def test_unknown_resources_are_not_found(erp, path):
    answer = erp.odata(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith("Resource not found for the segment '")


def test_unknown_company_is_a_page_of_the_web_server(erp):
    answer = erp.odata("NONE/ApSupplier")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")


def test_errors_can_be_pages_of_the_web_server(serve):
    erp = serve(SysproOptions(odata=ODataOptions(errors="iis")))
    answer = erp.odata("CHEM/ApSupplier", "$filter=Foo eq 1")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html")
    assert "Foo" not in answer.text


def test_web_server_limits_the_query_and_the_path(erp):
    query = "$filter=Supplier%20eq%20%27{}%27"
    fill = "x" * (2048 - len(query.format("")))
    assert erp.odata("CHEM/ApSupplier", query.format(fill)).status_code == 200
    answer = erp.odata("CHEM/ApSupplier", query.format(fill + "x"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")
    assert "404.15" in answer.text
    assert "404.14" in erp.odata("CHEM/" + "A" * 4096).text


def test_a_table_may_be_denied_in_one_company(serve):
    erp = serve(SysproOptions(denied_tables=frozenset({"PLT2/GenMaster"})))
    assert erp.odata("PLT2/GenMaster", "$top=1").status_code == 403
    assert erp.odata("PLT2/GenMaster/$count").status_code == 403
    assert erp.odata("CHEM/GenMaster", "$top=1").status_code == 200


def test_a_denied_table_may_be_missing_or_fail_in_the_database(serve):
    denied = frozenset({"GenMaster"})
    missing = serve(SysproOptions(odata=ODataOptions(denial="missing"), denied_tables=denied))
    assert missing.odata("CHEM/GenMaster").status_code == 404
    assert "GenMaster" not in {each["name"] for each in missing.rows("CHEM")}
    failing = serve(SysproOptions(odata=ODataOptions(denial="sql_error"), denied_tables=denied))
    answer = failing.odata("CHEM/GenMaster")
    assert answer.status_code == 500
    assert "SELECT permission was denied" in answer.json()["error"]["message"]


def test_the_log_holds_every_request_but_no_secret(serve):
    erp = serve()
    erp.odata("CHEM/ApSupplier%2B", "$top=1")
    erp.odata("NONE")
    session = erp.logon()
    erp.enet("Logoff", UserId=session)
    log = [(each.method, each.path, each.status) for each in erp.sandbox.requests]
    assert log == [
        ("GET", "/SYSPROOData/CHEM/ApSupplier%2B", 200),
        ("GET", "/SYSPROOData/NONE", 404),
        ("GET", "/SYSPROWCFService/Rest/Logon", 200),
        ("GET", "/SYSPROWCFService/Rest/Logoff", 200),
    ]
    logged = repr(erp.sandbox.requests)
    assert erp.env["TAP_SYSPRO_OPERATOR_PASSWORD"] not in logged
    assert erp.env["TAP_SYSPRO_ODATA_PASSWORD"] not in logged
    assert session.strip() not in logged
    assert "Operator=READER" in logged
