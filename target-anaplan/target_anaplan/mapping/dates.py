"""Dates: the day that a value names, read without time zones, and written by a pattern.

ISO dates where a mapping asks for no other form (Anaplan reference, "Values in files").
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping.exact_values import is_blank

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_anaplan.mapping.exact_values import Value

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.DOTALL)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
#: The directives of `strftime` that name days, months and years; spelled here because the C library's differ
#: between systems (`%Y` of the year 999) and follow the machine's language (`%b`).
_DIRECTIVES: dict[str, Callable[[date], str]] = {
    "%Y": lambda day: f"{day.year:04d}",
    "%y": lambda day: f"{day.year % 100:02d}",
    "%m": lambda day: f"{day.month:02d}",
    "%B": lambda day: _MONTHS[day.month - 1],
    "%b": lambda day: _MONTHS[day.month - 1][:3],
    "%d": lambda day: f"{day.day:02d}",
    "%j": lambda day: f"{day.timetuple().tm_yday:03d}",
    "%%": lambda _day: "%",
}


def unknown_directives(pattern: str) -> list[str]:
    """The directives in a date pattern that are not supported."""
    return [item for item in re.findall(r"%.?", pattern) if item not in _DIRECTIVES]


def format_date(day: date, pattern: str) -> str:
    """Format a date by a pattern of `strftime` directives, in English on every machine."""
    return re.sub("%.", lambda match: _DIRECTIVES[match[0]](day), pattern)


def to_date(value: Value, name: str) -> date | None:
    """The date part of a value, read literally: no time zone ever moves it to another day.

    Raises:
        RowRefusedError: The value is not an ISO date.
    """
    if is_blank(value):
        return None
    match = _ISO_DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else _no_date(value, name)
    except ValueError:
        return _no_date(value, name)


def _no_date(value: Value, name: str) -> NoReturn:
    raise RowRefusedError(
        "date", f"The property {name} holds {value!r}, which is not a date of the form YYYY-MM-DD"
    )
