"""Fault files: what stands in them becomes rules, and what is wrong is told in one line."""

import json
import re
from pathlib import Path

import pytest
import syspro_sandbox
from syspro_sandbox.faults import (
    Answer,
    Delivery,
    Faults,
    FaultsError,
    HttpRequest,
    Match,
    Rule,
    Stage,
    When,
)
from syspro_sandbox.faults.document import read_request

README = Path(syspro_sandbox.__file__).parents[1] / "README.md"
WHOLE = """
seed: 5
rules:
  - name: everything
    match:
      system: anaplan
      method: POST
      path: "*/imports/*/tasks"
      query: "*"
      headers: {Accept: "*json*"}
      body: en_US
    when: {nth: [1, 3], every: 1, from_nth: 1, times: 2, probability: 0.5}
    before: {do: day, hold: start, hold_at_most: 5, delay: 0.5}
    after:
      do:
        - lock-model
        - {method: POST, path: /x, system: syspro, headers: {X: 1}, body: y}
      answer: {status: 503, headers: {Retry-After: 5}, body_file: busy.html}
    delivery: {cut_fraction: 0.5, ending: reset, bytes_per_second: 100}
  - match: {path_regex: ".*"}
    before: {reset: true}
  - upload_bytes_per_second: 10
    after: {answer: {replace: {a: b}}}
"""
RULES = [
    Rule(
        Match("anaplan", "POST", "*/imports/*/tasks", None, "*", {"Accept": "*json*"}, "en_US"),
        When((1, 3), 1, 1, 2, 0.5),
        before=Stage(("day",), "start", 5, 0.5),
        after=Stage(
            ("lock-model", HttpRequest("POST", "/x", "syspro", {"X": "1"}, "y")),
            answer=Answer(503, {"Retry-After": "5"}, b"<h1>Busy</h1>"),
        ),
        delivery=Delivery(None, 0.5, "reset", 100),
        name="everything",
    ),
    Rule(Match(path_regex=".*"), before=Stage(reset=True), name="rule-2"),
    Rule(upload_bytes_per_second=10, after=Stage(answer=Answer(replace={"a": "b"})), name="rule-3"),
]


@pytest.fixture
def write(tmp_path):
    (tmp_path / "busy.html").write_text("<h1>Busy</h1>")

    def write(text, name="faults.yml"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def test_every_key_becomes_an_attribute(write):
    faults = Faults.from_file(write(WHOLE))
    assert faults.seed == 5
    assert [each.rule for each in faults.rules] == RULES


def test_json_is_as_good(write):
    content = {"rules": [{"match": {"system": "syspro"}, "before": {"reset": True}}]}
    faults = Faults.from_file(write(json.dumps(content, indent="\t"), "faults.json"))
    assert [each.rule for each in faults.rules] == [
        Rule(Match("syspro"), before=Stage(reset=True), name="rule-1")
    ]


def test_the_example_in_the_readme_is_one(write):
    [example] = re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    faults = Faults.from_file(write(example))
    assert len(faults.rules) == example.count("- name:") > 5


def test_the_readme_names_every_key():
    text = README.read_text("utf-8").partition("## Faults")[2]
    schema = json.loads((Path(syspro_sandbox.__file__).parent / "faults/schema.json").read_text("utf-8"))
    parts = [schema["$defs"][name] for name in ("rule", "match", "when", "stage", "answer", "delivery")]
    verbs = schema["$defs"]["action"]["anyOf"][0]["enum"]
    for key in [*(key for part in parts for key in part["properties"]), *verbs]:
        assert f"`{key}`" in text


def one(text):
    """A file with one rule."""
    return "rules:\n  - name: bad\n    match: {system: anaplan}\n    " + text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": None cannot stand here: write keys with values"),
        ("rules: []\nfaults: 1\n", ": the key faults is not known here: use seed, rules"),
        ("seed: 1\n", ": the key rules is missing: add it"),
        ("rules: {}\n", ", rules: {} cannot stand here: write a list"),
        ("rules:\n  - :\n   x", ", line 2 is not YAML"),
        ("rules: []\nrules: []\n", ", line 2 is not YAML (the key rules twice): check"),
        ("rules:\n  - match: {}\n", ", rule 1: nothing happens: add `before`, `after`, `delivery`"),
        (
            one("befor: {reset: true}"),
            ", rule 1 (bad): the key befor is not known here: use name, match, when",
        ),
        (
            one("before: {dealy: 5}"),
            ", rule 1 (bad), before: the key dealy is not known here: use do, hold, hold_at_most, delay,",
        ),
        (
            one("before: {delay: soon}"),
            ", rule 1 (bad), before.delay: 'soon' cannot stand here: write a number",
        ),
        (one("before: {reset: 1}"), ", before.reset: 1 cannot stand here: write true or false"),
        (one("before: {do: nap}"), ", before.do: 'nap' is not known here: use day, lock-model,"),
        (one("before: {do: {path: /x}}"), ", before.do: the key method is missing: add it"),
        (one("before: {answer: {}}"), ", before.answer: it says nothing: use status, headers, body,"),
        (
            one("before: {answer: {status: 99}}"),
            ", before.answer.status: 99 is less than the minimum of 200:",
        ),
        (
            one("before: {answer: {body: no}}"),
            ", before.answer.body: False cannot stand here: write text (in quotes",
        ),
        (
            one("before: {answer: {body_file: none}}"),
            ", before.answer.body_file: none cannot be read (No such file",
        ),
        (
            one("before: {answer: {body: x, body_file: busy.html}}"),
            "`body` and `body_file` exclude each other:",
        ),
        (
            one("before: {reset: true, answer: {status: 500}}"),
            ", before: `reset` and `answer` exclude each other:",
        ),
        (
            one("delivery: {ending: abrupt}"),
            ", delivery.ending: 'abrupt' is not known here: use close, clean, reset",
        ),
        (one("when: {nth: 0}\n    after: {reset: true}"), ", when.nth: 0 is less than the minimum of 1"),
        (
            one("when: {nth: x}\n    after: {reset: true}"),
            ", when.nth: 'x' cannot stand here: write a whole number",
        ),
        (
            "rules:\n  - match: {system: sap}\n    after: {reset: true}\n",
            ", rule 1, match.system: 'sap' is not known here: use syspro, anaplan, databricks",
        ),
        (
            'rules:\n  - match: {path_regex: "("}\n    after: {reset: true}\n',
            ", rule 1, match: `path_regex` is no regular expression",
        ),
        (
            "rules:\n  - name: x\n    after: {reset: true}\n  - name: x\n    after: {reset: true}\n",
            " has two rules named x: give them different names",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_the_way_out(write, text, message):
    path = write(text)
    with pytest.raises(FaultsError) as caught:
        Faults.from_file(path)
    told = str(caught.value)
    assert told.startswith(f"The fault file {path}")
    assert message in told
    assert "\n" not in told


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(FaultsError, match=r"cannot be read \(Is a directory\): choose another$"):
        Faults.from_file(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FaultsError, match=r"cannot be read \(it is not UTF-8 text\)"):
        Faults.from_file(tmp_path / "binary")


def test_a_request_may_hold_one_rule_and_names_no_files():
    assert read_request(b'{"before": {"reset": true}}').rules == (Rule(before=Stage(reset=True)),)
    with pytest.raises(FaultsError, match="no file is read for a request"):
        read_request(b"before: {answer: {body_file: /etc/passwd}}")
