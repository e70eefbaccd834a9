"""Failure dumps: which rows Anaplan did not take, and why (Anaplan reference 2.8)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from target_anaplan.delivery.spool import CsvSpool, SentRow

#: The row was loaded without the bad value.
WARNING = "W"
ERROR = "E"

_ERROR_COLUMN = re.compile(r"_Error_\d+_|__Error__\d+")
_STATUS_COLUMN = "_Status_"
_LINE_COLUMN = "_Line_"


@dataclass(frozen=True)
class DumpRow:
    """One row of a dump.

    Attributes:
        line: The physical line in the uploaded file; None where the dump does not tell.
        cells: The source columns by header.
    """

    status: str
    line: int | None
    cells: dict[str, str]
    reason: str

    @property
    def reason_code(self) -> str:
        """The kind of reason: the message up to its colon, as one word."""
        return re.sub(r"\W+", "_", self.reason.partition(":")[0].strip().lower()).strip("_") or "unknown"


def read_dump(path: Path) -> Iterator[DumpRow]:
    """Reads a dump by its header names, as columns come and go between servers."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader(file)
        headers = next(rows, [])
        for row in rows:
            values = dict(zip(headers, row, strict=False))
            line = values.get(_LINE_COLUMN, "")
            reasons = [
                text.strip()
                for name, text in values.items()
                if _ERROR_COLUMN.fullmatch(name) and text.strip()
            ]
            yield DumpRow(
                status=values.get(_STATUS_COLUMN) or ERROR,
                line=int(line) if line.isdecimal() else None,
                cells={name: text for name, text in values.items() if not _is_own_column(name)},
                reason="; ".join(reasons),
            )


def find_sent_row(spool: CsvSpool, row: DumpRow) -> SentRow | None:
    """The row of the uploaded file that a dump row speaks of.

    The line is taken for a physical one, for the number of a row where texts hold line breaks and the
    cells say so, as the reference only infers what Anaplan counts.
    """
    if row.line is None:
        return None
    at_line = spool.row_at_line(row.line)
    for candidate in (at_line, spool.row_at_position(row.line - 1)):
        if candidate is not None and _same_cells(spool.format.headers, candidate, row):
            return candidate
    return at_line


def _same_cells(headers: tuple[str, ...], sent: SentRow, row: DumpRow) -> bool:
    cells = dict(zip(headers, sent.cells, strict=True))
    return all(row.cells[name].strip() == cells[name].strip() for name in row.cells.keys() & cells.keys())


def _is_own_column(name: str) -> bool:
    return name in {_STATUS_COLUMN, _LINE_COLUMN} or bool(_ERROR_COLUMN.fullmatch(name))
