"""A request as rules and second clients see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope


@dataclass(frozen=True)
class SeenRequest:
    """A request to a stand-in.

    Attributes:
        system: The stand-in: `syspro`, `anaplan` or `databricks`.
        method: The method, in capitals.
        path: The path, decoded.
        query: The query string, decoded.
        headers: The headers, by lower-case name.
        body: The body; empty until it has been read.
    """

    system: str
    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def from_scope(cls, system: str, scope: Scope) -> SeenRequest:
        """The request of an ASGI scope, its body unread."""
        query = unquote_plus(scope["query_string"].decode("latin-1"))
        return cls(system, scope["method"], scope["path"], query, dict(Headers(scope=scope)))

    def __str__(self) -> str:
        return f"{self.method} {self.path} of {self.system}"
