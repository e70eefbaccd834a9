"""Query strings, within what IIS lets through."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

if t.TYPE_CHECKING:
    from collections.abc import Mapping

MAX_QUERY_BYTES = 2048
"""IIS request filtering refuses a longer query string with 404.15 (reference 3.2)."""

_SAFE = "$,()'/:;@*"


def encode(value: str) -> str:
    """Encode a value: blanks as `%20`, and `$`, quotes and commas left readable and short."""
    return quote(value, safe=_SAFE)


def query_string(options: Mapping[str, str]) -> str:
    """Encode query options; empty ones drop out."""
    return "&".join(f"{name}={encode(value)}" for name, value in options.items() if value)
