"""Values: read from the text of a file by a format, and written back as cells show them."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syspro_sandbox.anaplan.model.definition import Format, FormatKind, Model
    from syspro_sandbox.anaplan.state.items import Hierarchies

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_BOOLEANS = {"true": "true", "yes": "true", "1": "true", "false": "", "no": "", "0": ""}
_BLANK: dict[FormatKind, str] = {"NUMBER": "0", "BOOLEAN": "false"}

_UNREADABLE: dict[FormatKind, str] = {
    "NUMBER": "Invalid number: {}",
    "DATE": "Invalid date: {}",
    "BOOLEAN": "Invalid boolean: {}",
    "LIST": "Invalid list identifier: {}",
    "TIME_ENTITY": "Invalid time entity identifier: {}",
}


class FormatError(ValueError):
    """A text that is no value of its format.

    Attributes:
        identifies: Whether it should have named an item.
        name: The property or line item it was meant for.
    """

    def __init__(self, kind: FormatKind, text: str) -> None:
        super().__init__(_UNREADABLE[kind].format(text))
        self.identifies = kind in {"LIST", "TIME_ENTITY"}
        self.name = ""


def write_number(number: Decimal) -> str:
    """A number as cells hold it: no exponent, no trailing zeros, nothing for zero."""
    if not number:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_number(text: str, decimal_separator: str = ".") -> Decimal:
    """A number without thousands separators and exponent (Anaplan reference, "Values in files").

    Raises:
        ValueError: When the text is no number.
    """
    if decimal_separator != ".":
        text = text.replace(".", "?").replace(decimal_separator, ".")
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


@lru_cache(maxsize=10_000)
def _read_date(text: str, pattern: str) -> str:
    return datetime.strptime(text, pattern).replace(tzinfo=timezone.utc).date().isoformat()


class Reader:
    """The texts of one source as values of one model.

    Args:
        decimal_separator: Of the source.
        date_format: Of the import.
    """

    def __init__(
        self,
        model: Model,
        hierarchies: Hierarchies,
        *,
        decimal_separator: str = ".",
        date_format: str = "%Y-%m-%d",
    ) -> None:
        self._model = model
        self._hierarchies = hierarchies
        self._decimal_separator = decimal_separator
        self._date_format = date_format

    def read(self, form: Format, text: str) -> str:
        """The value of a text as it is stored; blank, zero and false are the empty string.

        Raises:
            FormatError: When the text is no value of the format.
        """
        if form.kind == "TEXT" or not text:
            return text
        try:
            return self._read(form, text.strip())
        except (ValueError, LookupError):
            raise FormatError(form.kind, text) from None

    def read_all(
        self, formats: Mapping[str, Format], texts: Mapping[str, str]
    ) -> tuple[dict[str, str], list[FormatError]]:
        """The values that can be read, by name, and what was wrong with the others."""
        values: dict[str, str] = {}
        errors: list[FormatError] = []
        for name, text in texts.items():
            value = self._try(name, formats[name], text)
            if isinstance(value, FormatError):
                errors.append(value)
            else:
                values[name] = value
        return values, errors

    def _try(self, name: str, form: Format, text: str) -> str | FormatError:
        try:
            return self.read(form, text)
        except FormatError as error:
            error.name = name
            return error

    def _read(self, form: Format, text: str) -> str:
        if not text:
            return ""
        if form.kind == "NUMBER":
            return write_number(read_number(text, self._decimal_separator))
        if form.kind == "DATE":
            return _read_date(text, self._date_format)
        if form.kind == "BOOLEAN":
            return _BOOLEANS[text.lower()]
        if form.kind == "TIME_ENTITY":
            return str(self._model.time_items[text])
        item = self._hierarchies[form.list_name].find(text)
        if item is None:
            raise LookupError(text)
        return str(item.id)


def show(form: Format, value: str, model: Model, hierarchies: Hierarchies) -> str:
    """A stored value as a cell shows it: items by their label, blanks by the format's own blank."""
    if not value:
        return _BLANK.get(form.kind, "")
    if form.kind == "TIME_ENTITY":
        return model.time_names.get(int(value), "")
    if form.kind == "LIST":
        items = hierarchies[form.list_name]
        item = items.by_id.get(int(value))
        return items.label(item) if item else ""
    return value
