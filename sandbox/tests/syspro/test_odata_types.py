"""What `$metadata` and values may look like: facets, whole numbers, midnights, rowversions."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from syspro_sandbox.syspro import ODataOptions, SysproOptions

pytestmark = pytest.mark.server


def options(**switches):
    return SysproOptions(odata=ODataOptions(**switches))


@pytest.mark.parametrize(
    ("facets", "said"),
    [
        ("declared", {"Precision": "14", "Scale": "2"}),
        ("scale_only", {"Scale": "2"}),
        ("precision_only", {"Precision": "14"}),
        ("variable", {"Precision": "14", "Scale": "variable"}),
        ("absent", {}),
    ],
)
def test_metadata_says_of_decimals_what_the_switch_says(serve, facets, said):
    erp = serve(options(decimal_facets=facets))
    balance = erp.model("CHEM")["ApInvoice"][1]["MthInvBal1"]
    assert balance == {"Name": "MthInvBal1", "Type": "Edm.Decimal", "Nullable": "false", **said}


@pytest.mark.parametrize("form", ["12", "12.0", "12.000000"])
def test_whole_numbers_on_the_wire(serve, erp, form):
    plain = json.loads(erp.odata("CHEM/ApInvoicePay").content, parse_int=str, parse_float=str)["value"]
    changed = serve(options(whole_numbers=form)).odata("CHEM/ApInvoicePay")
    rows = json.loads(changed.content, parse_int=str, parse_float=str)["value"]
    for before, row in zip(plain, rows, strict=True):
        assert row["EntryNumber"] == f"{before['EntryNumber']}{form[2:]}"
        assert row["TrnValue"] == before["TrnValue"]
    number = quote("EntryNumber eq 2.0")
    assert {row["EntryNumber"] for row in erp.rows("CHEM/ApInvoicePay", f"$filter={number}")} == {2}


ZONES = ["America/New_York", "Pacific/Auckland", "Europe/Berlin", "Pacific/Honolulu", "Pacific/Chatham"]


@pytest.mark.parametrize("suffix", ["Z", "local", "+05:30", ""])
@pytest.mark.parametrize("zone", ZONES)
def test_midnights_are_moments_in_the_servers_zone(serve, erp, zone, suffix):
    served = serve(options(zone=zone, datetime_suffix=suffix))
    days = [row["DueDate"][:10] for row in erp.rows("CHEM/ApInvoice") if row["DueDate"]]
    texts = [row["DueDate"] for row in served.rows("CHEM/ApInvoice") if row["DueDate"]]
    assert days
    for day, text in zip(days, texts, strict=True):
        moment = datetime.fromisoformat(text.replace("Z", "+00:00") if suffix else f"{text}+00:00")
        assert moment.astimezone(ZoneInfo(zone)).isoformat()[:19] == f"{day}T00:00:00"
        if suffix == "+05:30":
            assert text.endswith("+05:30")
    if zone == "Europe/Berlin" and suffix == "Z":
        assert {text[11:] for text in texts} == {"22:00:00Z", "23:00:00Z"}


@pytest.mark.parametrize("zone", ZONES)
def test_filters_mean_the_moments_that_are_written(serve, zone):
    erp = serve(options(zone=zone))
    wanted = erp.sql("CHEM", "SELECT count(*) FROM ApInvoice WHERE InvoiceDate >= '2026-03-01'")[0][0]
    midnight = datetime(2026, 3, 1, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    for bound, count in ((midnight, wanted), (midnight - timedelta(hours=9), wanted)):
        where = quote(f"InvoiceDate ge {bound:%Y-%m-%dT%H:%M:%SZ}")
        assert int(erp.odata("CHEM/ApInvoice/$count", f"$filter={where}").text) == count
    text = next(row["InvoiceDate"] for row in erp.rows("CHEM/ApInvoice"))
    found = erp.rows("CHEM/ApInvoice", f"$filter={quote(f'InvoiceDate eq {text}')}")
    assert found
    assert {row["InvoiceDate"] for row in found} == {text}


def test_the_rowversion_may_be_a_number(serve):
    erp = serve(options(timestamp_form="number"))
    stamp = erp.model("CHEM")["ApInvoice"][1]["TimeStamp"]
    assert stamp == {"Name": "TimeStamp", "Type": "Edm.Int64", "Nullable": "false"}
    stored = erp.sql("CHEM", "SELECT TimeStamp FROM ApInvoice ORDER BY TimeStamp DESC LIMIT 3")
    newest = erp.rows("CHEM/ApInvoice", "$orderby=TimeStamp desc&$top=3")
    assert [(row["TimeStamp"],) for row in newest] == stored
    later = erp.rows("CHEM/ApInvoice", f"$filter=TimeStamp gt {stored[2][0]}")
    assert {row["TimeStamp"] for row in later} == {stored[0][0], stored[1][0]}


def test_the_rowversion_may_be_refused_in_orders_and_filters(serve, erp):
    assert erp.odata("CHEM/ApInvoice", "$orderby=TimeStamp desc&$top=1").status_code == 200
    assert erp.odata("CHEM/ApInvoice", "$filter=TimeStamp gt 5").status_code == 400
    refusing = serve(options(timestamp_form="number", timestamp_sortable=False, timestamp_filterable=False))
    assert refusing.odata("CHEM/ApInvoice", "$orderby=TimeStamp desc").status_code == 400
    assert refusing.odata("CHEM/ApInvoice", "$filter=TimeStamp gt 5").status_code == 400
    assert refusing.odata("CHEM/ApInvoice", "$select=TimeStamp&$top=1").status_code == 200


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        ({"decimal_facets": "some"}, "decimal_facets is 'some'"),
        ({"zone": "Europe/Nowhere"}, "zone is 'Europe/Nowhere'"),
        ({"datetime_suffix": "local"}, "needs a zone"),
        ({"datetime_suffix": "CET"}, "datetime_suffix is 'CET'"),
        ({"page_cap": 0}, "page_cap is 0"),
    ],
)
def test_wrong_switches_are_refused(switches, said):
    with pytest.raises(ValueError, match=said):
        ODataOptions(**switches)
