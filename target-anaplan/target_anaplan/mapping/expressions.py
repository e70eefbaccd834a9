"""Column expressions: how one cell of the file comes from a record.

Here are those that read one property or none; joins and fiscal periods are in `joins.py` and `periods.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping import dates, exact_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_anaplan.mapping.exact_values import Record, Value


class Expression(Protocol):
    """One column of the file."""

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the record it reads."""

    def value(self, record: Record) -> Value:
        """The cell for one record.

        Raises:
            RowRefusedError: The record cannot fill this cell.
        """


@dataclass(frozen=True)
class Property:
    """A property as it is, or its date in another form, its sign turned, its code looked up."""

    name: str
    date: str | None = None
    negate: bool = False
    values: Mapping[str, Value] | None = None
    default: Value = None
    has_default: bool = False

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the record it reads."""
        return (self.name,)

    def value(self, record: Record) -> Value:
        """The cell for one record."""
        raw: Value = record.get(self.name)
        if self.values is not None:
            raw = self._look_up(raw, self.values)
        if self.negate:
            number = exact_values.to_decimal(raw, self.name)
            raw = None if number is None else exact_values.negate(number)
        if self.date is not None:
            day = dates.to_date(raw, self.name)
            raw = None if day is None else dates.format_date(day, self.date)
        return raw

    def _look_up(self, raw: Value, table: Mapping[str, Value]) -> Value:
        code = exact_values.to_text(raw)
        if code in table:
            return table[code]
        if self.has_default:
            return self.default
        if exact_values.is_blank(raw):
            return None
        raise RowRefusedError(
            "value_not_listed",
            f"The property {self.name} holds {code!r}, which is not among the mapping's values"
            f" ({', '.join(table)})",
        )


@dataclass(frozen=True)
class Constant:
    """The same cell in every row."""

    constant: Value

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the record it reads."""
        return ()

    def value(self, record: Record) -> Value:  # noqa: ARG002  # an expression's interface
        """The cell for one record."""
        return self.constant


@dataclass(frozen=True)
class Part:
    """One segment of a code; blank where the code has fewer."""

    name: str
    separator: str
    index: int

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the record it reads."""
        return (self.name,)

    def value(self, record: Record) -> Value:
        """The cell for one record."""
        segments = exact_values.to_text(record.get(self.name)).split(self.separator)
        return segments[self.index] if -len(segments) <= self.index < len(segments) else None
