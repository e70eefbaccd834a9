"""Fiscal year and period turned into a month of Anaplan's time dimension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping.dates import format_date
from target_anaplan.mapping.exact_values import to_decimal

if TYPE_CHECKING:
    from target_anaplan.mapping.exact_values import Record, Value

_MONTHS_A_YEAR = 12


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
        return format_date(month, self.format)

    def _whole(self, record: Record, name: str) -> int:
        number = to_decimal(record.get(name), name)
        if number is None:
            return 0
        if number != number.to_integral_value():
            raise RowRefusedError(
                "period", f"The property {name} holds {number}, which is not a whole number"
            )
        return int(number)
