"""Movements: what each of several balances adds to the one before it, the first to the opening balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping.exact_values import subtract, to_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from target_anaplan.mapping.exact_values import Record


@dataclass(frozen=True)
class Movement:
    """The differences between the columns of a wide record.

    Attributes:
        name: The new property for the difference to the column before.
        start: The property that stands before the first column.
    """

    name: str
    start: str

    def values(self, record: Record, columns: Iterable[str]) -> Iterator[Decimal]:
        """The movement of each column.

        Raises:
            RowRefusedError: A movement cannot be computed.
        """
        before = self._number(record, self.start)
        for column in columns:
            balance = self._number(record, column)
            yield subtract(balance, before)
            before = balance

    def _number(self, record: Record, name: str) -> Decimal:
        number = to_decimal(record.get(name), name)
        if number is None:
            raise RowRefusedError(
                "movement", f"The property {name} is empty, so that {self.name} cannot be computed"
            )
        return number
