"""The order of arrival."""

import pytest
from target_databricks_uc.sequences import Sequences

from .messages import record, schema


def test_sequences_are_consecutive():
    sequences = Sequences(1000, 0)
    assert [sequences.take(2), sequences.take(1), sequences.take(1)] == [1000, 1002, 1003]


def test_a_clock_that_was_set_back_does_not_count():
    assert Sequences(1000, 5000).take(1) == 5001


@pytest.mark.server
def test_the_sequence_rises_over_runs(workspace):
    items = schema("Items", {"id": {"type": "integer"}, "name": {"type": "string"}})
    workspace.load(items, record("Items", id=1, name="a"))
    workspace.query(f"UPDATE {workspace.schema}.`_loads` SET `last_sequence` = 9000000000000000")
    workspace.query(f"UPDATE {workspace.schema}.`items` SET `_sdc_sequence` = 9000000000000000")
    workspace.load(items, record("Items", id=1, name="b"), record("Items", id=2, name="c"))
    assert workspace.rows("items", "name", "_sdc_sequence") == [
        ("b", "9000000000000001"),
        ("c", "9000000000000002"),
    ]
