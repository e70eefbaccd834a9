import signal
import threading
import time
from datetime import datetime, timezone

import pytest
from singer_kit.clock import ManualClock, SystemClock
from singer_kit.shutdown import Interrupted, Shutdown

#: Longer than any test may take: a sleep that no signal ends fails by its test's time limit.
LONG = 3600


def test_a_manual_clock_moves_when_it_is_told():
    clock = ManualClock(0)
    clock.sleep(60)
    clock.advance(1.5)
    assert clock.slept == [60]
    assert clock.time() == clock.monotonic() == 61.5
    assert clock.now() == datetime(1970, 1, 1, 0, 1, 1, 500_000, tzinfo=timezone.utc)


def test_a_manual_clock_ends_its_sleep_after_a_signal():
    shutdown = Shutdown()
    clock = ManualClock(0, shutdown)
    clock.sleep(1)
    shutdown.requested = signal.SIGTERM
    with pytest.raises(Interrupted):
        clock.sleep(1)
    assert clock.slept == [1]


def test_the_system_clock_is_aware():
    clock = SystemClock()
    assert clock.now().tzinfo is timezone.utc
    assert abs(clock.now().timestamp() - clock.time()) < 60
    assert clock.monotonic() <= clock.monotonic()


@pytest.mark.parametrize("shutdown", [None, Shutdown()])
def test_the_system_clock_sleeps_so_long(shutdown):
    before = time.monotonic()
    SystemClock(shutdown).sleep(0.05)
    assert time.monotonic() - before >= 0.05


def test_no_sleep_begins_after_a_signal():
    shutdown = Shutdown()
    shutdown.requested = signal.SIGTERM
    for seconds in (0, LONG):
        with pytest.raises(Interrupted):
            SystemClock(shutdown).sleep(seconds)


@pytest.mark.timeout(60)
def test_a_signal_ends_the_sleep_of_the_main_thread():
    shutdown = Shutdown()
    sender = threading.Timer(0.05, signal.raise_signal, [signal.SIGTERM])
    with shutdown.installed():
        sender.start()
        with pytest.raises(Interrupted):
            SystemClock(shutdown).sleep(LONG)
    sender.join()


@pytest.mark.timeout(60)
def test_a_signal_ends_the_sleep_of_another_thread():
    shutdown = Shutdown()
    ended = []

    def sleep():
        try:
            SystemClock(shutdown).sleep(LONG)
        except Interrupted as stop:
            ended.append(stop.signum)

    thread = threading.Thread(target=sleep)
    with shutdown.installed():
        thread.start()
        signal.raise_signal(signal.SIGTERM)
        thread.join()
    assert ended == [signal.SIGTERM]
