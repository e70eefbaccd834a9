from datetime import datetime, timezone

import backoff
import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.clock import ManualClock
from singer_kit.errors import PermanentError, RetryableError
from singer_kit.retry import RetryPolicy, call_with_retry, parse_retry_after

NOW = datetime(2026, 6, 17, 12, 0, tzinfo=timezone.utc)


def failing(*outcomes):
    """A call that raises or returns one outcome after the other."""
    remaining = list(outcomes)

    def call():
        outcome = remaining.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return call


@pytest.fixture
def no_jitter(monkeypatch):
    monkeypatch.setattr(backoff, "full_jitter", lambda value: value)


@pytest.mark.usefixtures("no_jitter")
def test_waits_double_up_to_the_cap():
    clock = ManualClock()
    policy = RetryPolicy(max_tries=6, base=1, cap=5)
    assert call_with_retry(failing(*[RetryableError("no")] * 5, "yes"), policy=policy, clock=clock) == "yes"
    assert clock.slept == [1, 2, 4, 5, 5]


@given(st.integers(1, 8), st.floats(0.1, 10), st.floats(0.1, 100))
def test_jitter_stays_below_the_doubling_limit(tries, base, cap):
    clock = ManualClock()
    with pytest.raises(RetryableError):
        call_with_retry(
            failing(*[RetryableError("no")] * tries), policy=RetryPolicy(tries, base, cap), clock=clock
        )
    assert len(clock.slept) == tries - 1
    assert all(0 <= wait <= min(cap, base * 2**n) for n, wait in enumerate(clock.slept))


def test_the_server_s_wait_wins():
    clock = ManualClock()
    call = failing(RetryableError("busy", retry_after=90), "yes")
    call_with_retry(call, policy=RetryPolicy(2, cap=5), clock=clock)
    assert clock.slept == [90]


@pytest.mark.usefixtures("no_jitter")
def test_never_sleeps_past_the_budget():
    clock = ManualClock()
    with pytest.raises(RetryableError, match="Third"):
        call_with_retry(
            failing(RetryableError("first"), RetryableError("second"), RetryableError("third")),
            policy=RetryPolicy(10, base=1, budget=6.5),
            clock=clock,
        )
    assert clock.slept == [1, 2]  # 4 more would be 7 in all


def test_what_is_permanent_is_raised_at_once():
    clock = ManualClock()
    with pytest.raises(PermanentError):
        call_with_retry(failing(PermanentError("no")), policy=RetryPolicy(5), clock=clock)
    assert clock.slept == []


def test_callers_decide_and_are_told():
    told = []
    call_with_retry(
        failing(KeyError("x"), "yes"),
        policy=RetryPolicy(2),
        clock=ManualClock(),
        is_retryable=lambda error: isinstance(error, KeyError),
        on_retry=lambda error, attempt, wait: told.append((type(error), attempt, wait >= 0)),
    )
    assert told == [(KeyError, 1, True)]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("Wed, 17 Jun 2026 12:00:30 GMT", 30.0),
        ("Wed, 17 Jun 2026 11:59:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
    ],
)
def test_retry_after(header, seconds):
    assert parse_retry_after(header, NOW) == seconds
