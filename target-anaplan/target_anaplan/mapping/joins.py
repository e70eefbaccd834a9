"""Joins: one code or name from several properties, never the same for two different records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_anaplan.mapping.exact_values import is_blank, to_text

if TYPE_CHECKING:
    from target_anaplan.mapping.exact_values import Record, Value


@dataclass(frozen=True)
class Join:
    """Several properties in one text from which each can be read back exactly.

    A `%` in a part, and the first character wherever the separator would be read inside a part,
    are percent-encoded; so no two different records give one code.
    """

    properties: tuple[str, ...]
    separator: str = "|"
    empty_when_blank: bool = False

    def value(self, record: Record) -> Value:
        """The cell for one record."""
        parts = [to_text(record.get(name)) for name in self.properties]
        if self.empty_when_blank and any(is_blank(part) for part in parts):
            return None
        return self.separator.join(self._escape(part) for part in parts)

    def _escape(self, part: str) -> str:
        if "%" in part:
            part = part.replace("%", "%25")
        whole = part + self.separator
        if whole.find(self.separator) == len(part):
            return part
        first = "".join(f"%{byte:02X}" for byte in self.separator[0].encode())
        return "".join(
            first if whole.startswith(self.separator, position) else character
            for position, character in enumerate(part)
        )
