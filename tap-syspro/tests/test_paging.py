"""Every way in which a server may end a page, over real HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pytest
from singer_kit.clock import ManualClock
from tap_http import Reply, serve
from tap_syspro.errors import DoubtfulRead, RequestRefused, ServiceBusy
from tap_syspro.odata.client import Client
from tap_syspro.odata.metadata import Column, EntitySet, Kind
from tap_syspro.odata.paging import Paging, Query
from tap_syspro.settings import Settings

ENTITY_SET = EntitySet("Things+", {"K": Column("K", Kind.TEXT), "V": Column("V", Kind.DECIMAL)}, ("K",))
KEYS = [f"{number:04d}" for number in range(47)]
AFTER = re.compile(r"K gt '(\d+)'")


@dataclass
class Things:
    """A table of 47 rows whose paging manners are switches."""

    keys: list[str] = field(default_factory=lambda: list(KEYS))
    cap: int = 10
    counts: bool = True
    links: str | None = None
    refuse_top: bool = False
    faults: list[Reply] = field(default_factory=list)

    def __call__(self, request):
        if self.faults:
            return self.faults.pop(0)
        query = request.query
        top = int(query.get("$top", 5000))
        if "$count" in query and not self.counts:
            return Reply({"error": {"message": "Query option 'Count' is not allowed."}}, 400)
        if self.refuse_top and top > self.cap:
            text = f"The limit of '{self.cap}' for Top query has been exceeded. The value is '{top}'."
            return Reply({"error": {"message": text}}, 400)
        after = AFTER.search(query.get("$filter", ""))
        rows = [key for key in self.keys if not after or key > after[1]]
        skip = int(query.get("$skip", 0))
        page = rows[skip : skip + min(self.cap, top)]
        body = {"value": [{"K": f"{key:<8}", "V": 1.50} for key in page]}
        if "$count" in query:
            body["@odata.count"] = len(rows)
        if self.links is not None and skip + len(page) < min(len(rows), top):
            options = urlencode({**query, "$skip": skip + len(page)})
            body["@odata.nextLink"] = self.links.format(host=request.headers["Host"]) + "?" + options
        return Reply(body)


def settings(url, **overrides):
    return Settings(
        odata_url=url, odata_username="u", odata_password="secret-word", companies=("A",), **overrides
    )


def read(handler, *, page_size=20, query=None, clock=None, max_retries=3):
    with serve(handler) as (url, requests):
        client = Client(settings(url, max_retries=max_retries), clock or ManualClock())
        query = query or Query(("K",))
        pages = list(Paging(client, f"{url}/A/{quote('Things+')}", ENTITY_SET, query, page_size).pages())
        client.close()
    return [row["K"].rstrip() for page in pages for row in page.decode()], requests


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize(
    "manners",
    [
        {"links": None},
        {"links": ""},
        {"links": "Things%2B"},
        {"links": "http://{host}/A/Things%2B"},
        {"links": "https://behind.proxy:8443/inner/A/Things%2B"},
        {"refuse_top": True},
    ],
    ids=["silent cap", "query only", "relative", "absolute", "behind a proxy", "400 on $top"],
)
@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 20, 47])
def test_every_row_once(manners, counts, rows):
    keys, requests = read(Things(keys=KEYS[:rows], counts=counts, **manners))
    assert keys == KEYS[:rows]
    assert all(request.path == "/A/Things+" for request in requests)


def test_a_small_table_costs_one_request_where_the_server_counts():
    _, requests = read(Things(keys=KEYS[:5]))
    assert len(requests) == 1


def test_a_silent_cap_lowers_the_page_size():
    _, requests = read(Things(counts=False))
    assert [request.query["$top"] for request in requests if "$count" not in request.query][1:] == ["10"] * 5


def test_a_link_that_ends_early_loses_nothing():
    class Forgetful(Things):
        def __call__(self, request):
            reply = super().__call__(request)
            if request.query.get("$skip") == "20":
                reply.body.pop("@odata.nextLink", None)
            return reply

    keys, _ = read(Forgetful(links=""), page_size=100)
    assert keys == KEYS


def test_a_link_to_another_table_is_not_followed():
    with pytest.raises(DoubtfulRead, match="leads elsewhere"):
        read(Things(links="http://{host}/A/Others"))


def test_a_link_that_repeats_itself_ends_the_read():
    with pytest.raises(DoubtfulRead, match="same page twice"):
        read(lambda _: Reply({"value": [{"K": "1", "V": 1}], "@odata.nextLink": "?$skip=1"}))


def test_a_filter_that_is_ignored_ends_the_read():
    with pytest.raises(DoubtfulRead, match="same page twice"):
        read(lambda _: Reply({"value": [{"K": "1", "V": 1}]}))


def test_rows_announced_and_not_given_are_doubted():
    def short(request):
        if "$filter" in request.query:
            return Reply({"value": []})
        return Reply({"value": [{"K": "1", "V": 1}], "@odata.count": 3})

    with pytest.raises(DoubtfulRead, match="announced 3 rows and gave 1"):
        read(short)


def test_rows_deleted_while_reading_are_no_doubt():
    class Shrinking(Things):
        def __call__(self, request):
            reply = super().__call__(request)
            if "$filter" not in request.query:
                del self.keys[30:]
            return reply

    keys, _ = read(Shrinking())
    assert keys == KEYS[:30]


@pytest.mark.parametrize(
    "fault",
    [
        Reply({"error": {"message": "try later"}}, 503),
        Reply({"error": {"message": "too many"}}, 429, {"Retry-After": "7"}),
        Reply(b'{"value":[{"K":"0000","V":1},{"K":"00', 200),
        Reply(b'{"value":[{"K":"0000","V":1}]}', 200, cut=9),
        Reply(b"<html>login</html>", 200, content_type="text/html; charset=utf-8"),
        Reply(b"", 200),
        Reply({"error": {"message": "in the middle"}}, 200),
    ],
    ids=["503", "429", "cut JSON", "short body", "web page", "empty", "error at 200"],
)
def test_a_bad_answer_is_asked_again_and_never_half_read(fault):
    clock = ManualClock()
    keys, _ = read(Things(faults=[fault, fault]), clock=clock)
    assert keys == KEYS
    assert len(clock.slept) == 2


def test_retry_after_is_obeyed():
    clock = ManualClock()
    read(Things(faults=[Reply({}, 429, {"Retry-After": "7"})]), clock=clock)
    assert clock.slept == [7.0]


def test_a_slow_server_is_asked_for_less():
    fault = Reply({"error": {"message": "Execution Timeout Expired"}}, 500)
    _, requests = read(Things(keys=KEYS[:5], faults=[fault, fault]), page_size=1000)
    assert [request.query["$top"] for request in requests] == ["1000", "500", "250"]


def test_retries_end():
    faults = [Reply({}, 503)] * 9
    with pytest.raises(ServiceBusy, match="503"):
        read(Things(faults=faults), max_retries=2)
    assert len(faults) == 6


def test_a_refusal_tells_what_syspro_said():
    with pytest.raises(RequestRefused, match="Could not find a property named 'X'"):
        read(
            lambda _: Reply(
                {"error": {"message": "Could not find a property named 'X' on type 'Things'."}}, 400
            )
        )


def test_select_is_dropped_before_the_address_is_too_long_for_iis():
    columns = tuple(f"AVeryLongColumnName{number}" for number in range(120))
    _, requests = read(Things(keys=KEYS[:3]), query=Query(("K",), select=columns))
    assert all(len(request.query_string) <= 2048 and "$select" not in request.query for request in requests)


def test_select_is_sent_when_it_fits():
    _, requests = read(Things(keys=KEYS[:3]), query=Query(("K",), select=("K",)))
    assert requests[0].query["$select"] == "K"


def test_decimals_never_pass_through_a_float():
    body = b'{"value":[{"K":"1","V":12345678901234567.890123456789}],"@odata.count":1}'
    with serve(lambda _: Reply(body)) as (url, _):
        client = Client(settings(url), ManualClock())
        (page,) = Paging(client, f"{url}/A/Things%2B", ENTITY_SET, Query(("K",)), 20).pages()
        (row,) = page.decode()
    assert str(row["V"]) == "12345678901234567.890123456789"


def test_text_that_is_not_utf8_is_not_altered_silently():
    with serve(lambda _: Reply(b'{"value":[{"K":"1"},{"K":"\xff"},{"K":"3"}],"@odata.count":3}')) as (url, _):
        client = Client(settings(url), ManualClock())
        pages = Paging(client, f"{url}/A/Things%2B", ENTITY_SET, Query(("K",)), 20).pages()
        with pytest.raises(DoubtfulRead, match="cannot be read"):
            list(next(pages).decode())
