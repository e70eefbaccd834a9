"""Every way in which a server may end a page, over real HTTP."""

from __future__ import annotations

import pytest
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.odata.paging import Query

from .tap_http import Reply
from .things import KEYS, Things, read

pytestmark = pytest.mark.server


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
    with pytest.raises(DoubtfulReadError, match="leads elsewhere"):
        read(Things(links="http://{host}/A/Others"))


def test_a_link_that_repeats_itself_ends_the_read():
    with pytest.raises(DoubtfulReadError, match="same page twice"):
        read(lambda _: Reply({"value": [{"K": "1", "V": 1}], "@odata.nextLink": "?$skip=1"}))


def test_a_filter_that_is_ignored_ends_the_read():
    with pytest.raises(DoubtfulReadError, match="same page twice"):
        read(lambda _: Reply({"value": [{"K": "1", "V": 1}]}))


def test_rows_announced_and_not_given_are_doubted():
    def short(request):
        if "$filter" in request.query:
            return Reply({"value": []})
        return Reply({"value": [{"K": "1", "V": 1}], "@odata.count": 3})

    with pytest.raises(DoubtfulReadError, match="announced 3 rows and gave 1"):
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


def test_a_slow_server_is_asked_for_less():
    fault = Reply({"error": {"message": "Execution Timeout Expired"}}, 500)
    _, requests = read(Things(keys=KEYS[:5], faults=[fault, fault]), page_size=1000)
    assert [request.query["$top"] for request in requests] == ["1000", "500", "250"]


def test_select_is_dropped_before_the_address_is_too_long_for_iis():
    columns = tuple(f"AVeryLongColumnName{number}" for number in range(120))
    _, requests = read(Things(keys=KEYS[:3]), query=Query(("K",), select=columns))
    assert all(len(request.query_string) <= 2048 and "$select" not in request.query for request in requests)


def test_select_is_sent_when_it_fits():
    _, requests = read(Things(keys=KEYS[:3]), query=Query(("K",), select=("K",)))
    assert requests[0].query["$select"] == "K"
