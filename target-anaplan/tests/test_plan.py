"""What is refused before a byte is sent: settings, mappings, columns, keys."""

from __future__ import annotations

import pytest

from .mappings import FACTS, ITEMS
from .singer_messages import record, schema

pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({**ITEMS, "columns": {"Code": "id"}}, "the file has 'Name', which the mapping does not fill"),
        (
            {**ITEMS, "columns": {**ITEMS["columns"], "X": "id"}},
            "the mapping fills 'X', which the file does not have",
        ),
        ({**ITEMS, "columns": {"Code": "id", "Name": "nmae"}}, "no property 'nmae' (column 'Name')"),
    ],
)
def test_columns_are_compared_before_a_byte_is_sent(model, target, input_lines, mapping, message):
    run = target.run(input_lines, mappings=[mapping, FACTS])
    assert run.code == 3
    assert message in run.last_line
    assert not model.calls("files/113000000001")


def test_malformed_mapping_file(target, tmp_path, input_lines):
    (tmp_path / "m.yml").write_text("- stream: items\n  import: Items\n  colums: {Code: id}\n")
    run = target.run(input_lines, mapping_file="m.yml")
    assert run.code == 1
    assert "m.yml, line 3" in run.last_line
    assert "'colums'" in run.last_line


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_id": "75A4"}, "`model_id`"),
        ({"api_url": "http://api.example.com/2/0"}, "`api_url`"),
        ({"username": None}, "`username`"),
        ({"chunk_megabytes": 51}, "chunk_megabytes"),
        ({"reserve_requests_per_minute": 600}, "`reserve_requests_per_minute`"),
        ({"mapping_file": "nowhere.yml"}, "`mapping_file`"),
    ],
)
def test_wrong_settings_are_refused_before_any_call(script, target, input_lines, config, message):
    run = target.run(input_lines, **config)
    assert run.code == 1
    assert message in run.err
    assert script.log == []


def test_ids_are_normalised(model, target, input_lines):
    config = {
        "workspace_id": target.config["workspace_id"].upper(),
        "model_id": target.config["model_id"].lower(),
    }
    assert target.run(input_lines, mappings=[ITEMS, FACTS], **config).code == 0


def test_unmapped_stream_fails_before_a_request_or_is_skipped(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS])
    assert run.code == 1
    assert "'facts'" in run.last_line
    assert "unmapped_streams" in run.last_line
    assert model.log == []
    run = target.run(input_lines, mappings=[ITEMS], unmapped_streams="skip")
    assert (run.code, run.states[-1]) == (0, {"n": 2})


def test_automatic_mapping_by_headers(model, target):
    lines = [
        schema("things", "Code", "Name", "_syspro_key", key=("Code",)),
        record("things", Code="A", Name="a"),
    ]
    run = target.run(lines)
    assert run.code == 0
    assert model.uploaded("Items.csv") == [["Code", "Name"], ["A", "a"]]
    assert run.outcomes[0]["target"] == "import 'Items' (stream things)"


def test_ambiguous_automatic_mapping(model, target):
    model.add_import(3, "Items too", ["Name", "Code"])
    run = target.run([schema("things", "Code", "Name", key=("Code",)), record("things", Code="A", Name="a")])
    assert run.code == 1
    assert "fits several imports: 'Items', 'Items too'" in run.last_line
    assert not model.calls("files/")


def test_equal_keys_stop_the_mapping_before_it_is_sent(model, target):
    lines = [
        schema("items", "id", "name"),
        record("items", id="A", name="x"),
        record("items", id="B", name="x"),
    ]
    mapping = {**ITEMS, "key": ["Name"]}
    run = target.run(lines, mappings=[mapping])
    assert run.code == 1
    assert "Name 'x'" in run.last_line
    assert not model.calls("files/113")


def test_unknown_settings_do_not_matter(model, target, input_lines):
    assert (
        target.run(input_lines, mappings=[ITEMS, FACTS], oauth_url="http://127.0.0.1:1", nonsense=1).code == 0
    )
