"""The text format of one import file, as the import data source in the model prescribes it.

Separator, qualifier, encoding and decimal separator are properties of the model, not of the upload: the
uploader must produce that format (Anaplan reference 2.4). A byte order mark is never written (5, "encoding").
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from target_anaplan.errors import MappingFailedError, RowRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE_END = "\n"
#: Python writes a byte order mark with the first name and none with the second.
_WITHOUT_MARK = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}


def codec_name(encoding: str) -> str:
    """Python's name of an encoding that Anaplan names.

    Raises:
        MappingFailedError: Nobody knows the encoding.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise MappingFailedError(
            f"the import file's encoding {encoding!r} is not known; choose UTF-8 in Anaplan"
        ) from None
    return _WITHOUT_MARK.get(name, name)


@dataclass(frozen=True)
class CsvFormat:
    """How rows become bytes.

    Attributes:
        headers: The columns in the order of the file.
        qualifier: The text qualifier; empty where the data source has none.
        encoding: Python's name of the encoding.
    """

    headers: tuple[str, ...]
    separator: str = ","
    qualifier: str = '"'
    encoding: str = "utf-8"
    decimal_separator: str = "."

    @cached_property
    def _special(self) -> re.Pattern[str]:
        ends = f"^[ \t]|[ \t]$|[{re.escape(self.separator + self.qualifier)}\r\n]"
        return re.compile(ends)

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
            texts = [self.qualifier * 2]
        try:
            return (self.separator.join(texts) + LINE_END).encode(self.encoding)
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
            return text.removesuffix(LINE_END).split(self.separator)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator, quotechar=self.qualifier)
        return next(rows)
