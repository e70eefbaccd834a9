"""How SYSPRO's values are read: text without padding, exact numbers, dates without a time zone.

Text loses SYSPRO's right padding and nothing else; decimals stay exact; dates are read literally, so that no
time zone moves a document to another day (SYSPRO reference, "Blanks and padding", "Decimals over OData" and
"Midnights").
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

#: How SYSPRO writes that there is no date.
NULL_DATE = "0000-00-00"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|[T ])")
_ZONED = re.compile(r"(Z|[+-]\d{2}:\d{2})$")
_TIME_OF_DAY = slice(11, 19)
_MIDNIGHTS = {"", "00:00:00"}


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
    if not _DATE.match(text):
        msg = f"{value!r} is not a date"
        raise ValueError(msg)
    return text


def read_date(value: object) -> str | None:
    """Read the date part literally: the zone of a SYSPRO date means nothing.

    Raises:
        ValueError: When it is no date.
    """
    text = raw_date(value)
    return None if text is None else text[:10]


def read_moment(value: object) -> str | None:
    """Read a time of day in a table that may hold them; one without a zone is taken for UTC.

    Raises:
        ValueError: When it is no date and time.
    """
    text = raw_date(value)
    if text is None or _ZONED.search(text):
        return text
    return f"{text}Z" if "T" in text else f"{text}T00:00:00Z"


def is_midnight(value: str) -> bool:
    """Tell whether a date-time has no time of day, as all of SYSPRO's dates."""
    return value[_TIME_OF_DAY] in _MIDNIGHTS
