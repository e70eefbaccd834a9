"""Settings from environment variables: what cannot be read is refused by name.

The SDK's reader takes every word but true, 1, yes and on for false, splits a damaged JSON list at its commas,
and ends with a stack trace on a number that is none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from singer_kit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}
#: How a value is written, by its type in the settings' JSON schema.
_EXAMPLES = {
    "array": 'a JSON list such as ["A", "B"]',
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": 'a JSON object such as {"name": "value"}',
}


def read_environment(
    properties: Mapping[str, Mapping[str, Any]], prefix: str, environ: Mapping[str, str]
) -> dict[str, Any]:
    """The settings that the environment holds; a blank variable counts as none.

    Args:
        properties: The settings' JSON schemas, by name.
        prefix: What the variables begin with, such as `TAP_X_`.
        environ: The environment.

    Raises:
        SettingsError: A variable does not hold what its setting asks for.
    """
    values = {}
    for name, schema in properties.items():
        variable = variable_of(prefix, name)
        text = environ.get(variable, "").strip()
        if not text:
            continue
        types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ["string"])
        try:
            values[name] = text if "string" in types else _read(text, types)
        except ValueError as error:
            shown = "A value" if schema.get("secret") else repr(text)
            wanted = " or ".join(_EXAMPLES[kind] for kind in types if kind in _EXAMPLES)
            raise SettingsError(
                f"{shown} cannot be read", setting=name, remedy=f"Set {variable} to {wanted}"
            ) from error
    return values


def variable_of(prefix: str, name: str) -> str:
    """The environment variable of a setting."""
    return prefix + name.upper().replace("-", "_")


def _read(text: str, types: list[str]) -> Any:
    if "boolean" in types:
        if text.lower() not in _WORDS:
            raise ValueError(text)
        return _WORDS[text.lower()]
    if "array" in types and text[0] not in '[{"':  # a list without JSON's signs, as the SDK takes it
        return [item.strip() for item in text.split(",")]
    return json.loads(text)
