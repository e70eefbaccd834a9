"""The addresses that are asked, within the length that IIS lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tap_syspro.settings import COMPANY_PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

#: IIS request filtering refuses a longer query string with 404.15 (SYSPRO reference, "Limits of IIS").
MAX_QUERY_BYTES = 2048

_SAFE = "$,()'/:;@*"


def company_root(odata_url: str, company: str) -> str:
    """Address of a company: its id is appended, or put where `{company}` stands."""
    segment = quote(company, safe="")
    if COMPANY_PLACEHOLDER in odata_url:
        return odata_url.replace(COMPANY_PLACEHOLDER, segment)
    return f"{odata_url}/{segment}"


def metadata_url(root: str) -> str:
    """Address of a company's `$metadata`."""
    return f"{root}/$metadata"


def table_url(root: str, table: str) -> str:
    """Address of a company's table; the plus sign of custom-form tables needs encoding."""
    return f"{root}/{quote(table, safe='')}"


def with_query(url: str, options: Mapping[str, str], *, dispensable: str = "") -> str:
    """Append query options; empty ones drop out.

    Args:
        url: The address.
        options: The options.
        dispensable: Name of the option that is left out where the address would be too long with it.
    """
    query = _query_string(options)
    if len(query) > MAX_QUERY_BYTES and dispensable:
        query = _query_string({name: value for name, value in options.items() if name != dispensable})
    return f"{url}?{query}"


def encode(value: str) -> str:
    """Encode a value: blanks as `%20`, and `$`, quotes and commas left readable and short."""
    return quote(value, safe=_SAFE)


def _query_string(options: Mapping[str, str]) -> str:
    return "&".join(f"{name}={encode(value)}" for name, value in options.items() if value)
