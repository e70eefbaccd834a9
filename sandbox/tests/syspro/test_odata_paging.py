"""Pages over OData, in every way a server might cut them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from syspro_sandbox.syspro import ODataOptions, SysproOptions

pytestmark = pytest.mark.server

LINKED = ["skip_link", "skiptoken_link", "refuse_large_top"]


def options(**switches):
    return SysproOptions(odata=ODataOptions(page_cap=7, **switches))


def expected(erp, order="Supplier, Invoice", where="1"):
    return erp.sql("PLT2", f"SELECT Supplier, Invoice FROM ApInvoice WHERE {where} ORDER BY {order}")


def keys(pages):
    return [(row["Supplier"], row["Invoice"]) for page in pages for row in page]


@pytest.mark.parametrize("links", ["absolute", "relative"])
@pytest.mark.parametrize("paging", LINKED)
def test_next_links_lead_through_all_rows(serve, paging, links):
    erp = serve(options(paging=paging, links=links))
    pages = list(erp.pages("PLT2/ApInvoice", "$select=Supplier,Invoice"))
    assert keys(pages) == expected(erp)
    assert {len(page) for page in pages[:-1]} == {7}


@pytest.mark.parametrize(
    ("orderby", "order"),
    [
        ("MLastReceiptDat,MPrice desc", "MLastReceiptDat, MPrice DESC, PurchaseOrder, Line"),
        ("MLastReceiptDat desc", "MLastReceiptDat DESC, PurchaseOrder, Line"),
        ("MStockDes desc,MLatestDueDate", "MStockDes DESC, MLatestDueDate, PurchaseOrder, Line"),
        ("Line,PurchaseOrder desc", "Line, PurchaseOrder DESC"),
        ("TimeStamp desc", "TimeStamp DESC"),
    ],
)
@pytest.mark.parametrize("paging", ["skip_link", "skiptoken_link"])
def test_next_links_keep_the_order_with_ties_and_nulls(serve, paging, orderby, order):
    erp = serve(options(paging=paging))
    rows, dated = erp.sql("CHEM", "SELECT count(*), count(MLastReceiptDat) FROM PorMasterDetail")[0]
    assert rows - 7 > dated > 7
    pages = erp.pages("CHEM/PorMasterDetail", f"$orderby={orderby}")
    found = [(row["PurchaseOrder"], row["Line"]) for page in pages for row in page]
    assert found == erp.sql("CHEM", f"SELECT PurchaseOrder, Line FROM PorMasterDetail ORDER BY {order}")


@pytest.mark.parametrize("paging", ["skip_link", "skiptoken_link"])
def test_next_links_keep_filter_count_top_and_skip(serve, paging):
    erp = serve(options(paging=paging))
    everything = expected(erp, where="MthInvBal1 <> 0")
    query = "$filter=MthInvBal1 ne 0&$count=true&$top=10&$skip=2"
    first = erp.odata("PLT2/ApInvoice", query).json()
    parameters = parse_qs(urlsplit(first["@odata.nextLink"]).query)
    assert parameters["$top"] == ["3"]
    assert parameters["$filter"] == ["MthInvBal1 ne 0"]
    assert first["@odata.count"] == len(everything)
    assert keys(erp.pages("PLT2/ApInvoice", query)) == everything[2:12]


def test_no_link_where_nothing_follows(serve):
    erp = serve(options())
    total = len(expected(erp))
    for query in (
        f"$skip={total - 7}",
        "$top=7",
        "$top=3",
        f"$skip={total}",
        "$top=0",
        "$filter=Supplier eq 'nobody'",
    ):
        assert "@odata.nextLink" not in erp.odata("PLT2/ApInvoice", query).json(), query
    assert "@odata.nextLink" in erp.odata("PLT2/ApInvoice", f"$skip={total - 8}").json()
    assert "@odata.nextLink" in erp.odata("PLT2/ApInvoice", "$top=8").json()


def test_silent_cap_says_nothing(serve):
    erp = serve(options(paging="silent_cap"))
    for query in ("", "$top=8", "$top=5000"):
        answer = erp.odata("PLT2/ApInvoice", query).json()
        assert len(answer["value"]) == 7
        assert "@odata.nextLink" not in answer
    assert keys([erp.rows("PLT2/ApInvoice", "$skip=7")]) == expected(erp)[7:14]


def test_large_top_is_refused(serve):
    erp = serve(options(paging="refuse_large_top"))
    assert len(erp.rows("PLT2/ApInvoice", "$top=7")) == 7
    answer = erp.odata("PLT2/ApInvoice", "$top=8")
    assert answer.status_code == 400
    assert (
        "The limit of '7' for Top query has been exceeded. The value from the incoming request is '8'."
        in (answer.json()["error"]["message"])
    )


def test_links_may_name_a_host_behind_a_proxy(serve):
    erp = serve(options(next_link_origin="http://app01.internal:8080"))
    link = erp.odata("PLT2/ApInvoice").json()["@odata.nextLink"]
    assert link == "http://app01.internal:8080/SYSPROOData/PLT2/ApInvoice?$skip=7"


def test_relative_links_are_relative_to_the_request(serve):
    erp = serve(options(links="relative"))
    assert erp.odata("PLT2/ApInvoice", "$select=Invoice").json()["@odata.nextLink"] == (
        "ApInvoice?$select=Invoice&$skip=7"
    )


@pytest.mark.parametrize(
    "token", ["nonsense", "Supplier-'a'", "Supplier-'a',Invoice-'b',x", "Invoice-'a',Supplier-'b'"]
)
def test_foreign_skiptokens_are_refused(erp, token):
    assert erp.odata("PLT2/ApInvoice", f"$skiptoken={token}").status_code == 400


def test_by_default_pages_hold_five_thousand_rows():
    assert (ODataOptions().page_cap, ODataOptions().paging) == (5000, "skip_link")
