"""Answers that are asked for again, and those that are not."""

from __future__ import annotations

import json

import pytest
from singer_kit.clock import ManualClock
from tap_syspro.errors import AccessDeniedError, NotFoundError, RequestRefusedError, ServiceBusyError

from .tap_http import Reply
from .things import KEYS, Things, read

pytestmark = pytest.mark.server


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


def test_retries_end():
    faults = [Reply({}, 503)] * 9
    with pytest.raises(ServiceBusyError, match="503"):
        read(Things(faults=faults), max_retries=2)
    assert len(faults) == 6


def test_a_refusal_tells_what_syspro_said():
    with pytest.raises(RequestRefusedError, match="Could not find a property named 'X'"):
        read(
            lambda _: Reply(
                {"error": {"message": "Could not find a property named 'X' on type 'Things'."}}, 400
            )
        )


DENIED = "The SELECT permission was denied on the object 'Things', database 'SysproCompanyA', schema 'dbo'."
FRAMES = "   at Microsoft.OData.Step(Object query) in a file that nobody has\n" * 900


def inner(message):
    return {"error": {"message": "An error has occurred.", "innererror": {"internalexception": message}}}


def page(text):
    body = f"<html><head><title>Runtime Error</title></head><body><pre>{FRAMES}{text}</pre></body></html>"
    return body.encode()


@pytest.mark.parametrize(
    "fault",
    [
        Reply(inner({"message": DENIED}), 500),
        Reply({"error": {"message": json.dumps({"error": {"code": "229", "message": DENIED}})}}, 500),
        Reply(page(f"[SqlException (0x80131904): {DENIED.replace(chr(39), '&#39;')}]"), 500),
        Reply(page("Error Number:229,State:5,Class:14"), 500),
        Reply(inner({"message": "Die SELECT-Berechtigung wurde verweigert.", "number": 229}), 500),
        Reply(inner({"message": DENIED}), 503),
        Reply({"error": {"message": DENIED}}, 200),
        Reply(page(DENIED), 200, content_type="text/html"),
    ],
    ids=["inner error", "JSON in JSON", "deep in a page", "number", "German", "503", "200", "page at 200"],
)
def test_a_denial_by_sql_server_is_found_wherever_it_stands(fault):
    clock = ManualClock()
    with pytest.raises(AccessDeniedError) as raised:
        read(Things(faults=[fault]), clock=clock)
    assert clock.slept == []
    assert len(str(raised.value)) < 500
    if DENIED[:31] in fault.encoded().decode():
        assert "The SELECT permission was denied on the object 'Things'" in str(raised.value)


def test_a_table_that_the_database_lost_is_not_asked_for_again():
    clock = ManualClock()
    with pytest.raises(NotFoundError, match=r"Invalid object name 'dbo\.Things'"):
        read(
            Things(faults=[Reply(inner({"message": "Invalid object name 'dbo.Things'."}), 500)]), clock=clock
        )
    assert clock.slept == []


def test_a_time_out_deep_in_a_body_is_still_tried_again():
    said = inner({"message": "Execution Timeout Expired.", "number": -2})
    keys, _ = read(Things(faults=[Reply(said, 500), Reply(page("Error Number:-2,State:0"), 500)]))
    assert keys == KEYS


def test_a_limit_named_by_an_inner_error_is_kept():
    class Capped(Things):
        def __call__(self, request):
            if int(request.query["$top"]) > 7:
                text = "The limit of '7' for Top query has been exceeded. The value is '20'."
                return Reply({"error": {"message": "", "innererror": {"message": text}}}, 400)
            return super().__call__(request)

    keys, requests = read(Capped())
    assert keys == KEYS
    assert [request.query["$top"] for request in requests[:2]] == ["20", "7"]


def test_a_day_of_retry_after_is_not_waited_for():
    clock = ManualClock()
    faults = [Reply({}, 503, {"Retry-After": "86400"})] * 9
    with pytest.raises(ServiceBusyError, match="asks to wait 86,400 s"):
        read(Things(faults=faults), clock=clock, max_retries=5)
    assert clock.slept == []


def test_a_server_that_times_out_costs_a_request_two_time_outs():
    class Dead(Things):
        def __call__(self, request):
            clock.advance(300)  # as long as the attempt would have taken
            return Reply({}, 504)

    clock = ManualClock()
    start = clock.monotonic()
    with pytest.raises(ServiceBusyError):
        read(Dead(), clock=clock, max_retries=5)
    assert clock.monotonic() - start <= 2 * 300 + 300


def test_a_table_that_always_needs_two_attempts_is_given_up_in_time():
    class Flaky(Things):
        answers = 0

        def __call__(self, request):
            self.answers += 1
            if self.answers % 2:
                clock.advance(200)
                return Reply({}, 503)
            return super().__call__(request)

    clock = ManualClock()
    start = clock.monotonic()
    with pytest.raises(ServiceBusyError, match="this table has lost 900 s"):
        read(Flaky(cap=1), clock=clock, max_retries=5)
    assert clock.monotonic() - start < 900 + 300


def test_an_answer_that_drips_is_given_up():
    def drip(request):
        clock.advance(4 * 300 + 1)
        return Reply({"value": []})

    clock = ManualClock()
    with pytest.raises(ServiceBusyError, match="comes too slowly"):
        read(drip, clock=clock, max_retries=0)
