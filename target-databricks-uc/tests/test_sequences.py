"""The order of arrival."""

import io

import pytest
from singer_kit.clock import ManualClock, SystemClock
from target_databricks_uc.sequences import Sequences

from .messages import lines_of, record, schema


def test_sequences_are_consecutive_and_follow_the_clock():
    clock = ManualClock(1.5)
    sequences = Sequences(clock, 0)
    first = 1500 * 2**20
    assert [sequences.take(2), sequences.take(1), sequences.take(1)] == [first, first + 2, first + 3]
    clock.advance(0.001)
    assert sequences.take(1) == 1501 * 2**20


def test_a_million_records_in_a_millisecond_do_not_outrun_the_clock():
    clock = ManualClock(1.5)
    Sequences(clock, 0).take(1_000_000)
    clock.advance(0.001)
    assert Sequences(clock, 0).take(1) > 1500 * 2**20 + 1_000_000


def test_a_clock_that_was_set_back_does_not_count():
    clock = ManualClock(1.5)
    assert Sequences(clock, 2000 * 2**20).take(1) == 2000 * 2**20 + 1


@pytest.mark.server
def test_the_sequence_rises_over_runs(workspace):
    items = schema("Items", {"id": {"type": "integer"}, "name": {"type": "string"}})
    workspace.load(items, record("Items", id=1, name="a"))
    workspace.query(f"UPDATE {workspace.schema}.`_loads` SET `last_sequence` = 8000000000000000000")
    workspace.query(f"UPDATE {workspace.schema}.`items` SET `_sdc_sequence` = 8000000000000000000")
    workspace.load(items, record("Items", id=1, name="b"), record("Items", id=2, name="c"))
    assert workspace.rows("items", "name", "_sdc_sequence") == [
        ("b", "8000000000000000001"),
        ("c", "8000000000000000002"),
    ]


class FixedClock(SystemClock):
    """A clock whose time of day stands."""

    def __init__(self, seconds):
        super().__init__()
        self._seconds = seconds

    def time(self):
        return self._seconds


@pytest.mark.server
def test_a_run_that_was_killed_before_its_entry_does_not_hide_newer_rows(workspace):
    items = schema("items", {"id": {"type": "integer"}, "price": {"type": "number"}})

    def load(seconds, *messages):
        target = workspace.target()
        target.clock = FixedClock(seconds)
        target.run(io.BytesIO(lines_of([items, *messages])))

    load(1_782_000_000, record("items", id=0, price=0))
    rows = [record("items", id=n, price=100) for n in range(3_000)]
    load(1_782_000_001, *rows)
    workspace.query(f"DELETE FROM {workspace.schema}.`_loads`")  # what a kill behind the MERGE leaves
    load(1_782_000_002, record("items", id=2_999, price=999.99))
    found = workspace.query(f"SELECT `price` FROM {workspace.schema}.`items` WHERE `id` = 2999")
    assert found == [{"price": "999.99"}]
