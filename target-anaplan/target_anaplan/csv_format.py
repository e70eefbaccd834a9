"""The text format of one import file, as the import's data source in the model prescribes it.

Separator, qualifier, encoding and decimal separator are properties of the model, not of the upload: the
uploader must produce that format (Anaplan reference, "File format"). A byte order mark is never written
(Anaplan reference, "Encoding of files").
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from target_anaplan.errors import MappingFailedError, RowRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LINE_END = "\n"
#: Python writes a byte order mark with the first name and none with the second.
_WITHOUT_MARK = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}


@dataclass(frozen=True)
class CsvFormat:
    """How rows become bytes.

    Attributes:
        headers: The columns in the order of the file.
        separator: Stands between cells.
        qualifier: The text qualifier; empty where the data source has none.
        encoding: Python's name of the encoding.
        decimal_separator: Stands in numbers.
    """

    headers: tuple[str, ...]
    separator: str = ","
    qualifier: str = '"'
    encoding: str = "utf-8"
    decimal_separator: str = "."

    @cached_property
    def _special(self) -> re.Pattern[str]:
        return re.compile(f"^[ \t]|[ \t]$|[{re.escape(self.separator + self.qualifier)}\r\n]")

    @property
    def header_line(self) -> bytes:
        """The first line of the file."""
        return self.line(self.headers)

    def line(self, cells: Sequence[str]) -> bytes:
        """One row with its line end.

        Raises:
            RowRefusedError: The format cannot hold a cell exactly.
        """
        special = self._special
        texts = [self._quote(cell) if special.search(cell) else cell for cell in cells]
        if texts == [""]:  # an empty line would be no row at all
            if not self.qualifier:
                raise RowRefusedError(
                    "blank", "The only cell of the row is blank, and the import file has no text qualifier"
                )
            texts = [self.qualifier * 2]
        try:
            return (self.separator.join(texts) + _LINE_END).encode(self.encoding)
        except UnicodeEncodeError as error:
            character = error.object[error.start : error.end]
            raise RowRefusedError(
                "encoding",
                f"{character!r} cannot be written in {self.encoding}, the encoding of the import file",
            ) from None

    def _quote(self, cell: str) -> str:
        if self.qualifier:
            return self.qualifier + cell.replace(self.qualifier, self.qualifier * 2) + self.qualifier
        if self.separator in cell or "\n" in cell or "\r" in cell:
            raise RowRefusedError(
                "qualifier",
                f"{cell!r} holds the separator or a line break, and the import file has no text qualifier",
            )
        return cell

    def cells(self, line: bytes) -> list[str]:
        """The cells of one row that `line` wrote."""
        text = line.decode(self.encoding)
        if not self.qualifier:
            return text.removesuffix(_LINE_END).split(self.separator)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator, quotechar=self.qualifier)
        return next(rows)


def codec_name(encoding: str) -> str:
    """Python's name of an encoding that Anaplan names.

    Raises:
        MappingFailedError: Nobody knows the encoding.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise MappingFailedError(
            f"The import file's encoding {encoding!r} is not known", remedy="Choose UTF-8 in Anaplan"
        ) from None
    return _WITHOUT_MARK.get(name, name)


def read_format(name: str, metadata: Mapping[str, Any]) -> CsvFormat:
    """The format in the metadata of an import.

    Args:
        name: The import's name.
        metadata: What Anaplan tells of it.

    Raises:
        MappingFailedError: The import cannot be fed from a file with one header line.
    """
    source = metadata.get("source") or {}
    headers = tuple(source.get("headerNames") or ())
    separator = source.get("columnSeparator") or ","
    qualifier = source.get("textDelimiter") or ""
    if metadata.get("type", "FILE") != "FILE" or not headers:
        raise MappingFailedError(
            f"The import {name!r} does not read a file with named columns", remedy="Choose one that does"
        )
    if (source.get("headerRow", 1), source.get("firstDataRow", 2)) != (1, 2):
        raise MappingFailedError(
            f"The import {name!r} does not expect the header in row 1 and data from row 2",
            remedy="Set it so in Anaplan",
        )
    if len(set(headers)) < len(headers) or "" in headers:
        raise MappingFailedError(
            f"The import {name!r} has a file with blank or repeated headers: {', '.join(map(repr, headers))}",
            remedy="Give each column of the file a name of its own",
        )
    if len(separator) != 1 or len(qualifier) > 1:
        raise MappingFailedError(
            f"The import {name!r} has the separator {separator!r} and the text qualifier {qualifier!r}",
            remedy="Choose one character for each in Anaplan",
        )
    return CsvFormat(
        headers,
        separator,
        qualifier,
        codec_name(source.get("textEncoding") or "UTF-8"),
        source.get("decimalSeparator") or ".",
    )
