"""The request budget: no minute holds more than it, and everybody is held back when it is used up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.clock import ManualClock
from singer_kit.shutdown import Interrupted, Shutdown
from target_anaplan.api.request_budget import WINDOW_SECONDS, RateLimiter


@given(budget=st.integers(1, 20), pauses=st.lists(st.floats(0, 30), max_size=60))
def test_no_minute_holds_more_than_the_budget(budget, pauses):
    clock = ManualClock()
    limiter = RateLimiter(budget, clock)
    sent = []
    for pause in pauses:
        clock.advance(pause)
        limiter.acquire()
        sent.append(clock.monotonic())
    for start in sent:
        assert sum(start <= moment < start + WINDOW_SECONDS - 1e-6 for moment in sent) <= budget


def test_a_pause_holds_everybody_back():
    clock = ManualClock()
    limiter = RateLimiter(600, clock)
    began = clock.monotonic()
    limiter.pause(10)
    limiter.acquire()
    assert clock.monotonic() - began == pytest.approx(10)


def test_a_signal_ends_the_wait_for_the_budget():
    shutdown = Shutdown()
    limiter = RateLimiter(1, ManualClock(shutdown=shutdown))
    limiter.acquire()
    shutdown.requested = 15
    with pytest.raises(Interrupted):
        limiter.acquire()
