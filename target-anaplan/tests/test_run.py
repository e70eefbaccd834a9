"""Message files through the real executable: rows arrive, and STATE follows what arrived."""

from __future__ import annotations

import json

import pytest

from .mappings import FACTS, ITEMS
from .singer_messages import record, schema, state

pytestmark = pytest.mark.server


def test_rows_arrive_exactly_and_state_follows(model, target, input_lines):
    model.polls = 3
    run = target.run(input_lines, mappings=[FACTS, ITEMS])
    assert run.code == 0, run.err
    assert model.uploaded("Items.csv") == [["Code", "Name"], ["A", 'Größe, "5"'], ["B", ""]]
    assert model.uploaded("Facts.csv") == [["Item", "Value"], ["A", "1.1"]]
    starts = model.calls("POST .*/tasks")
    assert [call.split("/")[-2] for call in starts] == ["112000000001", "112000000002"]  # the list first
    assert run.states[-1] == {"n": 2}
    assert [outcome["state"] for outcome in run.outcomes] == ["accepted", "accepted"]
    assert model.calls("logout")
    assert not model.tokens
    assert not list(run.state_dir.glob("spool/*"))


def test_nothing_to_deliver_means_not_one_request(model, target):
    lines = [schema("items", "id"), record("items", id="A", _sdc_deleted_at="2026-06-17T00:00:00Z"), state(7)]
    run = target.run(lines, mappings=[{**ITEMS, "columns": {"Code": "id"}}])
    assert (run.code, run.states[-1]) == (0, {"n": 7})
    assert model.log == []
    assert "1 deletions not applied" in run.last_line


def test_the_executable_itself(model, target, input_lines):
    run = target.execute("".join(json.dumps(line) + "\n" for line in input_lines), mappings=[FACTS, ITEMS])
    assert (run.code, run.states) == (0, [{"n": 2}]), run.err


def test_one_missing_import_leaves_the_rest(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS, {**FACTS, "import": "Fakts"}])
    assert run.code == 3
    assert "no import 'Fakts'" in run.last_line
    assert "did you mean 'Facts'?" in run.last_line
    assert len(model.uploaded("Items.csv")) == 3
    assert run.out == ""  # every STATE follows the first record of `facts`


def test_state_before_the_failed_stream_is_printed(model, target, input_lines):
    early = [schema("items", "id", "name"), record("items", id="Z", name="z"), state(0), *input_lines]
    run = target.run(early, mappings=[ITEMS, {**FACTS, "import": "Fakts"}])
    assert (run.code, run.states[-1]) == (3, {"n": 0})


def test_all_imports_missing(model, target, input_lines):
    model.imports.clear()
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 1
    assert "Nothing was delivered" in run.last_line
    assert run.out == ""


def test_a_missing_import_is_one_error_that_names_the_setting(model, target, input_lines):
    run = target.run(input_lines, mappings=[{**ITEMS, "import": "Itemz"}, FACTS])
    assert run.code == 3
    [line] = [line for line in run.err.splitlines() if "ERROR" in line]
    assert "The model has no import 'Itemz'" in line
    assert "`mapping_file` or `mappings`" in line


def test_a_stream_fills_several_files_and_a_pattern_collects_streams(model, target):
    lines = []
    for name in ("items_a", "items_b"):
        lines += [schema(name, "id", "name"), record(name, id=1, name=name), state(1)]
    mappings = [
        {
            "stream": "items_*",
            "import": "Items",
            "columns": {"Code": {"join": ["name", "id"]}, "Name": "name"},
        },
        {
            "stream": "items_a",
            "import": "Facts",
            "columns": {"Item": "id", "Value": {"constant": 5}},
            "key": ["Item"],
        },
    ]
    run = target.run(lines, mappings=mappings)
    assert (run.code, run.states[-1]) == (0, {"n": 1}), run.err
    assert model.uploaded("Items.csv")[1:] == [["items_a|1", "items_a"], ["items_b|1", "items_b"]]
    assert model.uploaded("Facts.csv")[1:] == [["1", "5"]]


def test_the_newest_record_of_a_key_wins(model, target):
    lines = [schema("items", "id", "name")]
    lines += [record("items", id="A", name=name) for name in ("old", "older", "new")]
    run = target.run(lines, mappings=[ITEMS])
    assert run.code == 0
    assert model.uploaded("Items.csv")[1:] == [["A", "new"]]
    assert run.outcomes[0]["counts"]["replaced"] == 2


def test_the_file_follows_the_formats_of_the_model(script, target):
    source = {"columnSeparator": ";", "textDelimiter": "'", "decimalSeparator": ","}
    script.add_import(1, "Items", ["Name", "Code"], **source)
    run = target.run([schema("items", "id", "name"), record("items", id=1.5, name="a;b")], mappings=[ITEMS])
    assert run.code == 0, run.err
    assert script.text("113000000001") == "Name;Code\n'a;b';1,5\n"


def test_stream_maps_stand_before_the_mapping(model, target):
    maps = {"items": {"name": "name.upper()"}}
    run = target.run(
        [schema("items", "id", "name"), record("items", id="A", name="a")], mappings=[ITEMS], stream_maps=maps
    )
    assert run.code == 0, run.err
    assert model.uploaded("Items.csv")[1:] == [["A", "A"]]
