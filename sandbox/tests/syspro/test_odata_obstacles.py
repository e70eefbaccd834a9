"""Servers that refuse, ignore, cut short or cannot read: everything between a request and its rows."""

from __future__ import annotations

import json
import shutil
import time

import pytest
from syspro_sandbox.faults import Match, Rule, Stage, When
from syspro_sandbox.syspro import ODataOptions, SysproOptions

pytestmark = pytest.mark.server

DENIED = "The SELECT permission was denied on the object 'GenMaster', database 'SysproCompanyCHEM'"
TIMED_OUT = "Execution Timeout Expired"


def options(**switches):
    return SysproOptions(odata=ODataOptions(**switches))


@pytest.mark.parametrize("form", ["inner_error", "html", "nested_json"])
@pytest.mark.parametrize("kind", ["denial", "busy"])
def test_a_denial_and_a_time_out_look_alike(serve, form, kind):
    tables = {"denied_tables" if kind == "denial" else "busy_tables": frozenset({"GenMaster"})}
    erp = serve(SysproOptions(odata=ODataOptions(**{kind: form}), **tables))
    answer = erp.odata("CHEM/GenMaster", "$top=1")
    mine, other = (DENIED, TIMED_OUT) if kind == "denial" else (TIMED_OUT, DENIED)
    assert answer.status_code == 500
    text = answer.text.replace("&#x27;", "'")
    assert mine in text
    assert other not in text
    if form == "html":
        assert answer.headers["Content-Type"] == "text/html"
        assert text.index(mine) > 50_000
        return
    error = answer.json()["error"]
    if form == "nested_json":
        inner = json.loads(error["message"])["error"]
        assert inner["code"] == ("229" if kind == "denial" else "-2")
        return
    assert mine not in error["message"]
    inner = error["innererror"]["internalexception"]["internalexception"]
    assert inner["number"] == (229 if kind == "denial" else -2)
    assert erp.odata("CHEM/GenGroups", "$top=1").status_code == 200


def test_a_busy_table_recovers(serve):
    busy = ODataOptions(busy="unavailable")
    erp = serve(SysproOptions(odata=busy, busy_tables=frozenset({"CHEM/GenMaster"}), busy_answers=2))
    assert [erp.odata("CHEM/GenMaster", "$top=1").status_code for _ in range(3)] == [503, 503, 200]
    assert erp.odata("PLT2/GenMaster", "$top=1").status_code == 200


@pytest.mark.parametrize("path", ["ApSupplier+", "ApSupplier%2B"])
def test_plus_may_be_refused_in_paths(serve, path):
    erp = serve(
        SysproOptions(odata=ODataOptions(plus_refused=True), custom_form_names=("{table}+", "Cus{table}"))
    )
    answer = erp.odata(f"CHEM/{path}")
    assert (answer.status_code, "404.11" in answer.text) == (404, True)
    names = {each["name"] for each in erp.rows("CHEM")}
    assert {"ApSupplier+", "CusApSupplier", "ArCustomer+", "CusArCustomer"} <= names
    assert len(erp.rows("CHEM/CusApSupplier")) == erp.sql("CHEM", 'SELECT count(*) FROM "ApSupplier+"')[0][0]


def test_custom_forms_may_have_the_older_name_alone(serve):
    erp = serve(SysproOptions(custom_form_names=("Cus{table}+",)))
    assert erp.odata("CHEM/ApSupplier%2B").status_code == 404
    rows = erp.rows("CHEM/CusApSupplier%2B", "$filter=LeadTimeDays ne null")
    assert rows
    assert set(rows[0]) >= {"Supplier", "QualityRating"}


def test_select_may_be_ignored(serve, erp):
    ignoring = serve(options(select_ignored=True))
    assert ignoring.rows("CHEM/ApInvoice", "$select=Invoice") == erp.rows("CHEM/ApInvoice")


def test_orderby_may_be_ignored(serve):
    erp = serve(options(orderby_ignored=True))
    found = [(row["Supplier"], row["Invoice"]) for row in erp.rows("CHEM/ApInvoice", "$orderby=Invoice")]
    assert found == erp.sql("CHEM", "SELECT Supplier, Invoice FROM ApInvoice ORDER BY TimeStamp")
    assert found != sorted(found, key=lambda key: key[1])


def test_or_may_be_refused(serve):
    erp = serve(options(or_refused=True))
    assert erp.odata("CHEM/ApInvoice", "$filter=Supplier gt 'A' and Invoice gt 'B'").status_code == 200
    answer = erp.odata("CHEM/ApInvoice", "$filter=Supplier gt 'A' or Invoice gt 'B'")
    assert answer.status_code == 400
    assert "Logical operator 'Or' is not allowed" in answer.json()["error"]["message"]


def test_counting_may_be_slow(serve):
    erp = serve(options(count_seconds=0.3))
    for path, query in (("CHEM/ApInvoice/$count", ""), ("CHEM/ApInvoice", "$count=true&$top=1")):
        before = time.monotonic()
        assert erp.odata(path, query).status_code == 200
        assert time.monotonic() - before >= 0.3
    before = time.monotonic()
    erp.odata("CHEM/ApInvoice", "$top=1")
    assert time.monotonic() - before < 0.3


def test_very_long_lines_never_reach_the_filter(serve):
    erp = serve(options(query_limit=100_000, line_limit=3_000))
    assert erp.odata("CHEM/ApInvoice", f"$top=1&x={'y' * 2500}").status_code == 200
    assert erp.odata("CHEM/ApInvoice", f"$top=1&x={'y' * 3000}").status_code == 414


def test_pages_may_end_anywhere_without_a_link(serve):
    erp = serve(options(paging="short_pages", page_cap=20))
    everything = erp.sql("PLT2", "SELECT Supplier, Invoice FROM ApInvoice ORDER BY Supplier, Invoice")
    found, sizes = [], set()
    while True:
        answer = erp.odata("PLT2/ApInvoice", f"$top=20&$skip={len(found)}&$select=Supplier,Invoice").json()
        assert "@odata.nextLink" not in answer
        if not answer["value"]:
            break
        found += [(row["Supplier"], row["Invoice"]) for row in answer["value"]]
        sizes.add(len(answer["value"]))
    assert found == everything
    assert len(sizes) > 2
    assert max(sizes) <= 20


@pytest.mark.parametrize("paging", ["skip_link", "skiptoken_link"])
def test_rows_that_go_between_pages_are_lost_by_skip_links_only(serve, syspro_data, tmp_path, paging):
    """A second client acts between two pages: `do` of a fault rule, and `edit` of the stand-in."""
    shutil.copytree(syspro_data, tmp_path, dirs_exist_ok=True)

    def come_and_go(_):
        with erp.sandbox.edit("PLT2") as store:
            first = next(iter(store.rows("ApInvoice").values()))
            store.delete("ApInvoice", first)
            store.insert("ApInvoice", **(first | {"Supplier": "ZZZ", "Invoice": "COME"}))

    rules = [Rule(Match(path="*/ApInvoice"), When(nth=2), before=Stage(do=come_and_go))]
    erp = serve(options(page_cap=10, paging=paging), data_dir=tmp_path, rules=rules)
    keys = "SELECT Supplier, Invoice FROM ApInvoice ORDER BY Supplier, Invoice"
    before = erp.sql("PLT2", keys)
    read = [(row["Supplier"], row["Invoice"]) for page in erp.pages("PLT2/ApInvoice") for row in page]
    after = erp.sql("PLT2", keys)
    assert set(before) - set(after) == {before[0]}
    assert set(after) - set(before) == {("ZZZ", "COME")}
    assert set(after) - set(read) == (set() if paging == "skiptoken_link" else {before[10]})
