from contextlib import contextmanager
from datetime import datetime, timezone

from singer_kit.clock import ManualClock, SystemClock


def test_a_manual_clock_moves_when_it_is_told():
    clock = ManualClock(0)
    clock.sleep(60)
    clock.advance(1.5)
    assert clock.slept == [60]
    assert clock.time() == clock.monotonic() == 61.5
    assert clock.now() == datetime(1970, 1, 1, 0, 1, 1, 500_000, tzinfo=timezone.utc)


def test_the_system_clock_is_aware_and_enters_around_a_sleep():
    entered = []

    @contextmanager
    def around():
        entered.append("in")
        yield
        entered.append("out")

    clock = SystemClock(around)
    clock.sleep(0)
    assert entered == ["in", "out"]
    assert clock.now().tzinfo is timezone.utc
    assert abs(clock.now().timestamp() - clock.time()) < 60
    assert clock.monotonic() <= clock.monotonic()
