"""Every way in which a server may end a page, over real HTTP."""

from __future__ import annotations

import pytest
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet
from tap_syspro.odata.paging import PAGE_BYTES, Query

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


@pytest.mark.parametrize("links", [None, "", "http://{host}/A/Things%2B"], ids=["no", "relative", "absolute"])
@pytest.mark.parametrize("rows", [41, 47], ids=["at the end", "within"])
@pytest.mark.parametrize("change", ["goes", "comes"])
def test_a_row_that_goes_or_comes_between_pages_costs_no_other_row(links, rows, change):
    """What was there from the first page to the last is given exactly once (`$skip` loses or doubles it)."""

    class Changing(Things):
        answers = 0

        def __call__(self, request):
            reply = super().__call__(request)
            self.answers += 1
            if self.answers == 2:
                self.keys = ["00005", *self.keys] if change == "comes" else self.keys[1:]
            return reply

    keys, _ = read(Changing(keys=KEYS[:rows], links=links), page_size=20)
    assert keys == KEYS[:rows]


def test_a_row_that_comes_ahead_of_the_read_hides_no_other():
    """`$count` was met by a row that it had not counted; the last row is read all the same."""

    class ShortPages(Things):
        def __call__(self, request):
            self.cap = 11 if "$filter" not in request.query else 9
            reply = super().__call__(request)
            if "$filter" not in request.query:
                self.keys = sorted([*self.keys, "00125"])
            return reply

    keys, _ = read(ShortPages(keys=KEYS[:20]), page_size=20)
    assert keys == sorted([*KEYS[:20], "00125"])


def test_a_server_whose_pages_end_anywhere_is_not_asked_row_by_row():
    class Moody(Things):
        def __call__(self, request):
            self.cap = 10 if "$filter" in request.query else 1
            return super().__call__(request)

    keys, requests = read(Moody(counts=False))
    assert keys == KEYS
    assert len(requests) < 10


def test_a_link_that_ends_early_loses_nothing():
    class Forgetful(Things):
        def __call__(self, request):
            reply = super().__call__(request)
            if "K gt '0019'" in request.query.get("$filter", ""):
                reply.body.pop("@odata.nextLink", None)
            return reply

    keys, _ = read(Forgetful(links=""), page_size=100)
    assert keys == KEYS


def test_a_link_to_elsewhere_is_not_followed():
    keys, requests = read(Things(links="http://{host}/A/Others"))
    assert keys == KEYS
    assert {request.path for request in requests} == {"/A/Things+"}


def test_an_empty_page_with_a_link_is_doubted():
    with pytest.raises(DoubtfulReadError, match="says there is more"):
        read(lambda _: Reply({"value": [], "@odata.nextLink": "?$skip=1"}))


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


def test_rows_turn_out_wide_and_pages_get_smaller():
    sizes = []

    class Wide(Things):
        def __call__(self, request):
            reply = super().__call__(request)
            for row in reply.body["value"]:
                row["V"] = "9" * 200_000
            sizes.append(len(reply.encoded()))
            return reply

    keys, requests = read(Wide(cap=5000), page_size=40)
    assert keys == KEYS
    assert [int(request.query["$top"]) for request in requests] == [40, 20, 20]
    assert max(sizes[1:]) <= PAGE_BYTES


def test_a_wide_table_is_asked_for_less_from_the_first_page_on():
    names = [f"ColumnNumber{number:03d}" for number in range(134)]
    columns = {name: Column(name, ColumnKind.TEXT, max_length=50) for name in names}
    entity_set = EntitySet("Wide", {"K": Column("K", ColumnKind.TEXT, max_length=4)} | columns, ("K",))
    sizes = []

    class Wide(Things):
        def __call__(self, request):
            reply = super().__call__(request)
            for row in reply.body["value"]:
                row.update(dict.fromkeys(names, "x" * 50))
            sizes.append(len(reply.encoded()))
            return reply

    wide = Wide(keys=[f"{number:04d}" for number in range(1000)], cap=5000)
    keys, _ = read(wide, page_size=5000, entity_set=entity_set)
    assert keys == wide.keys
    assert max(sizes) <= PAGE_BYTES
    assert len(sizes) <= 4


def test_narrow_rows_come_in_whole_pages():
    _, requests = read(Things(cap=5000), page_size=4000)
    assert requests[0].query["$top"] == "4000"
