"""How SYSPRO's values are read: text without padding, exact numbers, dates without a time zone.

Text loses SYSPRO's right padding and nothing else; decimals stay exact; no time zone moves a document to
another day (SYSPRO reference, "Blanks and padding", "Decimals over OData" and "Midnights").
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

#: How SYSPRO writes that there is no date.
NULL_DATE = "0000-00-00"
_DATE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<hours>\d{2}):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}(?:\.\d+)?))?)?"
    r"(?:Z|(?P<sign>[+-])(?P<zone_hours>\d{2}):(?P<zone_minutes>\d{2}))?"
)
_ZONED = re.compile(r"(Z|[+-]\d{2}:\d{2})$")

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
#: How far behind a midnight its day is looked for, in seconds. A service may convert SYSPRO's midnights from
#: a zone that nobody tells to UTC; this is right for every offset from -10:00 (Hawaii) to +13:45 (Chatham in
#: summer). SYSPRO reference, "Midnights".
BEHIND_MIDNIGHT = 13 * _HOUR + 59 * _MINUTE


def read_text(value: object) -> str | None:
    """Strip the padding of SQL's char columns; leading blanks and zeros belong to the value."""
    if isinstance(value, str):
        return value.rstrip(" ")
    return None if value is None else str(value)


def read_decimal(value: object) -> Decimal | int | None:
    """Read a number that came as a JSON number or, with IEEE754Compatible, as text.

    Raises:
        ValueError: When it is no number.
    """
    if value is None or (isinstance(value, (int, Decimal)) and not isinstance(value, bool)):
        return value
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        msg = f"{value!r} is not a number"
        raise ValueError(msg) from error
    if not number.is_finite():
        msg = f"{value!r} is not a number"
        raise ValueError(msg)
    return number


def read_integer(value: object) -> int | None:
    """Read a whole number, however it was written (`7`, `7.0`, `"7"`).

    Raises:
        ValueError: When it has a fraction or is no number.
    """
    number = read_decimal(value)
    if number is None or isinstance(number, int):
        return number
    if number != number.to_integral_value():
        msg = f"{value!r} is not a whole number"
        raise ValueError(msg)
    return int(number)


def read_any_decimal(value: object) -> Decimal | int | None:
    """Read a number of which nobody tells the digits, in one form: 12, 12.0 and 12.000000 are 12.

    Raises:
        ValueError: When it is no number.
    """
    number = read_decimal(value)
    if number is None or isinstance(number, int):
        return number
    return int(number) if number == number.to_integral_value() else number.normalize()


def raw_date(value: object) -> str | None:
    """Return a date as SYSPRO wrote it, or None for its null dates.

    Raises:
        ValueError: When it is no date.
    """
    if value is None:
        return None
    text = str(value).strip()
    if not text or text.startswith(NULL_DATE):
        return None
    if not _DATE.fullmatch(text):
        msg = f"{value!r} is not a date"
        raise ValueError(msg)
    return text


class Midnight(NamedTuple):
    """A SYSPRO date as a service wrote it.

    Attributes:
        day: The day that is meant, `YYYY-MM-DD`.
        utc_time: When that day began, in seconds of the day in UTC; None where no time was written.
    """

    day: str
    utc_time: float | None


def midnight(value: object) -> Midnight | None:
    """Read the midnight of some zone that a SYSPRO date is; None for its null dates.

    Raises:
        ValueError: When it is no date.
    """
    return None if value is None else _midnight(str(value))


@lru_cache(maxsize=16_384)
def _midnight(value: str) -> Midnight | None:
    text = raw_date(value)
    parts = _DATE.fullmatch(text) if text is not None else None
    if parts is None:
        return None
    if parts["hours"] is None:
        return Midnight(parts["day"], None)
    time = int(parts["hours"]) * _HOUR + int(parts["minutes"]) * _MINUTE + float(parts["seconds"] or 0)
    if parts["sign"]:
        offset = int(parts["zone_hours"]) * _HOUR + int(parts["zone_minutes"]) * _MINUTE
        time -= offset if parts["sign"] == "+" else -offset
    days_on = int((time + BEHIND_MIDNIGHT) // _DAY)
    return Midnight(_moved(parts["day"], days_on) if days_on else parts["day"], time % _DAY)


def _moved(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:  # at the ends of the calendar
        return day
    except ValueError as error:
        msg = f"{day!r} is not a date"
        raise ValueError(msg) from error


def read_date(value: object) -> str | None:
    """Read the day that a SYSPRO date means, whatever zone its midnight was converted to.

    Raises:
        ValueError: When it is no date.
    """
    found = midnight(value)
    return None if found is None else found.day


def read_moment(value: object) -> str | None:
    """Read a time of day in a table that may hold them; one without a zone is taken for UTC.

    Raises:
        ValueError: When it is no date and time.
    """
    text = raw_date(value)
    if text is None or _ZONED.search(text):
        return text
    return f"{text}Z" if "T" in text else f"{text}T00:00:00Z"
