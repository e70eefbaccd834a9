"""The business clock and the fiscal calendar.

The sandbox's SYSPRO lives at a business date of its own, kept in `SysproDb.sqlite3`: playing a day moves it
to the next weekday. The fiscal year is the calendar year, with twelve periods; sub-ledger months and GL
periods are the same.
"""

from __future__ import annotations

import calendar
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from syspro_sandbox.syspro.database import connect, system_path

if TYPE_CHECKING:
    from pathlib import Path

    from syspro_sandbox.clock import Clock

DEFAULT_TODAY = date(2026, 6, 17)
#: The first fiscal year in the books; what was there before is in its opening balances.
FIRST_YEAR = 2024
PERIODS = 12
#: A fiscal year has twelve periods or up to three more, which no day falls into.
CALENDAR_PERIODS, MOST_PERIODS = PERIODS, 15
#: The day in January on which the year before gets its last adjustments.
ADJUSTING_DAY = 20
SATURDAY = 5


class Period(NamedTuple):
    """A fiscal period: a calendar month, or one of up to three that follow the twelfth."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Period:
        """The period a day falls into."""
        return cls(day.year, day.month)

    @property
    def previous(self) -> Period:
        """The period before."""
        return self.back(1)

    @property
    def next(self) -> Period:
        """The period after."""
        return self.back(-1)

    @property
    def last_day(self) -> date:
        """Its last day; periods behind the twelfth end with the year."""
        month = min(self.month, PERIODS)
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    def back(self, months: int) -> Period:
        """The period a number of months before."""
        year, month = divmod(self.year * PERIODS + self.month - 1 - months, PERIODS)
        return Period(year, month + 1)

    def months_after(self, earlier: Period) -> int:
        """How many months this period lies after another one."""
        return (self.year - earlier.year) * PERIODS + self.month - earlier.month


class Posting(NamedTuple):
    """When something is posted: the day, and the period, which may be one before when it is back-dated."""

    day: date
    period: Period

    @classmethod
    def on(cls, day: date) -> Posting:
        """A posting of a day into its own period."""
        return cls(day, Period.of(day))

    @property
    def date(self) -> str:
        """The day in stored form."""
        return self.day.isoformat()


def is_weekday(day: date) -> bool:
    """Whether business is done on that day."""
    return day.weekday() < SATURDAY


def next_weekday(day: date) -> date:
    """The first weekday after a day."""
    following = day + timedelta(days=1)
    while not is_weekday(following):
        following += timedelta(days=1)
    return following


def is_adjusting_day(day: date) -> bool:
    """Whether the year before is adjusted on that day."""
    return day == next_weekday(date(day.year, 1, ADJUSTING_DAY - 1))


def business_date(data_dir: Path) -> date:
    """The business date of the SYSPRO data in a folder.

    Raises:
        MissingDataError: When the folder holds no SYSPRO data.
    """
    with closing(connect(system_path(data_dir))) as connection:
        return date.fromisoformat(connection.execute("SELECT business_date FROM Clock").fetchone()[0])


class BusinessClock:
    """SYSPRO's own clock: its business date at the machine's time of day, UTC.

    Args:
        data_dir: Where the business date is kept; another process may move it.
        machine: The machine's clock.
    """

    def __init__(self, data_dir: Path, machine: Clock) -> None:
        self._data_dir = data_dir
        self._machine = machine

    def now(self) -> datetime:
        """What the clock shows."""
        time_of_day = datetime.fromtimestamp(self._machine.time(), timezone.utc).time()
        return datetime.combine(business_date(self._data_dir), time_of_day, timezone.utc)
