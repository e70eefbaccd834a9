"""The request budget: no minute holds more than it, and everybody is held back when it is used up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.clock import ManualClock
from singer_kit.shutdown import Interrupted, Shutdown
from target_anaplan.api.request_budget import WINDOW_SECONDS, RateLimiter
from target_anaplan.api.retry_policies import Retries
from target_anaplan.errors import ModelBusyError, TooManyRequestsError


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


def test_a_storm_of_429_is_outlasted_for_as_long_as_is_allowed():
    clock = ManualClock()
    limiter = RateLimiter(600, clock)
    began = clock.monotonic()

    def storm():
        if clock.monotonic() - began < 800:
            raise TooManyRequestsError("too many", retry_after=5)
        return "calm"

    assert Retries(limiter, clock, lock_wait_seconds=600).call(storm, repeatable=True) == "calm"


def test_the_wait_for_a_locked_model_is_told_in_seconds():
    clock = ManualClock()

    def locked():
        raise ModelBusyError("The model is locked", retry_after=10)

    with pytest.raises(ModelBusyError, match="waited for 60 s"):
        Retries(RateLimiter(600, clock), clock, lock_wait_seconds=60).call(locked, repeatable=True)
