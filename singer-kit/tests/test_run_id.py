import re
from datetime import datetime, timezone

from singer_kit.clock import ManualClock
from singer_kit.run_id import new_run_id, started_at

START = datetime(2026, 11, 26, 12, 14, 15, tzinfo=timezone.utc)


def test_it_says_when_the_run_began():
    run_id = new_run_id(ManualClock(START.timestamp()))
    assert re.fullmatch(r"20261126T121415Z-[0-9a-f]{8}", run_id)
    assert started_at(run_id) == START


def test_two_runs_of_one_second_differ_and_later_ones_sort_behind():
    clock = ManualClock(START.timestamp())
    first, second = new_run_id(clock), new_run_id(clock)
    clock.advance(1)
    assert first != second
    assert max(first, second) < new_run_id(clock)


def test_what_no_run_of_ours_is_called():
    assert started_at("landing") is None
