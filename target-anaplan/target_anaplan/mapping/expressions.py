"""Column expressions: how one cell of the file comes from a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping import values

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

    from target_anaplan.mapping.values import Value

Record = Mapping[str, Any]

_MONTHS_A_YEAR = 12


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
    values: MappingType[str, Value] | None = None
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
            number = values.to_decimal(raw, self.name)
            raw = None if number is None else values.negate(number)
        if self.date is not None:
            day = values.to_date(raw, self.name)
            raw = None if day is None else values.format_date(day, self.date)
        return raw

    def _look_up(self, raw: Value, table: MappingType[str, Value]) -> Value:
        code = values.to_text(raw)
        if code in table:
            return table[code]
        if self.has_default:
            return self.default
        if values.is_blank(raw):
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
        parts = [values.to_text(record.get(name)) for name in self.properties]
        if self.empty_when_blank and any(values.is_blank(part) for part in parts):
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


@dataclass(frozen=True)
class Period:
    """A fiscal year and period as the name of a month of Anaplan's time dimension.

    Attributes:
        first_month: The calendar month in which the fiscal year begins.
        year_of: Whether a fiscal year is called after the calendar year it ends or starts in.
    """

    year: str
    period: str
    format: str
    first_month: int = 1
    year_of: Literal["end", "start"] = "end"

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the record it reads."""
        return (self.year, self.period)

    def value(self, record: Record) -> Value:
        """The cell for one record."""
        year = self._whole(record, self.year)
        period = self._whole(record, self.period)
        if not year or not period:
            return None
        if not 1 <= period <= _MONTHS_A_YEAR:
            raise RowRefusedError("period", f"The period {period} of {year} is no calendar month")
        months = self.first_month - 1 + period - 1
        if self.year_of == "end" and self.first_month > 1:
            year -= 1
        try:
            month = date(year + months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1, 1)
        except ValueError:
            raise RowRefusedError(
                "period", f"The property {self.year} holds {year}, which is not a year"
            ) from None
        return values.format_date(month, self.format)

    def _whole(self, record: Record, name: str) -> int:
        number = values.to_decimal(record.get(name), name)
        if number is None:
            return 0
        if number != number.to_integral_value():
            raise RowRefusedError(
                "period", f"The property {name} holds {number}, which is not a whole number"
            )
        return int(number)


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
        segments = values.to_text(record.get(self.name)).split(self.separator)
        return segments[self.index] if -len(segments) <= self.index < len(segments) else None


@dataclass(frozen=True)
class Unpivot:
    """A wide record turned into one record for each of its numbered columns.

    Attributes:
        columns: The wide columns, each with the value that stands for it: its number or its name.
        name: The new property that tells the column.
        value: The new property that holds the column's value.
        movement: The new property for the difference to the column before; None without movements.
        start: The property that stands before the first column.
    """

    columns: tuple[tuple[str, Value], ...]
    name: str
    value: str
    movement: str | None = None
    start: str | None = None
    properties: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        wide = tuple(column for column, _label in self.columns)
        object.__setattr__(self, "properties", (*wide, self.start) if self.start else wide)

    @property
    def provides(self) -> tuple[str, ...]:
        """The properties it adds to each record."""
        return (self.name, self.value, self.movement) if self.movement else (self.name, self.value)

    def records(self, record: Record) -> Iterator[Record]:
        """The narrow records of one wide record.

        Raises:
            RowRefusedError: A movement cannot be computed.
        """
        before = self._number(record, self.start) if self.start else Decimal(0)
        for column, label in self.columns:
            narrow = {**record, self.name: label, self.value: record.get(column)}
            if self.movement:
                balance = self._number(record, column)
                narrow[self.movement] = values.subtract(balance, before)
                before = balance
            yield narrow

    def _number(self, record: Record, name: str) -> Decimal:
        number = values.to_decimal(record.get(name), name)
        if number is None:
            raise RowRefusedError(
                "movement", f"The property {name} is empty, so that {self.movement} cannot be computed"
            )
        return number
