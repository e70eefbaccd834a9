"""Answers that are asked for again, and those that are not."""

from __future__ import annotations

import pytest
from singer_kit.clock import ManualClock
from tap_syspro.errors import RequestRefusedError, ServiceBusyError

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
