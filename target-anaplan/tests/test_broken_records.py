"""Records that cannot be rows: each is set aside alone, with its reason, and the rest goes on."""

from __future__ import annotations

import json

import pytest

from .mappings import FACTS, ITEMS
from .singer_messages import record, schema, state

pytestmark = pytest.mark.server

BROKEN = {
    "key": {"name": "x"},
    "nul": {"id": "X", "name": "a\0b"},
    "absent": {"id": "X"},
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_record_is_set_aside_alone(model, target, code):
    lines = [
        schema("items", "id", "name"),
        record("items", id="A", name="a"),
        record("items", **BROKEN[code]),
        record("items", id="B", name="b"),
        state(1),
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    run = target.execute(text, mappings=[ITEMS])
    assert (run.code, run.states) == (0, [{"n": 1}]), run.err
    assert model.uploaded("Items.csv")[1:] == [["A", "a"], ["B", "b"]]
    assert [(row["reason_code"], row["stream"]) for row in run.rejected] == [(code, "items")]
    assert run.rejected[0]["record"].keys() == BROKEN[code].keys()
    assert "1 not writable: 1 rows in quarantine" in run.last_line


def test_records_without_a_key_do_not_replace_each_other(model, target):
    lines = [schema("items", "id", "name"), *(record("items", name=name) for name in "xyz")]
    run = target.run(lines, mappings=[ITEMS])
    assert run.code == 0, run.err
    assert [row["record"]["name"] for row in run.rejected] == ["x", "y", "z"]
    assert not model.calls("files/113")


def test_absent_properties_are_blank_where_the_mapping_says_so(model, target):
    lines = [schema("items", "id", "name"), record("items", id="A")]
    run = target.run(lines, mappings=[{**ITEMS, "on_absent": "blank"}])
    assert run.code == 0, run.err
    assert model.uploaded("Items.csv")[1:] == [["A", ""]]


def test_a_blank_row_of_one_column_without_qualifier_is_set_aside(script, target):
    script.add_import(1, "Items", ["Code"], textDelimiter="")
    lines = [
        schema("items", "id", "name"),
        record("items", id="A", name=None),
        record("items", id="B", name="b"),
    ]
    run = target.run(lines, mappings=[{"stream": "items", "import": "Items", "columns": {"Code": "name"}}])
    assert run.code == 0, run.err
    assert script.text("113000000001") == "Code\nb\n"
    assert [row["reason_code"] for row in run.rejected] == ["blank"]


def test_a_mapping_onto_a_module_says_what_is_unique(model, target):
    lines = [schema("facts", "id", "item", "value")]
    lines += [record("facts", id=number, item="A", value=1) for number in (1, 2)]
    mapping = {name: value for name, value in FACTS.items() if name not in ("key", "after")}
    run = target.run(lines, mappings=[mapping])
    assert run.code == 1, run.err
    assert "has no `key`, and the import 'Facts' fills a module" in run.last_line
    assert not model.calls("files/113")
    run = target.run(lines, mappings=[{**mapping, "key": "none"}])
    assert run.code == 0, run.err
    assert model.uploaded("Facts.csv")[1:] == [["A", "1"], ["A", "1"]]
    run = target.run(lines, mappings=[{**mapping, "key": ["Item"]}])
    assert (run.code, "Item 'A'" in run.last_line) == (1, True)
