"""Keys in a path: `ApSupplier('000000000000101')`, `ApInvoice(Supplier='...',Invoice='...')`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.odata.errors import ODataError
from syspro_sandbox.syspro.odata.filters import FilterCompiler

if TYPE_CHECKING:
    from syspro_sandbox.syspro.conditions import Condition
    from syspro_sandbox.syspro.odata.entities import EntitySet
    from syspro_sandbox.syspro.options import ODataOptions

_SEGMENT = re.compile(r"(?P<name>[^(]+)\((?P<key>.+)\)")
_PART = re.compile(r"\s*(?:(\w+)\s*=\s*)?('(?:[^']|'')*'|[^,'=\s]+)\s*(?:,|$)")


def split_key(segment: str) -> tuple[str, str]:
    """The name and the key of a path segment; the key is empty where there is none."""
    match = _SEGMENT.fullmatch(segment)
    return (match["name"], match["key"]) if match else (segment, "")


def key_condition(key: str, entity_set: EntitySet, options: ODataOptions) -> Condition:
    """The row with a key.

    Raises:
        ODataError: When these are not the key's properties and values.
    """
    names = entity_set.table.key
    values = {name or names[0]: literal for name, literal in _PART.findall(key)}
    if set(values) != set(names) or _PART.sub("", key):
        raise ODataError(f"The key in parentheses '{key}' is not one of '{entity_set.type_name}'.")
    text = " and ".join(f"{name} eq {literal}" for name, literal in values.items())
    return FilterCompiler(entity_set, options).compile(text)
