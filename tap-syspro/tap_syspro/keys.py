"""`_syspro_key`: the id of a SYSPRO record in one readable text, `company/table/key[/key…]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEPARATOR = "/"
_ESCAPES = {"%": "%25", SEPARATOR: "%2F"}
_ENCODE = str.maketrans(_ESCAPES)


def encode(parts: Iterable[str]) -> str:
    """Join the parts; `%` and `/` inside a part are percent-encoded, so that `decode` is exact."""
    return SEPARATOR.join(part.translate(_ENCODE) for part in parts)


def decode(key: str) -> list[str]:
    """Take a key apart again."""
    return [part.replace("%2F", SEPARATOR).replace("%25", "%") for part in key.split(SEPARATOR)]
