"""Fault files: YAML or JSON, held against a schema, turned into rules."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from syspro_sandbox.faults.errors import FaultsError
from syspro_sandbox.faults.rules import Answer, Delivery, Match, Rule, Stage, When
from syspro_sandbox.faults.second_client import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jsonschema import ValidationError

#: A place in a file: keys and positions from the top.
Path_ = tuple["str | int", ...]

T = TypeVar("T")

_SCHEMA = json.loads(resources.files(__package__).joinpath("schema.json").read_text("utf-8"))
_TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text (in quotes where YAML reads it otherwise)",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


@dataclass(frozen=True)
class FaultFile:
    """What stands in a fault file."""

    rules: tuple[Rule, ...]
    seed: int | None = None


def read_file(path: Path) -> FaultFile:
    """The rules of a file.

    Raises:
        FaultsError: When it cannot be read; it names the place and what is allowed there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise FaultsError(f"The fault file {path} cannot be read ({reason}): choose another") from error
    return _Reader(f"The fault file {path}", path.parent).read(text)


def read_request(body: bytes) -> FaultFile:
    """The rules of a request to the control path: a whole file, or one rule.

    Raises:
        FaultsError: When it cannot be read.
    """
    return _Reader("The request", None).read(body.decode(errors="replace"), one_rule=True)


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # PyYAML's
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value} twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


class _Reader:
    """One document, and the rules in it; every error says where it is.

    Args:
        source: What errors call it.
        folder: Where its body files lie; None where it may name none.
    """

    def __init__(self, source: str, folder: Path | None) -> None:
        self._source = source
        self._folder = folder
        self._content: Any = None

    def read(self, text: str, *, one_rule: bool = False) -> FaultFile:
        """The rules of a text."""
        self._content = self._parse(text)
        if one_rule and isinstance(self._content, dict) and "rules" not in self._content:
            self._content = {"rules": [self._content]}
        wrong = best_match(Draft202012Validator(_SCHEMA).iter_errors(self._content))
        if wrong is not None:
            wrong = _meant(wrong)
            raise self._error(tuple(wrong.absolute_path), _explain(wrong))
        rules = tuple(self._rule(position, raw) for position, raw in enumerate(self._content["rules"]))
        names = [rule.name for rule in rules if rule.name]
        for name in names:
            if names.count(name) > 1:
                raise FaultsError(f"{self._source} has two rules named {name}: give them different names")
        return FaultFile(rules, self._content.get("seed"))

    def _parse(self, text: str) -> Any:
        with suppress(ValueError):  # what is no JSON may be YAML
            return json.loads(text)
        try:
            return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506  # a safe loader
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or "it cannot be parsed"
            raise FaultsError(
                f"{self._source}{line} is not YAML ({problem}): check indentation, quotes and colons"
            ) from error

    def _rule(self, position: int, raw: dict[str, Any]) -> Rule:
        place: Path_ = ("rules", position)
        parts: dict[str, Any] = {
            "match": self._make(Match, raw.get("match", {}), (*place, "match")),
            "when": self._make(When, raw.get("when", {}), (*place, "when")),
            "before": self._stage(raw.get("before", {}), (*place, "before")),
            "after": self._stage(raw.get("after", {}), (*place, "after")),
            "delivery": self._make(Delivery, raw.get("delivery", {}), (*place, "delivery")),
        }
        return self._make(Rule, raw | parts, place)

    def _stage(self, raw: dict[str, Any], place: Path_) -> Stage:
        made = dict(raw)
        if "do" in raw:
            actions = raw["do"] if isinstance(raw["do"], list) else [raw["do"]]
            made["do"] = tuple(
                action if isinstance(action, str) else self._make(HttpRequest, action, place)
                for action in actions
            )
        if "answer" in raw:
            made["answer"] = self._answer(raw["answer"], (*place, "answer"))
        return self._make(Stage, made, place)

    def _answer(self, raw: dict[str, Any], place: Path_) -> Answer:
        made = dict(raw)
        if "body_file" in raw:
            if "body" in raw:
                raise self._error(place, "`body` and `body_file` exclude each other: keep one of them")
            made["body"] = self._read_body(made.pop("body_file"), (*place, "body_file"))
        return self._make(Answer, made, place)

    def _read_body(self, name: str, place: Path_) -> bytes:
        if self._folder is None:
            raise self._error(place, "no file is read for a request: use `body`")
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise self._error(
                place, f"{name} cannot be read ({error.strerror}): choose another file"
            ) from error

    def _make(self, of: Callable[..., T], raw: dict[str, Any], place: Path_) -> T:
        """The object of a part, whose attributes are the keys."""
        made = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
        if "headers" in raw:
            made["headers"] = {name: str(value) for name, value in raw["headers"].items()}
        try:
            return of(**made)
        except ValueError as error:
            raise self._error(place, str(error)) from error

    def _error(self, place: Path_, message: str) -> FaultsError:
        where = [self._source]
        rest = [str(part) for part in place]
        if place[:1] == ("rules",) and len(place) > 1:
            raw = self._content["rules"][place[1]]
            name = raw.get("name") if isinstance(raw, dict) else None
            where.append(f"rule {int(place[1]) + 1}" + (f" ({name})" if name else ""))
            rest = rest[2:]
        if rest:
            where.append(".".join(rest))
        return FaultsError(f"{', '.join(where)}: {message}")


def _meant(error: ValidationError) -> ValidationError:
    """Of the ways in which a value fits no alternative, the one that its writer most likely meant."""
    while error.context:
        near = [
            inner
            for inner in error.context
            if inner.validator != "type" and (inner.validator != "enum" or isinstance(inner.instance, str))
        ]
        error = max(near or error.context, key=lambda inner: len(inner.absolute_path))
    return error


def _explain(error: ValidationError) -> str:
    """What is wrong and what is allowed, in the words of whoever writes a file."""
    explain = _WORDS.get(str(error.validator))
    if explain is None:
        return f"{error.message}: correct it"
    return explain(error.instance, error.validator_value, error.schema)


def _unknown_key(value: Any, _wanted: Any, schema: Any) -> str:
    known = schema["properties"]
    unknown = next(str(key) for key in value if key not in known)
    return f"the key {unknown} is not known here: use {', '.join(known)}"


def _missing_key(value: Any, wanted: Any, _schema: Any) -> str:
    missing = next(key for key in wanted if key not in value)
    return f"the key {missing} is missing: add it"


def _no_key(_value: Any, _wanted: Any, schema: Any) -> str:
    return f"it says nothing: use {', '.join(schema['properties'])}"


def _wrong_value(value: Any, wanted: Any, _schema: Any) -> str:
    return f"{value!r} is not known here: use {', '.join(wanted)}"


def _wrong_type(value: Any, wanted: Any, _schema: Any) -> str:
    types = [wanted] if isinstance(wanted, str) else wanted
    return f"{value!r} cannot stand here: write {' or '.join(_TYPES[each] for each in types)}"


_WORDS: dict[str, Callable[[Any, Any, Any], str]] = {
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "minProperties": _no_key,
    "enum": _wrong_value,
    "type": _wrong_type,
}
