"""The finance views: rendered for the settings, created, and equal to a reckoning by hand."""

from decimal import Decimal

import pytest

from .messages import record, schema

pytestmark = pytest.mark.server

VIEWS = "target-databricks-uc-views"

TEXT, DAY = {"type": ["string", "null"]}, {"type": ["string", "null"], "format": "date"}


def money(digits=14, scale=2):
    return {"type": ["number", "null"], "x-sql-datatype": f"DECIMAL({digits},{scale})"}


SUPPLIERS = schema(
    "suppliers",
    {"_syspro_company": TEXT, "Supplier": TEXT, "SupplierName": TEXT, "TermsCode": TEXT},
    keys=("_syspro_company", "Supplier"),
)
INVOICES = schema(
    "ap_invoices",
    {
        "_syspro_company": TEXT,
        "Supplier": TEXT,
        "Invoice": TEXT,
        "InvoiceDate": DAY,
        "DueDate": DAY,
        "Currency": TEXT,
        "MthInvBal1": money(),
        "ConvRate": money(12, 6),
        "MulDiv": TEXT,
        "_syspro_read_at": {"type": "string", "format": "date-time"},
    },
    keys=("_syspro_company", "Supplier", "Invoice"),
)


def supplier(code, name):
    return record("suppliers", _syspro_company="A", Supplier=code, SupplierName=name, TermsCode="30")


def invoice(
    number, due, balance, *, supplier="S1", currency="$", rate=1, muldiv="M", read="2026-06-16", **more
):
    return record(
        "ap_invoices",
        _syspro_company="A",
        Supplier=supplier,
        Invoice=number,
        InvoiceDate="2026-01-15",
        DueDate=due,
        Currency=currency,
        MthInvBal1=balance,
        ConvRate=rate,
        MulDiv=muldiv,
        _syspro_read_at=f"{read}T22:00:00Z",
        **more,
    )


def test_vendor_ageing(workspace):
    workspace.load(
        SUPPLIERS,
        supplier("S1", "Müller & Söhne"),
        supplier("S2", "Nobody's"),
        INVOICES,
        invoice("due today", "2026-06-17", 1.01),
        invoice("1 day", "2026-06-16", 2.02, read="2026-06-17"),
        invoice("30 days", "2026-05-18", 4.04),
        invoice("31 days", "2026-05-17", 8.08),
        invoice("60 days", "2026-04-18", 16.16),
        invoice("61 days", "2026-04-17", 32.32),
        invoice("90 days", "2026-03-19", 64.64),
        invoice("91 days", "2026-03-18", 128.28),
        invoice("credit", "2026-03-18", -0.28),
        invoice("paid", "2026-03-18", 0),
        invoice("deleted", "2026-03-18", 999),
        record(
            "ap_invoices",
            _syspro_company="A",
            Supplier="S1",
            Invoice="deleted",
            _syspro_read_at="2026-06-17T22:00:00Z",
            _sdc_deleted_at="2026-06-17T22:00:00Z",
        ),
        invoice("divided", None, 10.05, supplier="S2", currency="EUR", rate=3, muldiv="D"),
        invoice("divided too", None, 10.05, supplier="S2", currency="EUR", rate=3, muldiv="D"),
    )
    finished = workspace.run(VIEWS)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.decode() == f"Created main.{workspace.config['schema']}.vendor_ageing.\n"

    first, second = workspace.query(f"SELECT * FROM {workspace.schema}.`vendor_ageing` ORDER BY supplier")
    assert (first["supplier_name"], first["terms"], first["as_of_date"]) == (
        "Müller & Söhne",
        "30",
        "2026-06-17",
    )
    assert first["open_invoices"] == "9"
    buckets = ("not_due", "days_1_30", "days_31_60", "days_61_90", "over_90", "balance")
    amounts = [Decimal(text) for text in ("1.01", "6.06", "24.24", "96.96", "128.00", "256.27")]
    assert [Decimal(first[name]) for name in buckets] == amounts
    assert [Decimal(first[f"{name}_local"]) for name in buckets] == amounts
    # Rounded to cents per invoice: 2 x 3.35; without due date the invoice's own date counts.
    assert (second["currency"], Decimal(second["balance"]), Decimal(second["over_90_local"])) == (
        "EUR",
        Decimal("20.10"),
        Decimal("6.70"),
    )


def test_a_missing_table_is_named_with_the_stream_to_load(workspace):
    workspace.load(SUPPLIERS, supplier("S1", "x"))
    finished = workspace.run(VIEWS, "--config=ENV")
    assert finished.returncode == 1
    log = finished.stderr.decode()
    assert "Load these streams first: ap_invoices." in log
    assert "Traceback" not in log


def test_the_list_needs_no_settings():
    from click.testing import CliRunner
    from target_databricks_uc.views.command import command

    finished = CliRunner().invoke(command, ["--list"])
    assert finished.output.startswith("vendor_ageing: What is owed")


def test_names_follow_the_settings(workspace):
    finished = workspace.run(VIEWS, "--print", column_case="snake")
    text = finished.stdout.decode()
    assert finished.returncode == 0
    assert f"FROM `main`.`{workspace.config['schema']}`.`ap_invoices` AS i" in text
    assert "i.`mth_inv_bal1`" in text
    assert "MthInvBal1" not in text
