"""A mapping file: YAML whose every key and value knows its line, so that errors can name it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any, ClassVar, cast

from singer_kit.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    import yaml
    from jsonschema import ValidationError

#: Where a value stands in the document: keys and positions from the top.
Path_ = tuple["str | int", ...]

_MAX_SHOWN = 10


@dataclass(frozen=True)
class Document:
    """The raw content of the mappings, with the lines it came from.

    Attributes:
        content: Lists, dicts and scalars.
        source: What errors call it: a file name or the setting.
        lines: Line of each key and value; empty when the content did not come from a file.
        setting: Name of the setting that it comes from.
    """

    content: object
    source: str
    lines: dict[Path_, int]
    setting: str

    def place(self, path: Path_) -> str:
        """A place as errors name it: `demo.yml, line 7, [0].columns.Code`."""
        keys = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        words = [self.source, f"line {line}" if line else "", keys]
        return ", ".join(word for word in words if word)

    def error(self, path: Path_, message: str, remedy: str) -> SettingsError:
        """An error of the mappings that says where it is."""
        return SettingsError(f"In {self.place(path)}: {message}", setting=self.setting, remedy=remedy)


def read_file(path: Path) -> Document:
    """Read a mapping file.

    Raises:
        SettingsError: The file is missing or is not YAML.
    """
    import yaml  # noqa: PLC0415  # costs start-up time

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(
            f"The mapping file {path} cannot be read: {reason}",
            setting="mapping_file",
            remedy="Give the path of a mapping file, relative to the project's folder",
        ) from error
    lines: dict[Path_, int] = {}
    document = Document(None, path.name, lines, "mapping_file")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            lines[()] = mark.line + 1
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        remedy = "Check indentation, quotes and colons"
        raise document.error((), f"this is not YAML: {problem}", remedy) from error
    if node is None:
        raise document.error((), "the file is empty", "Write at least one mapping")
    return Document(_Builder(document).build(node, ()), path.name, lines, "mapping_file")


def from_setting(value: object) -> Document:
    """The mappings that stand in the settings themselves."""
    return Document(value, "mappings", {}, "mappings")


class _Builder:
    """YAML nodes turned into data by the rules of YAML 1.2, with the line of each.

    PyYAML's own rules (YAML 1.1) would turn the header `No` into a boolean, the code `010` into 8
    and a money constant into a float.
    """

    _scalars: ClassVar[tuple[tuple[re.Pattern[str], Callable[[str], object]], ...]] = (
        (re.compile(r"null|~|"), lambda _text: None),
        (re.compile(r"true|false"), lambda text: text == "true"),
        (re.compile(r"-?(0|[1-9][0-9]*)"), int),
        (re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"), Decimal),
    )

    def __init__(self, document: Document) -> None:
        self._document = document

    def build(self, node: Any, path: Path_) -> object:
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        if node.id == "sequence":
            return [self.build(item, (*path, position)) for position, item in enumerate(node.value)]
        if node.id == "mapping":
            return self._mapping(node, path)
        text: str = node.value
        if getattr(node, "style", None) is not None:
            return text
        for pattern, convert in self._scalars:
            if pattern.fullmatch(text):
                return convert(text)
        return text

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, object]:
        content: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            if key in content:
                self._document.lines[here] = key_node.start_mark.line + 1
                raise self._document.error(here, f"the key {key!r} stands here twice", "Keep one of them")
            self._document.lines[here] = key_node.start_mark.line + 1
            content[key] = self.build(value_node, here)
        return content


def validate(document: Document) -> list[dict[str, Any]]:
    """Check the document against the JSON schema of mappings.

    Raises:
        SettingsError: It does not fit; the error names every wrong place.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # costs start-up time

    schema = json.loads(resources.files(__package__).joinpath("schema.json").read_text("utf-8"))
    found: dict[tuple[Path_, str], None] = {}
    for error in Draft202012Validator(schema).iter_errors(document.content):
        for leaf in _leaves(error):
            found.update(dict.fromkeys(_explain(leaf)))
    if not found:
        return cast("list[dict[str, Any]]", document.content)
    ordered = sorted(
        found, key=lambda item: (document.lines.get(item[0], 0), [str(part) for part in item[0]])
    )
    texts = [f"{document.place(path)}: {message}" for path, message in ordered[:_MAX_SHOWN]]
    if len(ordered) > _MAX_SHOWN:
        texts.append(f"and {len(ordered) - _MAX_SHOWN} more")
    raise SettingsError(
        f"In {'; '.join(texts)}",
        setting=document.setting,
        remedy="Look the keys up in the README of target-anaplan",
    )


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The innermost errors; the alternatives of a `oneOf` are told by `_explain` instead."""
    if error.validator in {"oneOf", "anyOf"} or not error.context:
        yield error
        return
    for inner in error.context:
        yield from _leaves(inner)


def _explain(error: ValidationError) -> Iterator[tuple[Path_, str]]:
    """The errors in the words of whoever writes a mapping, each at its own key."""
    path: Path_ = tuple(error.absolute_path)
    explain = _WORDS.get(str(error.validator))
    if explain is None:
        yield path, error.message
        return
    for key, message in explain(error.instance, error.validator_value, error.schema):
        yield (path if key is None else (*path, key)), message


_Words = Iterator[tuple["str | None", str]]


def _unknown_keys(value: Any, _wanted: Any, schema: Any) -> _Words:
    known = sorted(schema.get("properties", {}))
    for key in sorted(set(value) - set(known)):
        yield key, f"unknown key {key!r}; known here: {', '.join(known)}"


def _missing_keys(value: Any, wanted: Any, _schema: Any) -> _Words:
    for key in wanted:
        if key not in value:
            yield None, f"the key {key!r} is missing"


def _lonely_keys(value: Any, wanted: Any, _schema: Any) -> _Words:
    for key, others in wanted.items():
        for other in others:
            if key in value and other not in value:
                yield key, f"{key!r} needs {other!r} beside it"


def _alternatives(_value: Any, wanted: Any, _schema: Any) -> _Words:
    names = [name for alternative in wanted for name in alternative["required"]]
    yield None, f"exactly one of {', '.join(names)} must be given"


def _wrong_kind(value: Any, wanted: Any, _schema: Any) -> _Words:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    yield None, f"{value!r} is not of the kind {' or '.join(kinds)}"


def _wrong_separator(value: Any, _wanted: Any, _schema: Any) -> _Words:
    yield None, f"{value!r} cannot separate parts: letters, digits and % would be taken for part of a value"


_WORDS: dict[str, Callable[[Any, Any, Any], _Words]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "dependentRequired": _lonely_keys,
    "oneOf": _alternatives,
    "type": _wrong_kind,
    "pattern": _wrong_separator,
}
