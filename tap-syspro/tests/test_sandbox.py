"""The tap against the SYSPRO stand-in over real HTTP; what it delivers is compared with the databases."""

from __future__ import annotations

import base64
import re
import sqlite3
from contextlib import closing, contextmanager
from decimal import Decimal

import pytest
from syspro_sandbox import syspro
from syspro_sandbox.serving import Server
from syspro_sandbox.syspro.options import ODataOptions, SysproOptions
from tap_syspro import syspro_key
from tap_syspro.tables import TABLES

from .tap_runner import last_state, records, selected

pytestmark = pytest.mark.server

SCALE = 0.05
TABLE_OF = {table.stream: table for table in TABLES}
DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
USER, PASSWORD = "sandbox.reader", "odata-Secret-7"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """One seeded set of companies for all tests that only read."""
    folder = tmp_path_factory.mktemp("syspro")
    syspro.create(folder, scale=SCALE).close()
    return folder


@contextmanager
def running(folder, odata=None, companies=syspro.ALL, **options):
    """Serve the companies of a folder; gives the tap's configuration and the stand-in."""
    settings = SysproOptions(odata=odata or ODataOptions(), **options)
    sandbox = syspro.create(folder, scale=SCALE, companies=companies, options=settings)
    try:
        with Server(sandbox.app, date_header=False) as server:
            config = {"odata_username": USER, "odata_password": PASSWORD, "companies": ["CHEM", "PLT1"]}
            yield f"{server.url}/SYSPROOData", config, sandbox
    finally:
        sandbox.close()


def stored(sandbox, company, table, schema):
    """The rows of a table by `_syspro_key`, read from the database as the contract of the data says."""
    with closing(sqlite3.connect(sandbox.databases[company])) as database:
        database.row_factory = sqlite3.Row
        rows = [dict(row) for row in database.execute(f'SELECT * FROM "{table.name}"')]
    for row in rows:
        for name, property_ in schema["properties"].items():
            if name in row and (digits := DECIMAL.match(property_.get("x-sql-datatype", ""))):
                row[name] = Decimal(row[name]).scaleb(-int(digits[2])) if row[name] is not None else None
    return {
        syspro_key.encode([company, table.name, *(str(_plain(row[name])) for name in _key(schema))]): row
        for row in rows
    }


def _key(schema):
    return [name for name in schema["required"] if not name.startswith("_syspro_")]


def _plain(value):
    return int(value) if isinstance(value, Decimal) else value


def delivered(messages, stream, company):
    return {record["_syspro_key"]: record for record in records(messages, stream, company)}


def assert_equal(messages, sandbox, streams, companies=("CHEM", "PLT1")):
    """See that every row of the database is delivered, once, and says the same."""
    schemas = {each["stream"]: each["schema"] for each in messages if each["type"] == "SCHEMA"}
    for stream in streams:
        for company in companies:
            expected = stored(sandbox, company, TABLE_OF[stream], schemas[stream])
            got = delivered(messages, stream, company)
            assert set(got) == set(expected), (stream, company)
            assert len(records(messages, stream, company)) == len(expected)
            for key, row in expected.items():
                for name in schemas[stream]["properties"]:
                    if name in row:
                        assert same(got[key][name], row[name], name), (key, name, got[key][name], row[name])


def same(value, expected, name):
    if name == "TimeStamp":
        return int.from_bytes(base64.b64decode(value), "big") == expected
    if isinstance(expected, Decimal):
        return Decimal(str(value)) == expected
    return value == expected


def test_every_known_table_equals_the_database(tap, data):
    with running(data) as (url, config, sandbox):
        done, messages = tap.run(url, config=config)
        assert done.returncode == 0, done.stderr
        assert_equal(messages, sandbox, TABLE_OF)


SHORT = ("suppliers", "ap_invoices", "ap_journals", "ar_invoice_payments")
VARIANTS = {
    "links with $skip": {"paging": "skip_link", "strings": "padded", "datetime_suffix": "+02:00"},
    "relative links": {
        "paging": "skip_link",
        "links": "relative",
        "strings": "trimmed",
        "datetime_suffix": "",
    },
    "skip tokens": {"paging": "skiptoken_link", "decimals": "number"},
    "behind a proxy": {"paging": "skip_link", "next_link_origin": "https://inner.example:8443"},
    "silent cap": {"paging": "silent_cap", "keys_in_metadata": False, "timestamp_exposed": False},
    "silent cap without $count": {"paging": "silent_cap", "count_enabled": False, "strings": "padded"},
    "large $top refused": {"paging": "refuse_large_top", "datetime_suffix": "+02:00"},
    "refused by IIS": {"paging": "refuse_large_top", "errors": "iis", "count_enabled": False},
}


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_every_manner_of_the_server_gives_the_same_rows(tap, data, options):
    with running(data, ODataOptions(**{"page_cap": 19, **options})) as (url, config, sandbox):
        config |= {"companies": ["CHEM"], "page_size": 25}
        catalog = selected(tap.discover(url, **config), *SHORT)
        done, messages = tap.run(url, config=config, catalog=catalog)
        assert done.returncode == 0, done.stderr
        assert_equal(messages, sandbox, SHORT, ["CHEM"])


@pytest.mark.parametrize("facets", ["scale_only", "precision_only", "variable", "absent"])
def test_known_columns_have_their_types_whatever_metadata_says_of_decimals(tap, data, facets):
    with running(data, companies=("CHEM",)) as (url, config, _):
        expected = tap.discover(url, **config | {"companies": ["CHEM"]})
    with running(data, ODataOptions(decimal_facets=facets), companies=("CHEM",)) as (url, config, _):
        found = tap.discover(url, **config | {"companies": ["CHEM"]})
    properties = {
        each["stream"]: {name: _types(one) for name, one in each["schema"]["properties"].items()}
        for each in expected["streams"]
    }
    for each in found["streams"]:
        if each["stream"] in TABLE_OF:
            types = {name: _types(one) for name, one in each["schema"]["properties"].items()}
            assert types == properties[each["stream"]]


def _types(schema):
    return schema["type"], schema.get("x-sql-datatype")


@pytest.mark.parametrize("facets", ["declared", "absent"])
def test_a_key_is_the_same_however_whole_numbers_are_written(tap, data, facets):
    keys = set()
    for form in ("12", "12.0", "12.000000"):
        options = ODataOptions(whole_numbers=form, decimal_facets=facets, decimals="number")
        with running(data, options, companies=("CHEM",)) as (url, config, _):
            config |= {"companies": ["CHEM"]}
            catalog = selected(tap.discover(url, **config), "ap_journals")
            done, messages = tap.run(url, config=config, catalog=catalog)
            assert done.returncode == 0, done.stderr
        rows = records(messages, "ap_journals")
        assert rows
        assert all(isinstance(row["TrnYear"], int) for row in rows)
        keys.add(frozenset((row["_syspro_key"], row["Journal"]) for row in rows))
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("zone", "suffix"),
    [
        ("Europe/Berlin", "Z"),
        ("Europe/Berlin", "+02:00"),
        ("Europe/Berlin", "local"),
        ("America/New_York", "Z"),
        ("Pacific/Auckland", "Z"),
        ("Pacific/Honolulu", "Z"),
    ],
)
def test_a_service_that_converts_midnights_moves_no_date(tap, data, zone, suffix):
    """Days and bounds: the second run's window begins on the same day as where nothing is converted."""
    options = ODataOptions(zone=zone, datetime_suffix=suffix, page_cap=50)
    seen = []
    for each in (ODataOptions(page_cap=50), options):
        with running(data, each, companies=("CHEM",)) as (url, config, sandbox):
            config |= {"companies": ["CHEM"], "lookback_days": 20}
            catalog = selected(tap.discover(url, **config), "ap_invoices", "ap_invoice_payments")
            done, messages = tap.run(url, config=config, catalog=catalog)
            assert done.returncode == 0, done.stderr
            assert_equal(messages, sandbox, ["ap_invoices", "ap_invoice_payments"], ["CHEM"])
            state = last_state(messages)
            done, messages = tap.run(url, config=config, catalog=catalog, state=state)
            assert done.returncode == 0, done.stderr
            seen.append(
                [(row["_syspro_key"], row["JournalDate"]) for row in records(messages, "ap_invoice_payments")]
            )
    assert seen[0]
    assert seen[0] == seen[1]


def test_tables_and_columns_of_one_company_are_delivered(tap, data):
    options = {
        "extra_columns": {"PLT1/ApSupplier.Plant": "c4", "PLT1/ApSupplier.Rating": "d5.2"},
        "extra_tables": {"PLT1/QmsInspection": "*Inspection c10, Result c1, TestedOn dt, TimeStamp"},
        "filled_tables": {"QmsInspection": 3},
        "missing_tables": frozenset({"CHEM/InvWhControl"}),
        "missing_columns": frozenset({"CHEM/ApSupplier.SupplierClass"}),
    }
    with running(data, **options) as (url, config, sandbox):
        config |= {"tables": [{"table": "QmsInspection", "stream": "inspections"}]}
        catalog = selected(tap.discover(url, **config), "suppliers", "warehouses", "inspections")
        done, messages = tap.run(url, config=config, catalog=catalog)
        assert done.returncode == 0, done.stderr
        assert_equal(messages, sandbox, ["warehouses"], ["PLT1"])
    assert len(records(messages, "inspections", "PLT1")) == 3
    assert not records(messages, "warehouses", "CHEM")
    assert done.stderr.count("Company CHEM has no table InvWhControl") == 1
    of_plant, of_chem = (records(messages, "suppliers", company) for company in ("PLT1", "CHEM"))
    assert of_chem
    assert all(row["Plant"] is not None and row["Rating"] is not None for row in of_plant)
    assert all(row["Plant"] is None and row["Rating"] is None for row in of_chem)
    assert all(row["SupplierClass"] is not None for row in of_plant)
    assert all(row["SupplierClass"] is None for row in of_chem)


@pytest.mark.parametrize(
    "lacking", ["CHEM/ApInvoice.MthInvBal3", "CHEM/ApInvoice.InvoiceDate", "PLT1/ApInvoice.Invoice"]
)
def test_a_company_that_lacks_what_a_table_is_read_by_fails_alone(tap, data, lacking):
    company, _, column = lacking.partition("/")
    other = {"CHEM": "PLT1", "PLT1": "CHEM"}[company]
    options = ODataOptions(keys_in_metadata=False)
    with running(data, options, missing_columns=frozenset({lacking})) as (url, config, sandbox):
        catalog = selected(tap.discover(url, **config), "ap_invoices", "suppliers")
        done, messages = tap.run(url, config=config, catalog=catalog)
        assert done.returncode == 3, done.stderr
        assert_equal(messages, sandbox, ["suppliers"])
        assert_equal(messages, sandbox, ["ap_invoices"], [other])
    assert not records(messages, "ap_invoices", company)
    assert f"ApInvoice of company {company} has no column {column.partition('.')[2]}" in done.stderr
    assert "This is a bug" not in done.stderr


def test_a_table_that_vanishes_is_no_module_that_was_never_licensed(tap, data):
    with running(data) as (url, config, _):
        catalog = selected(tap.discover(url, **config), "suppliers")
        _, messages = tap.run(url, config=config, catalog=catalog)
    with running(data, missing_tables=frozenset({"PLT1/ApSupplier"})) as (url, config, _):
        done, messages = tap.run(url, config=config, catalog=catalog, state=last_state(messages))
    assert done.returncode == 3
    assert "PLT1 does not offer the table ApSupplier" in done.stderr


@pytest.mark.parametrize("denial", ["forbidden", "sql_error", "inner_error", "html", "nested_json"])
def test_a_denied_table_fails_for_one_company_only(tap, data, denial):
    options = ODataOptions(denial=denial)
    with running(data, options, denied_tables=frozenset({"PLT1/ApSupplier"})) as (url, config, sandbox):
        catalog = selected(tap.discover(url, **config), "suppliers", "customers")
        done, messages = tap.run(url, config=config | {"max_retries": 5}, catalog=catalog)
        assert done.returncode == 3, done.stderr
        assert "the next one starts in" not in done.stderr
        assert ("permission was denied on the object 'ApSupplier'" in done.stderr) is (denial != "forbidden")
        assert_equal(messages, sandbox, ["customers"])
        assert_equal(messages, sandbox, ["suppliers"], ["CHEM"])
        assert "PLT1" not in last_state(messages)["bookmarks"]["suppliers"]["companies"]


def test_custom_forms_are_delivered(tap, data):
    with running(data) as (url, config, _):
        catalog = selected(tap.discover(url, **config), "ap_supplier_custom")
        done, messages = tap.run(url, config=config, catalog=catalog)
        assert done.returncode == 0, done.stderr
        rows = records(messages, "ap_supplier_custom")
        assert rows
        assert all(row["_syspro_key"].startswith(f"{row['_syspro_company']}/ApSupplier+/") for row in rows)


def test_start_date(tap, data):
    with running(data) as (url, config, _sandbox):
        catalog = selected(
            tap.discover(url, **config), "ap_invoices", "ap_invoice_payments", "gl_transactions"
        )
        config |= {"start_date": "2026-03-01", "companies": ["CHEM"]}
        done, messages = tap.run(url, config=config, catalog=catalog)
        assert done.returncode == 0, done.stderr
    payments = records(messages, "ap_invoice_payments")
    assert payments
    assert min(row["JournalDate"] for row in payments if row["JournalDate"]) >= "2026-03-01"
    invoices = records(messages, "ap_invoices")
    assert any(row["InvoiceDate"] < "2026-03-01" for row in invoices if row["InvoiceDate"])
    balances = ("MthInvBal1", "MthInvBal2", "MthInvBal3")
    assert all(
        any(row[name] for name in balances) or not row["InvoiceDate"] or row["InvoiceDate"] >= "2026-03-01"
        for row in invoices
    )
    assert min((row["GlYear"], row["GlPeriod"]) for row in records(messages, "gl_transactions")) >= (2026, 1)


def test_balances_older_than_the_oldest_journal_are_delivered(tap, tmp_path):
    folder = tmp_path / "syspro"
    seeding = syspro.SeedSettings(scale=SCALE, companies=("CHEM",), history_years=4, journal_years=1)
    syspro.create(folder, seeding=seeding).close()
    with running(folder, companies=("CHEM",)) as (url, config, sandbox):
        config |= {"companies": ["CHEM"], "start_date": "2023-01-01"}
        catalog = selected(tap.discover(url, **config), "gl_balances")
        done, messages = tap.run(url, config=config, catalog=catalog)
        assert done.returncode == 0, done.stderr
        with closing(sqlite3.connect(sandbox.databases["CHEM"])) as database:
            journals, wanted = (
                database.execute(f"SELECT {what} FROM {table} WHERE GlYear >= 2023").fetchone()[0]
                for what, table in (("MIN(GlYear)", "GenJournalCtl"), ("COUNT(*)", "GenHistory"))
            )
    assert journals > 2023
    rows = [row for row in records(messages, "gl_balances") if row["GlYear"] >= 2023]
    assert {row["GlYear"] for row in rows} >= {2023, 2024, 2025}
    assert len(rows) == wanted


def test_a_business_day_is_caught_by_the_next_run(tap, tmp_path):
    """After a first run and a day, the second run's rows over the first's are the database again."""
    folder = tmp_path / "syspro"
    companies = ("CHEM",)
    with running(folder, companies=companies) as (url, config, sandbox):
        config |= {"companies": list(companies)}
        done, first = tap.run(url, config=config)
        assert done.returncode == 0, done.stderr
        syspro.play_day(folder)
        done, second = tap.run(url, config=config, state=last_state(first))
        assert done.returncode == 0, done.stderr
        assert len(second) < len(first)
        schemas = {each["stream"]: each["schema"] for each in first if each["type"] == "SCHEMA"}
        for stream, table in TABLE_OF.items():
            for company in companies:
                known = delivered(first, stream, company) | delivered(second, stream, company)
                for key, row in stored(sandbox, company, table, schemas[stream]).items():
                    assert key in known, key
                    for name in schemas[stream]["properties"]:
                        if name in row:
                            assert same(known[key][name], row[name], name), (
                                key,
                                name,
                                known[key][name],
                                row[name],
                            )


def test_preflight(tap, data):
    with running(data) as (url, config, _):
        done, messages = tap.run(url, config=config | {"companies": ["PLT1"]}, arguments=["--test"])
    assert done.returncode == 0, done.stderr
    assert messages == []
    assert "24 of 24 tables can be read" in done.stderr


def test_a_wrong_password(tap, data):
    with running(data) as (url, config, sandbox):
        done, _ = tap.run(url, config=config | {"odata_password": "wrong-Secret-8"})
        assert done.returncode == 1
        assert len(sandbox.requests) == 1
    assert "`odata_password`" in done.stderr
    assert "wrong-Secret-8" not in done.stderr


def test_configuration_from_the_environment(tap, data):
    with running(data) as (url, _config, sandbox):
        env = sandbox.env(url.removesuffix("/SYSPROOData"))
        assert env["TAP_SYSPRO_ODATA_URL"] == url
        done, _ = tap.run(None, env=env | {"TAP_SYSPRO_COMPANIES": '["PLT2"]'}, arguments=["--test"])
    assert done.returncode == 0, done.stderr


def test_the_ledger_of_one_company_out_of_a_database_of_several(tap, data):
    with running(data) as (url, config, _):
        config |= {"companies": ["PLT1"]}
        catalog = selected(tap.discover(url, **config), "gl_accounts", "gl_balances")
        _, everything = tap.run(url, config=config, catalog=catalog)
        done, messages = tap.run(url, config=config | {"gl_company_filter": ["HLDG"]}, catalog=catalog)
    assert done.returncode == 0, done.stderr
    for stream in ("gl_accounts", "gl_balances"):
        rows = records(messages, stream)
        assert rows
        assert {row["Company"] for row in rows} == {"HLDG"}
        assert {row["_syspro_company"] for row in rows} == {"PLT1"}
        assert len(rows) < len(records(everything, stream))
