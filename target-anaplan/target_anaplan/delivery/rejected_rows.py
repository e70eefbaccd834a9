"""Rows that did not arrive: why, which records they come from, and what a mapping wants done then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from singer_kit import contract

from target_anaplan.api.dumps import WARNING, read_dump
from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from target_anaplan.api.dumps import DumpRow
    from target_anaplan.delivery.tally import RowMarks, Tally
    from target_anaplan.spool.mapped_file import MappedFile
    from target_anaplan.spool.rows import CsvSpool, Origin, SentRow


def refused_rows(file: MappedFile) -> Iterator[dict[str, Any]]:
    """The rows that could not be written into a file, for the archive."""
    for row in file.spool.refused_rows():
        yield {
            **_origin(row.origin),
            "status": "refused",
            "reason_code": row.code,
            "reason": row.reason,
            "record": row.record,
        }


def rejected_rows(file: MappedFile, name: str, dump: Path, marks: RowMarks) -> Iterator[dict[str, Any]]:
    """The rows of a dump with the records they come from, for the archive.

    Args:
        file: The file that was imported.
        name: Name of the import.
        dump: Its dump.
        marks: Each row is marked here.
    """
    headers = file.spool.format.headers
    for row in read_dump(dump):
        sent = find_sent_row(file.spool, row)
        if sent is None and row.line is not None:
            marks.contradictions += 1
        marks.mark(sent.position if sent else None, warning=row.status == WARNING)
        yield {
            **_origin(sent.origin if sent else None),
            "status": row.status,
            "reason_code": reason_code(row.errors),
            "reason": reason(row.errors),
            "import": name,
            "line": row.line,
            "row": dict(zip(headers, sent.cells, strict=True)) if sent else row.cells,
        }


def reason(errors: Sequence[str]) -> str:
    """Anaplan's errors of one row, as one text."""
    return "; ".join(errors) or "Anaplan gave no reason"


def reason_code(errors: Sequence[str]) -> str:
    """Anaplan's errors of one row up to the first colon, as one word."""
    words = "; ".join(errors).partition(":")[0]
    return re.sub(r"\W+", "_", words.strip().lower()).strip("_") or "unknown"


def find_sent_row(spool: CsvSpool, row: DumpRow) -> SentRow | None:
    """The row of the uploaded file that a dump row speaks of.

    The line is taken for a physical one, for the number of a row where texts hold line breaks and the
    cells say so, as what Anaplan counts is only inferred (Anaplan reference, "Dump lines"). None where the
    dump tells no line, or its cells are those of neither: better no record than a wrong one.
    """
    if row.line is None:
        return None
    at_line = spool.row_at_line(row.line)
    for candidate in (at_line, spool.row_at_position(row.line - 1)):
        if candidate is not None and _same_cells(spool.format.headers, candidate, row):
            return candidate
    return None


def apply_policy(
    files: Sequence[MappedFile],
    tallies: Sequence[Tally],
    failed_before: Sequence[str],
    archive: Path,
    *,
    on_unverified: str,
) -> None:
    """Fail a batch whose rejected or unverified rows must come again.

    Args:
        files: Its files.
        tallies: What became of the rows of each.
        failed_before: The batches that it waited for and that failed.
        archive: Its folder.
        on_unverified: Whether rows that Anaplan does not account for are a warning or fail the batch.

    Raises:
        MappingFailedError: A mapping says `on_rejected: fail`, rows were rejected perhaps for want of what a
            failed batch should have delivered, or rows are unverified and may not be.
    """
    unverified = sum(tally.unverified for tally in tallies)
    if unverified and on_unverified == "fail":
        raise MappingFailedError(
            f"Anaplan does not say what became of rows ({unverified}), and they count as not delivered",
            setting="on_unverified",
            remedy=f"Compare the module with {archive}, or accept such results with `on_unverified: warn`",
        )
    for file, tally in zip(files, tallies, strict=True):
        if tally.quarantined and file.mapping.on_rejected == "fail":
            raise MappingFailedError(
                f"Anaplan rejected rows ({tally.quarantined}), and the mapping says `on_rejected: fail`",
                remedy=f"See {archive}",
            )
    quarantined = sum(tally.quarantined for tally in tallies)
    if quarantined and failed_before:
        raise MappingFailedError(
            f"Anaplan rejected rows ({quarantined}), perhaps because {', '.join(failed_before)} failed"
            " before; they count as not delivered",
            remedy=f"See {archive}",
        )


def _origin(origin: Origin | None) -> dict[str, Any]:
    return {
        "stream": origin.stream if origin else None,
        "key": origin.key if origin else None,
        contract.KEY: origin.syspro_key if origin else None,
    }


def _same_cells(headers: tuple[str, ...], sent: SentRow, row: DumpRow) -> bool:
    cells = dict(zip(headers, sent.cells, strict=True))
    return all(row.cells[name].strip() == cells[name].strip() for name in row.cells.keys() & cells.keys())
