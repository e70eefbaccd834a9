"""Values as Anaplan reads them: exact decimals, neutral dates, plain text.

No thousands separators, no exponent, ISO dates, true and false (Anaplan reference, "Values in files").
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import msgspec

from target_anaplan.errors import RowRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

Value: TypeAlias = "str | int | Decimal | bool | list[Any] | dict[str, Any] | None"

_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
_MAX_DIGITS = 100
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


def to_text(value: Value, decimal_separator: str = ".") -> str:
    """The text of a value in the file; nothing at all for null.

    Raises:
        RowRefusedError: The value has no exact text.
    """
    if isinstance(value, str):
        return value.replace("\0", "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > _MAX_DIGITS:
            raise RowRefusedError("number", f"The number {value} cannot be written without an exponent")
        text = format(value, "f")
        return text if decimal_separator == "." else text.replace(".", decimal_separator)
    return msgspec.json.encode(value).decode()


def is_blank(value: Value) -> bool:
    """Whether a value says nothing: null, or text of blanks only."""
    return value is None or (isinstance(value, str) and not value.strip(" \0"))


def to_decimal(value: Value, name: str) -> Decimal | None:
    """A number for arithmetic; null stays null.

    Raises:
        RowRefusedError: The value is not a number.
    """
    if is_blank(value):
        return None
    if isinstance(value, (bool, list, dict)):
        raise RowRefusedError("number", f"The property {name} holds {value!r}, which is not a number")
    try:
        number = Decimal(value)  # type: ignore[arg-type]
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise RowRefusedError("number", f"The property {name} holds {value!r}, which is not a number")
    return number


def negate(number: Decimal) -> Decimal:
    """The number with its sign turned, no digit lost and no negative zero."""
    return number.copy_negate() if number else number.copy_abs()


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """The exact difference.

    Raises:
        RowRefusedError: It has more digits than can be held exactly.
    """
    try:
        return _EXACT.subtract(left, right)
    except (Inexact, InvalidOperation) as error:
        raise RowRefusedError("number", f"The difference {left} - {right} has too many digits") from error


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
