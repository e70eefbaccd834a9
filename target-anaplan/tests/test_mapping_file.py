"""Mapping files: every error names the file, the line and the key."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest
from singer_kit.errors import SettingsError
from target_anaplan.mapping.definition import load
from target_anaplan.mapping.expressions import Constant, Property
from target_anaplan.mapping.yaml_document import from_setting, read_file
from target_anaplan.plan.delivery_order import arrange, predecessors

DEMO = Path(__file__).parents[2] / "mappings" / "demo.yml"


def read(tmp_path, text):
    path = tmp_path / "mapping.yml"
    path.write_text(text, encoding="utf-8")
    return read_file(path)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["the file is empty"]),
        ("- stream: [", ["line", "not YAML"]),
        (
            "- stream: a\n  colums: {A: B}\n  import: I\n",
            ["line 2", "unknown key 'colums'", "key 'columns' is missing"],
        ),
        ("- stream: a\n  columns: {A: B}\n", ["line 1, [0]", "exactly one of import, process"]),
        ("- stream: a\n  process: P\n  columns: {A: B}\n", ["line 2, [0].process", "needs 'file'"]),
        ("- stream: a\n  import: I\n  columns:\n    A: B\n    A: C\n", ["line 5", "'A' stands here twice"]),
        (
            "- stream: a\n  import: I\n  columns:\n    A: {date: x}\n",
            ["line 4, [0].columns.A", "exactly one of property"],
        ),
        (
            "- stream: a\n  import: I\n  columns:\n    A:\n      join: [x]\n      wiht: y\n",
            ["line 6", "'wiht'"],
        ),
        (
            "- stream: a\n  import: I\n  columns:\n    A: {property: x, default: 1}\n",
            ["line 4", "needs 'values'"],
        ),
        (
            "- stream: a\n  import: I\n  columns:\n    A: {join: [x, y], with: a}\n",
            ["line 4", "cannot separate"],
        ),
        (
            "- stream: a\n  import: I\n  columns:\n    A: {property: x, date: '%Q'}\n",
            ["line 4", "'%Q' is not known"],
        ),
        (
            "- stream: a\n  import: I\n  columns: {A: B}\n  key: [C]\n",
            ["line 4, [0].key", "'C' is not one of the columns"],
        ),
        ("- stream: a\n  import: I\n  columns: {A: 5}\n", ["line 3, [0].columns.A", "not of the kind"]),
        (
            "- stream: a\n  import: I\n  columns: {A: B}\n  content: full\n",
            ["line 4", "stream 'a'", "not supported yet"],
        ),
        (
            "- stream: a\n  import: I\n  columns: {A: B}\n  on_delete: {remove: L}\n",
            ["line 4, [0].on_delete", "not supported yet"],
        ),
        (
            "- stream: a\n  import: I\n  columns: {A: B}\n  on_duplicate: sum\n",
            ["line 4", "not supported yet"],
        ),
        (
            "- {stream: a, import: I, columns: {A: B}}\n- {stream: b, import: I, columns: {A: B}}\n",
            ["line 2, [1].import", "fills the same import"],
        ),
        (
            "- {stream: a, import: I, columns: {A: B}, unpivot: {columns: [X1, Y1], name: n, value: v}}\n",
            ["line 1", "'Y1' has the number of 'X1'"],
        ),
        ("stream: a\n", ["line 1", "is not of the kind array"]),
    ],
)
def test_errors_name_the_place(tmp_path, text, wanted):
    with pytest.raises(SettingsError) as caught:
        load(read(tmp_path, text))
    message = str(caught.value)
    assert "mapping.yml" in message
    assert "`mapping_file`" in message
    assert [part for part in wanted if part not in message] == [], message


def test_errors_of_the_setting_name_the_key():
    with pytest.raises(SettingsError, match=r"mappings, \[0\].columns.A.*`mappings`"):
        load(from_setting([{"stream": "a", "import": "I", "columns": {"A": 5}}]))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.yml.*No such file"):
        read_file(tmp_path / "nowhere.yml")


def test_yaml_keeps_codes_and_headers_as_they_are(tmp_path):
    text = (
        "- stream: a\n  import: I\n  columns:\n    No: {constant: 010}\n    Rate: {constant: 0.10}\n"
        "    Y: {property: p, values: {Y: true, N: false}}\n"
    )
    mapping = load(read(tmp_path, text))[0]
    assert mapping.columns["No"] == Constant("010")
    assert mapping.columns["Rate"] == Constant(Decimal("0.10"))
    assert mapping.columns["Y"] == Property("p", values={"Y": True, "N": False})


def make(*specs):
    return from_setting([{"columns": {"A": "B"}, **spec} for spec in specs])


def test_lists_go_before_modules_and_after_is_obeyed():
    document = make(
        {"stream": "facts", "import": "Module", "after": ["items"]},
        {"stream": "other", "import": "Other module"},
        {"stream": "items", "import": "List", "after": ["Groups"]},
        {"stream": "groups", "import": "Groups"},
    )
    waits = predecessors(document, load(document))
    ranks = {"Module": 2, "Other module": 2, "List": 0, "Groups": 0}
    ordered = [target for _kind, target in arrange(waits, lambda batch: ranks[batch[1]])]
    assert ordered == ["Groups", "List", "Module", "Other module"]


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ((["c"], ["a"], ["b"]), r"wait for each other: 'A' after 'C' after 'B' after 'A'"),
        ((["a"], [], []), "delivered together with this"),
        ((["nothing"], [], []), "'nothing' is no mapping"),
    ],
)
def test_after_must_make_sense(after, message):
    names = zip("abc", "ABC", after, strict=True)
    document = make(
        *({"stream": low, "import": up, **({"after": before} if before else {})} for low, up, before in names)
    )
    with pytest.raises(SettingsError, match=message):
        predecessors(document, load(document))


def test_patterns_match_streams():
    mapping = load(make({"stream": "gl_*", "import": "I"}))[0]
    assert mapping.matches("gl_accounts")
    assert not mapping.matches("GL_accounts")


def test_missing_properties_are_found_with_their_readers():
    spec = {
        "stream": "s",
        "import": "I",
        "columns": {"A": "Balance", "B": "Gone"},
        "unpivot": {
            "columns": ["P1"],
            "name": "Period",
            "value": "Balance",
            "movement": {"name": "M", "start": "Begin"},
        },
    }
    mapping = load(from_setting([spec]))[0]
    assert mapping.missing_properties({"P1"}) == {"Gone": "column 'B'", "Begin": "unpivot"}


def test_the_demo_mapping_file_is_valid_and_ordered():
    document = read_file(DEMO)
    mappings = load(document)
    waits = predecessors(document, mappings)
    order = [target for _kind, target in arrange(waits, lambda _batch: 0)]
    assert {mapping.stream for mapping in mappings} >= {
        "suppliers",
        "gl_balances",
        "ap_invoices",
        "inventory_warehouses",
    }
    assert order.index("GL Groups from SYSPRO") < order.index("GL Accounts from SYSPRO")
    assert order.index("GL Accounts from SYSPRO") < order.index("GL Balances from SYSPRO")


def test_the_readme_explains_every_key():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    schema = json.loads(resources.files("target_anaplan.mapping").joinpath("schema.json").read_text("utf-8"))
    definitions = schema["$defs"]
    keys = set(definitions["mapping"]["properties"]) | {
        key
        for name in ("property", "join", "period", "part", "unpivot")
        for key in definitions[name]["properties"]
    }
    assert [key for key in keys if not re.search(rf"`{key}`|\b{key}:", text)] == []
