"""Whether mappings fit `schema.json`: unknown and missing keys, told in a mapping's own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import resources
from typing import TYPE_CHECKING, Any, cast

from singer_kit.errors import SettingsError

if TYPE_CHECKING:
    from jsonschema import ValidationError

    from target_anaplan.mapping.yaml_document import Document, Path_

_MAX_SHOWN = 10


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
