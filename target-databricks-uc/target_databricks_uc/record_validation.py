"""Which records are refused: decoded by the stream's own shape, with errors that name record and property.

msgspec decodes a whole chunk of lines into structs, which validates them on the way
(Meltano reference, "Typed decoding"); no dict is made for a record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
from singer_kit.contract import DELETED_AT
from singer_kit.errors import DataError
from singer_kit.messages import decode_record

from target_databricks_uc.deletions import may_lack_properties
from target_databricks_uc.errors import MissingKeyError
from target_databricks_uc.types import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_databricks_uc.table_design import Column, Table

_DECODED: Mapping[ColumnKind, Any] = {
    ColumnKind.BOOLEAN: bool,
    ColumnKind.BIGINT: int,
    ColumnKind.DOUBLE: float,
    ColumnKind.DECIMAL: Decimal,
    ColumnKind.DATE: date,
    ColumnKind.TIMESTAMP: datetime,
    ColumnKind.STRING: str,
    ColumnKind.JSON: msgspec.Raw,
}
#: A number as JSON writes it. Python's Decimal also takes `1_000`, blanks and digits of other scripts.
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
#: A time of day with more digits than microseconds, which msgspec would round into the next year if need be.
_TOO_FINE = re.compile(rb":\d\d\.\d{6}\d*[1-9]")
_ROW_IN_MESSAGE = re.compile(r"\$\[(\d+)\](?:\.(.*?))?`?$")


@dataclass
class RecordValidator:
    """What records of one stream must be like.

    Attributes:
        table: The stream's table.
        strict: Check required properties, and take no number or boolean written as text.
    """

    table: Table
    strict: bool
    _fields: dict[str, str] = field(init=False)
    _decoder: msgspec.json.Decoder[Any] = field(init=False)
    #: Takes DECIMALs that are numbers, and nothing else: a fast look whether any is text.
    _numbers: msgspec.json.Decoder[Any] = field(init=False)
    _texts: bool = field(init=False)

    def __post_init__(self) -> None:
        filled = [column for column in self.table.columns if column.prop is not None]
        self._fields = {column.name: f"c{number}" for number, column in enumerate(filled)}
        rename = {self._fields[column.name]: str(column.prop) for column in filled}
        row = msgspec.defstruct(
            "Record",
            [
                *((self._fields[column.name], *self._decoded_as(column)) for column in filled),
                ("deleted_at", datetime | None, None),
            ],
            rename={**rename, "deleted_at": DELETED_AT},
            gc=False,
        )
        self._decoder = msgspec.json.Decoder(list[row], strict=self.strict)  # type: ignore[valid-type]
        decimals = [column for column in filled if column.type.kind is ColumnKind.DECIMAL]
        numbers = msgspec.defstruct(
            "Numbers",
            [(self._fields[column.name], float | None, None) for column in decimals],
            rename={self._fields[column.name]: str(column.prop) for column in decimals},
            gc=False,
        )
        self._texts = bool(decimals)
        self._numbers = msgspec.json.Decoder(list[numbers])  # type: ignore[valid-type]

    def _decoded_as(self, column: Column) -> tuple[Any, Any]:
        decoded = _DECODED[column.type.kind]
        if decoded is msgspec.Raw:
            return decoded, msgspec.Raw()
        if column.name in self.table.keys or column.prop in self.table.required:
            return decoded | None | msgspec.UnsetType, msgspec.UNSET
        return decoded | None, None

    def decode(self, lines: Sequence[bytes]) -> list[Any]:
        """The records as structs, for `values` and with `deleted_at`.

        Raises:
            DataError: A record does not hold what its schema promises.
            MissingKeyError: A record lacks its key.
        """
        rows = self._decode(lines)
        self._check_presence(rows, lines)
        self._check_exactness(lines)
        return rows

    def _decode(self, lines: Sequence[bytes]) -> list[Any]:
        try:
            rows: list[Any] = self._decoder.decode(b"[" + b",".join(lines) + b"]")
        except msgspec.ValidationError as error:
            place = _ROW_IN_MESSAGE.search(str(error))
            problem = str(error).split(" - at ", 1)[0]
            if place is None:
                raise DataError(f"A record does not fit its schema: {problem}") from error
            prop = f"property {place[2]}: " if place[2] else ""
            raise DataError(f"{self._describe(lines[int(place[1])])}: {prop}{problem}") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(f"A record is not JSON in UTF-8: {error}") from error
        return rows

    def _describe(self, line: bytes) -> str:
        """Name a record by its key, or by how it begins."""
        record = decode_record(line)
        keys = [column.prop for column in self.table.columns if column.name in self.table.keys]
        named = {str(key): record.get(str(key)) for key in keys} or dict(list(record.items())[:3])
        return "Record " + ", ".join(f"{name}={value}" for name, value in named.items())

    def _check_presence(self, rows: Sequence[Any], lines: Sequence[bytes]) -> None:
        for column in self.table.columns:
            is_key = column.name in self.table.keys
            if not (is_key or (self.strict and column.prop in self.table.required)):
                continue
            values = map(attrgetter(self._fields[column.name]), rows)
            for number, value in enumerate(values):
                missing = value is msgspec.UNSET or (isinstance(value, msgspec.Raw) and not value)
                if missing and is_key:
                    raise MissingKeyError(
                        f"{self._describe(lines[number])}: the key {column.prop} is missing"
                    )
                if is_key and (value is None or (isinstance(value, msgspec.Raw) and bytes(value) == b"null")):
                    raise DataError(f"{self._describe(lines[number])}: the key {column.prop} is null")
                if missing and not may_lack_properties(rows[number].deleted_at):
                    raise DataError(f"{self._describe(lines[number])}: property {column.prop} is missing")

    def _check_exactness(self, lines: Sequence[bytes]) -> None:
        """Refuse what was decoded as another value: numbers as odd text, times finer than microseconds."""
        chunk = b"[" + b",".join(lines) + b"]"
        suspect = range(len(lines)) if self._texts and self._holds_texts(chunk) else []
        fine = _TOO_FINE.search(chunk) is not None
        for number, line in enumerate(lines):
            if number in suspect or (fine and _TOO_FINE.search(line)):
                self._check_texts(line, decode_record(line))

    def _holds_texts(self, chunk: bytes) -> bool:
        """Whether a DECIMAL stands in the chunk as anything but a number."""
        try:
            self._numbers.decode(chunk)
        except msgspec.ValidationError:
            return True
        return False

    def _check_texts(self, line: bytes, record: Mapping[str, Any]) -> None:
        for column in self.table.columns:
            text = record.get(column.prop or DELETED_AT)
            if not isinstance(text, str):
                continue
            if column.type.kind is ColumnKind.DECIMAL and not _NUMBER.fullmatch(text):
                problem = f"{text!r} is no number as JSON writes it"
            elif column.type.kind is ColumnKind.TIMESTAMP and _TOO_FINE.search(text.encode()):
                problem = f"{text} is finer than microseconds"
            else:
                continue
            raise DataError(f"{self._describe(line)}: property {column.prop or DELETED_AT}: {problem}")

    def values(self, column: Column, rows: Sequence[Any]) -> list[Any]:
        """What decoded records hold for a column."""
        values: list[Any] = list(map(attrgetter(self._fields[column.name]), rows))
        if column.prop in self.table.required or column.name in self.table.keys:
            values = [None if value is msgspec.UNSET else value for value in values]
        return values

    def check_fit(
        self, column: Column, values: Sequence[Any], lines: Sequence[bytes], wanted: pa.DataType
    ) -> None:
        """Find the record whose value a column cannot hold.

        Raises:
            DataError: It is this one.
        """
        for value, line in zip(values, lines, strict=True):
            if not _fits(value, wanted):
                problem = f"{value} does not fit {column.type.sql}"
                raise DataError(f"{self._describe(line)}: property {column.prop}: {problem}") from None


def _fits(value: Any, wanted: pa.DataType) -> bool:
    try:
        pa.array([value], wanted)
    except (pa.ArrowInvalid, OverflowError):
        return False
    return True
