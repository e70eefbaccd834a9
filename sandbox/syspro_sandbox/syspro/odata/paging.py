"""Pages: how many rows one answer holds, and how the next one is found.

Which of the ways a SYSPRO server goes is unknown (SYSPRO reference, "Ends of pages"): `ODataOptions.paging`
chooses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote
from zlib import crc32

from syspro_sandbox.syspro.conditions import NEVER, Condition, compare, compare_stored, join
from syspro_sandbox.syspro.database import quote as quote_name
from syspro_sandbox.syspro.odata.errors import ODataError, invalid_query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syspro_sandbox.syspro.database import Value
    from syspro_sandbox.syspro.options import ODataOptions
    from syspro_sandbox.syspro.tables import Column

_TOKEN_PART = re.compile(r"(\w+)-('(?:[^']|'')*'|-?\d+|null)(?:,|$)")
_UNRESERVED = "-._~"


@dataclass(frozen=True)
class Order:
    """A column that rows are ordered by; null comes before everything else, as in SQL Server."""

    column: Column
    descending: bool = False

    @property
    def sql(self) -> str:
        """As a term of ORDER BY."""
        return f"{quote_name(self.column.name)}{' DESC' if self.descending else ''}"

    def equals(self, value: Value) -> Condition:
        """The rows with this value."""
        return compare(self.column, "eq", None) if value is None else compare_stored(self.column, "eq", value)

    def behind(self, value: Value) -> Condition:
        """The rows behind this value."""
        if value is None:
            return NEVER if self.descending else compare(self.column, "ne", None)
        if not self.descending:
            return compare_stored(self.column, "gt", value)
        below = compare_stored(self.column, "lt", value)
        return join("OR", [below, compare(self.column, "eq", None)]) if self.column.nullable else below


def page_size(top: int | None, parameters: Mapping[str, str], options: ODataOptions) -> int:
    """How many rows one answer gives.

    Args:
        top: Rows wanted, None for all.
        parameters: The request's; where pages end anywhere, the place follows from them.
        options: The service's options.

    Raises:
        ODataError: When more are asked for than the service allows.
    """
    if top is not None and top > options.page_cap and options.paging == "refuse_large_top":
        raise invalid_query(
            f"The limit of '{options.page_cap}' for Top query has been exceeded. "
            f"The value from the incoming request is '{top}'."
        )
    size = options.page_cap if top is None else min(top, options.page_cap)
    if options.paging == "short_pages" and size > 1:
        size -= crc32(encode_parameters(parameters).encode()) % (size // 2 + 1)
    return size


def next_parameters(
    parameters: Mapping[str, str],
    order: Sequence[Order],
    last: Sequence[Value],
    size: int,
    options: ODataOptions,
) -> dict[str, str]:
    """The parameters of the next page's address.

    Args:
        parameters: Those of this page.
        order: What rows are ordered by.
        last: The last row's values of these columns.
        size: Rows of this page.
        options: The service's options.
    """
    following = {name: value for name, value in parameters.items() if name not in {"$skip", "$skiptoken"}}
    if "$top" in following:
        following["$top"] = str(int(following["$top"]) - size)
    if options.paging == "skiptoken_link":
        return {**following, "$skiptoken": _skiptoken(order, last)}
    return {**following, "$skip": str(int(parameters.get("$skip", "0")) + size)}


def encode_parameters(parameters: Mapping[str, str]) -> str:
    """Parameters as a query string, as Microsoft's libraries write it: `$` stays, all else is escaped."""
    return "&".join(f"{name}={quote(value, safe=_UNRESERVED)}" for name, value in parameters.items())


def resume_condition(token: str, order: Sequence[Order]) -> Condition:
    """The rows behind the one a `$skiptoken` names.

    Raises:
        ODataError: When the token is not of this order.
    """
    parts = _TOKEN_PART.findall(token)
    if [name for name, _ in parts] != [each.column.name for each in order] or _TOKEN_PART.sub("", token):
        raise ODataError("Unable to parse the skiptoken value parameter.")
    values = [_read_literal(literal) for _, literal in parts]
    alternatives = []
    for position, (each, value) in enumerate(zip(order, values, strict=True)):
        equal = [earlier.equals(known) for earlier, known in zip(order[:position], values, strict=False)]
        alternatives.append(join("AND", [*equal, each.behind(value)]))
    return join("OR", alternatives)


def _skiptoken(order: Sequence[Order], last: Sequence[Value]) -> str:
    return ",".join(f"{each.column.name}-{_literal(value)}" for each, value in zip(order, last, strict=True))


def _literal(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _read_literal(literal: str) -> Value:
    if literal == "null":
        return None
    return literal[1:-1].replace("''", "'") if literal.startswith("'") else int(literal)
