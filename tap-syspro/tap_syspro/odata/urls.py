"""Query strings, within what IIS lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

#: IIS request filtering refuses a longer query string with 404.15 (reference 3.2).
MAX_QUERY_BYTES = 2048

_SAFE = "$,()'/:;@*"


def encode(value: str) -> str:
    """Encode a value: blanks as `%20`, and `$`, quotes and commas left readable and short."""
    return quote(value, safe=_SAFE)


def query_string(options: Mapping[str, str]) -> str:
    """Encode query options; empty ones drop out."""
    return "&".join(f"{name}={encode(value)}" for name, value in options.items() if value)
