"""How a stream is called where neither the known tables nor the user say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap_syspro.tables import CUSTOM_FORM_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

_CUSTOM_FORM_WORD = "custom"
_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def stream_name(table: str) -> str:
    """Name a stream: `InvMovements` becomes `inv_movements`, `ApSupplier+` `ap_supplier_custom`."""
    name = _WORD_BORDER.sub("_", table.removesuffix(CUSTOM_FORM_SUFFIX)).lower()
    if table.endswith(CUSTOM_FORM_SUFFIX):
        name = f"{name}_{_CUSTOM_FORM_WORD}"
    return _NOT_IN_NAMES.sub("_", name).strip("_")


def distinct(names: Iterable[str]) -> list[str]:
    """Number names that occur again: `suppliers`, `suppliers_2`; the first one keeps its name."""
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate)
        unique.append(candidate)
    return unique
