"""Unpivoting: a wide record turned into narrow ones, one for each column; what names a column in its row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """

    columns: tuple[tuple[str, Value], ...]
    name: str
    value: str
    movement: Movement | None = None

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the record it reads."""
        start = (self.movement.start,) if self.movement else ()
        return (*self._wide, *start)

    @property
    def provides(self) -> tuple[str, ...]:
        """The properties it adds to each record."""
        movement = (self.movement.name,) if self.movement else ()
        return (self.name, self.value, *movement)

    def records(self, record: Record) -> Iterator[Record]:
        """The narrow records of one wide record.

        Raises:
            RowRefusedError: A movement cannot be computed.
        """
        movements = self.movement.values(record, self._wide) if self.movement else None
        for column, label in self.columns:
            narrow = {**record, self.name: label, self.value: record.get(column)}
            if self.movement and movements:
                narrow[self.movement.name] = next(movements)
            yield narrow

    @property
    def _wide(self) -> tuple[str, ...]:
        return tuple(column for column, _label in self.columns)


def column_label(column: str) -> Value:
    """What stands for a wide column in its rows: the number it ends with, else its name."""
    number = re.search(r"[0-9]+$", column)
    return int(number[0]) if number else column
