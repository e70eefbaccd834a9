"""One voice in all packages (CONTRIBUTING.md, "One voice"): what ruff has no rule for."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache

import pytest
from support.meltano import ROOT

PRODUCT = ("singer-kit", "tap-syspro", "target-anaplan", "target-databricks-uc", "sandbox")
#: Names of our error classes and of what prints like one; their texts get punctuation from one place.
RENDERED = re.compile(r"(Error|Finding)$")
THIRD_PERSON = re.compile(
    r"[A-Z][a-z]+(?<!s)s "
    r"(a|an|the|all|any|both|each|every|how|it|its|no|nothing|one|only|that|them|to|until|what|whether|which)\b"
)
#: Plural nouns that `THIRD_PERSON` would take for verbs.
NOUNS = {
    "Records",
    "Names",
    "Seconds",
    "Rows",
    "Bytes",
    "Ids",
    "Types",
    "Values",
    "Columns",
    "Keys",
    "Times",
    "Items",
}
MODULE_LINES = 420


@cache
def files():
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


@cache
def nodes():
    """Every file's syntax tree, flattened."""
    return [(path, list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))) for path in files()]


def place(path, node):
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def is_product(path):
    return path.relative_to(ROOT).parts[0] in PRODUCT and "tests" not in path.parts


def is_wire(path):
    """Whether a module speaks for an outside system: a stand-in's texts are that system's own."""
    parts = path.relative_to(ROOT).parts
    return parts[:2] == ("sandbox", "syspro_sandbox") and parts[2] in {"anaplan", "databricks", "syspro"}


def test_a_constant_is_documented_in_front_of_it():
    found = [
        place(path, second)
        for path, tree in nodes()
        for node in tree
        if isinstance(node, (ast.Module, ast.ClassDef))
        for first, second in zip(node.body, node.body[1:], strict=False)
        if isinstance(first, (ast.Assign, ast.AnnAssign)) and _text_of(second) is not None
    ]
    assert found == []


def _text_of(statement):
    """The text of a statement that is nothing but a string."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value.value if isinstance(statement.value.value, str) else None
    return None


def test_a_docstring_is_an_imperative_or_a_noun():
    found = []
    for path, tree in nodes():
        for node in tree:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                text = ast.get_docstring(node) or ""
                if THIRD_PERSON.match(text) and text.split()[0] not in NOUNS:
                    found.append(f"{place(path, node)} {text.splitlines()[0]}")
    assert found == []


def test_the_text_of_an_error_brings_no_full_stop_of_its_own():
    found = []
    for path, tree in nodes():
        for node in tree if is_product(path) and not is_wire(path) else ():
            if isinstance(node, ast.Call) and RENDERED.search(_name(node.func)):
                texts = [
                    *node.args,
                    *(word.value for word in node.keywords if word.arg in {"problem", "remedy"}),
                ]
                found += [place(path, text) for text in texts if _ends_with_full_stop(text)]
    assert found == []


def _name(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _ends_with_full_stop(text):
    if isinstance(text, ast.JoinedStr):
        text = text.values[-1] if text.values else text
    return (
        isinstance(text, ast.Constant)
        and isinstance(text.value, str)
        and text.value.endswith(".")
        and not text.value.endswith("..")
    )


def test_an_error_class_is_called_error():
    found = [path.relative_to(ROOT) for path in files() if "N818" in path.read_text(encoding="utf-8")]
    assert [str(path) for path in found if path.name != "test_voice.py"] == []


@pytest.mark.parametrize("package", PRODUCT)
def test_a_module_is_one_thing(package):
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files()
        if is_product(path) and path.is_relative_to(ROOT / package)
        and (lines := path.read_text(encoding="utf-8").count("\n")) > MODULE_LINES
    }  # fmt: skip
    assert long == {}
