"""SYSPRO dates whose times of day fit no one time zone: they are refused, as nobody can tell their day.

SYSPRO stores midnights, and a service may convert them to another zone. Then a column shows one time of day,
or two that are an hour apart at most, in summer and in winter. Anything else is no date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_syspro.column_types import has_dates_only
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.odata.metadata import ColumnKind
from tap_syspro.values import midnight

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tap_syspro.odata.metadata import EntitySet

_DAY = 24 * 60 * 60
#: Zones differ from UTC by quarters of an hour.
_QUARTER = 15 * 60
#: How much summer time moves midnight at most.
_SUMMER_TIME = 60 * 60
#: A zone has one offset, and another in summer.
_MAX_OFFSETS = 2
#: Earlier days are not compared: many countries have changed their zone before.
_FIRST_DAY = "2000-01-01"


def fit_one_zone(times: Collection[float]) -> bool:
    """Tell whether midnights of one zone, with its summer time, may fall on these times.

    Args:
        times: Seconds of the day in UTC.
    """
    if len(times) > _MAX_OFFSETS or any(time % _QUARTER for time in times):
        return False
    apart = max(times, default=0) - min(times, default=0)
    return min(apart, _DAY - apart) <= _SUMMER_TIME


class DateCheck:
    """Looks at the SYSPRO dates of one table and company; where a table may hold times, nothing can be told.

    Args:
        entity_set: The table.
        columns: The columns that are read.
        company: Id of the company.
    """

    def __init__(self, entity_set: EntitySet, columns: Collection[str], company: str) -> None:
        self._table = entity_set.name
        self._company = company
        #: By column: what was looked at, and the times of day in it.
        self._seen: dict[str, tuple[set[str], set[float]]] = {
            column.name: (set(), set())
            for column in entity_set.columns.values()
            if column.kind is ColumnKind.MOMENT and column.name in columns and has_dates_only(entity_set.name)
        }

    def look_at(self, row: Mapping[str, Any]) -> None:
        """Look at a row.

        Raises:
            DoubtfulReadError: When a column holds times of day that fit no one zone.
        """
        for name, (values, times) in self._seen.items():
            value = row.get(name)
            if isinstance(value, str) and value not in values:
                values.add(value)
                self._look_at_value(name, value, times)

    def _look_at_value(self, name: str, value: str, times: set[float]) -> None:
        try:
            found = midnight(value)
        except ValueError:  # whoever makes the record says so
            return
        if found is None or found.utc_time is None or found.day < _FIRST_DAY:
            return
        times.add(found.utc_time)
        if not fit_one_zone(times):
            shown = " and ".join(f"{_clock(time)} UTC" for time in sorted(times))
            raise DoubtfulReadError(
                f"The dates {self._table}.{name} of company {self._company} have the times of day {shown}, "
                "midnights of no one time zone",
                remedy="Have the OData service write dates without a time of day, or deselect the column",
            )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")
