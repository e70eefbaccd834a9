"""Numbers and texts as Anaplan reads them, exact to the last digit.

No thousands separators, no exponent, true and false (Anaplan reference, "Values in files"); dates are in
`dates.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any, TypeAlias

import msgspec

from target_anaplan.errors import RowRefusedError

Value: TypeAlias = "str | int | Decimal | bool | list[Any] | dict[str, Any] | None"
Record = Mapping[str, Any]

_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
_MAX_DIGITS = 100


def to_text(value: Value, decimal_separator: str = ".") -> str:
    """The text of a value in the file; nothing at all for null.

    Raises:
        RowRefusedError: The value has no exact text.
    """
    if isinstance(value, str):
        if "\0" in value:
            raise RowRefusedError("nul", f"The text {value!r} holds a NUL character, which no file can hold")
        return value
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
    return value is None or (isinstance(value, str) and not value.strip(" "))


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
