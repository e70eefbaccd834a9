"""Unpivoting: a wide record turned into narrow ones, one for each column; what names a column in its row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping.exact_values import to_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from target_anaplan.mapping.exact_values import Record, Value
    from target_anaplan.mapping.movements import Movement


@dataclass(frozen=True)
class Unpivot:
    """A wide record turned into one record for each of its numbered columns.

    Attributes:
        columns: The wide columns, each with the value that stands for it: its number or its name.
        name: The new property that tells the column.
        value: The new property that holds the column's value.
        movement: The difference to the column before; None without movements.
        until: The property with the fiscal year of a record and the one with the last period that is sent,
            year and period as in 202606; None where all are.
        fold: The numbers of columns whose balance and movement go into an earlier one's row, with its number.
    """

    columns: tuple[tuple[str, Value], ...]
    name: str
    value: str
    movement: Movement | None = None
    until: tuple[str, str] | None = None
    fold: Mapping[Any, int] = field(default_factory=dict)

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the record it reads."""
        start = (self.movement.start,) if self.movement else ()
        return (*(column for column, _label in self.columns), *start, *(self.until or ()))

    @property
    def provides(self) -> tuple[str, ...]:
        """The properties it adds to each record."""
        movement = (self.movement.name,) if self.movement else ()
        return (self.name, self.value, *movement)

    def records(self, record: Record) -> Iterator[Record]:
        """The narrow records of one wide record.

        Raises:
            RowRefusedError: A movement cannot be computed, or it is not known which periods are to be sent.
        """
        # Of the columns that share a row the last one has the balance, and the difference to the last one of
        # the row before is the sum of their movements.
        last_columns = {self.fold.get(label, label): column for column, label in self._due(record)}
        movements = self.movement.values(record, last_columns.values()) if self.movement else None
        for label, column in last_columns.items():
            narrow = {**record, self.name: label, self.value: record.get(column)}
            if self.movement and movements:
                narrow[self.movement.name] = next(movements)
            yield narrow

    def _due(self, record: Record) -> Iterable[tuple[str, Value]]:
        """The columns of periods that are not after the last one that is sent."""
        if self.until is None:
            return self.columns
        year, last = (to_decimal(record.get(name), name) for name in self.until)
        if year is None or last is None:
            raise RowRefusedError(
                "until",
                f"The property {' or '.join(self.until)} is empty, so that the periods to send are not known",
            )
        return [(column, label) for column, label in self.columns if year * 100 + int(str(label)) <= last]


def column_label(column: str) -> Value:
    """What stands for a wide column in its rows: the number it ends with, else its name."""
    number = re.search(r"[0-9]+$", column)
    return int(number[0]) if number else column
