"""The record contract: a row as OData gives it becomes the record that is delivered.

Text loses SYSPRO's right padding and nothing else; decimals stay exact; dates are read literally, so that no
time zone moves a document to another day (SYSPRO reference 3.2, 9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tap_syspro import keys
from tap_syspro.errors import DoubtfulRead
from tap_syspro.odata.metadata import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Row = dict[str, Any]

COMPANY = "_syspro_company"
TABLE = "_syspro_table"
KEY = "_syspro_key"
TIMESTAMP = "_syspro_timestamp"
READ_AT = "_syspro_read_at"
RUN_ID = "_syspro_run_id"
DELETED_AT = "_sdc_deleted_at"

#: Last column of every SYSPRO table, where the service shows it (reference 5).
ROWVERSION = "TimeStamp"

NULL_DATE = "0000-00-00"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|[T ])")
_ZONED = re.compile(r"(Z|[+-]\d{2}:\d{2})$")


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


def _unchanged(value: object) -> object:
    return value


_READERS: Mapping[Kind, Callable[[Any], object]] = {
    Kind.TEXT: read_text,
    Kind.DECIMAL: read_decimal,
    Kind.FLOAT: read_decimal,
    Kind.INTEGER: read_integer,
    Kind.DATE: read_date,
}


def reader_of(column: Column, *, midnights: bool) -> Callable[[Any], object]:
    """Choose how the values of a column are read.

    Args:
        column: The column.
        midnights: Whether date-times of this table are SYSPRO dates.
    """
    if column.kind is Kind.MOMENT:
        return read_date if midnights else read_moment
    if column.kind is Kind.DECIMAL and column.scale == 0:
        return read_integer
    return _READERS.get(column.kind, _unchanged)


@dataclass(frozen=True)
class RecordShape:
    """Everything that is the same for all records of one table and company.

    Attributes:
        company: Id of the company.
        table: Name of the table.
        key: Its key columns.
        readers: The columns delivered, each with its reader.
        key_readers: Reader of every key column.
        timestamp: The column that `_syspro_timestamp` repeats, if any, and whether it is a date.
        run_id: Id of this run.
    """

    company: str
    table: str
    key: tuple[str, ...]
    readers: Mapping[str, Callable[[Any], object]]
    key_readers: Sequence[Callable[[Any], object]]
    timestamp: str | None
    timestamp_is_date: bool
    run_id: str

    def record(self, row: Row, read_at: str) -> dict[str, object]:
        """Turn one row into a record.

        Raises:
            DoubtfulRead: When a value is not of its column's type.
        """
        try:
            record: dict[str, object] = {name: reader(row.get(name)) for name, reader in self.readers.items()}
            key = self.key_of(row)
            stamp = row.get(self.timestamp) if self.timestamp else None
            record[TIMESTAMP] = raw_date(stamp) if self.timestamp_is_date else stamp
        except ValueError as error:
            raise DoubtfulRead(
                f"{self.table} of company {self.company} gave a wrong value: {error}"
            ) from error
        record[COMPANY] = self.company
        record[TABLE] = self.table
        record[KEY] = key
        record[READ_AT] = read_at
        record[RUN_ID] = self.run_id
        return record

    def key_of(self, row: Row) -> str:
        """Build the `_syspro_key` of a row.

        Raises:
            DoubtfulRead: When a key column is missing or null.
        """
        parts = [self.company, self.table]
        for name, reader in zip(self.key, self.key_readers, strict=True):
            value = reader(row.get(name))
            if value is None:
                raise DoubtfulRead(
                    f"{self.table} of company {self.company} gave a row without {name}, a column of its key"
                )
            parts.append(str(value))
        return keys.encode(parts)
