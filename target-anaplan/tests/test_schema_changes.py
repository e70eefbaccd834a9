"""A SCHEMA that comes again, changed: no STATE is printed ahead of what came before it."""

from __future__ import annotations

import pytest

from .singer_messages import record, schema, state

pytestmark = pytest.mark.server


def lines(*more):
    return [
        schema("things", "Code", "Name", key=("Code",)),
        record("things", Code="A", Name="a"),
        state(1),
        schema("things", "Code", "Name", "_sdc_batched_at", key=("Code",)),
        *more,
        state(2),
    ]


def test_no_state_is_printed_ahead_of_a_failed_import(model, target):
    model.results["112000000001"] = {"successful": False, "details": [{"type": "importFailedGeneralError"}]}
    run = target.run(lines())
    assert run.code == 1, run.err
    assert run.out == ""


def test_a_second_schema_goes_on_filling_the_same_file(model, target):
    run = target.run(lines(record("things", Code="B", Name="b")))
    assert (run.code, run.states[-1]) == (0, {"n": 2}), run.err
    assert model.uploaded("Items.csv")[1:] == [["A", "a"], ["B", "b"]]


def test_a_schema_that_fits_no_import_any_more_holds_back_nothing_of_what_fits(model, target):
    wider = [schema("things", "Code", "Colour", key=("Code",)), record("things", Code="B", Colour="red")]
    model.results["112000000001"] = {"successful": False, "details": [{"type": "importFailedGeneralError"}]}
    run = target.run(lines(*wider), unmapped_streams="skip")
    assert (run.code, run.out) == (1, ""), run.err
