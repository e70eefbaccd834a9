"""Unpivoting: a wide record turned into narrow ones, with the movement from column to column."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping.exact_values import subtract, to_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_anaplan.mapping.exact_values import Record, Value


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
                narrow[self.movement] = subtract(balance, before)
                before = balance
            yield narrow

    def _number(self, record: Record, name: str) -> Decimal:
        number = to_decimal(record.get(name), name)
        if number is None:
            raise RowRefusedError(
                "movement", f"The property {name} is empty, so that {self.movement} cannot be computed"
            )
        return number
