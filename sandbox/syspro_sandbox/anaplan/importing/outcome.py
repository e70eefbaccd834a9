"""What an import reports: details with counters, and the dump of the rows that were not loaded whole."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.importing.source import Row, SourceFile
    from syspro_sandbox.anaplan.options import AnaplanOptions

Status = Literal["W", "E"]
WARNING: Status = "W"
ERROR: Status = "E"
QUOTING: dict[str, Literal[0, 1]] = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL}
SURPLUS_ERROR = "Invalid row"


@dataclass(frozen=True)
class Outcome:
    """The result of one import.

    Args:
        details: The `details` of the task's result; None leaves them out.
        successful: False when the import as a whole failed.
        dump: The rows that were rejected or loaded in part, or None.
        ignored: How many rows or cells were ignored.
    """

    details: list[dict[str, Any]] | None
    successful: bool = True
    dump: bytes | None = None
    ignored: int = 0


def failure(code: str, message: str) -> Outcome:
    """An import that failed as a whole (Anaplan reference, "Codes in results")."""
    return Outcome([{"localMessageText": message, "occurrences": 0, "type": code}], successful=False)


@dataclass
class RowCounts:
    """How the rows of a list import fared (Anaplan reference, "Results of an import")."""

    success_created: int = 0
    success_updated: int = 0
    warning_created: int = 0
    warning_updated: int = 0
    failed: int = 0
    ignored: int = 0
    renamed: int = 0

    def count(self, *, created: bool, warned: bool) -> None:
        """Count a row that was loaded."""
        name = f"{'warning' if warned else 'success'}_{'created' if created else 'updated'}"
        setattr(self, name, getattr(self, name) + 1)

    @property
    def is_idle(self) -> bool:
        """Whether no row changed anything or failed."""
        loaded = self.success_created + self.success_updated + self.warning_created + self.warning_updated
        return loaded + self.failed == 0

    def detail(self, list_name: str) -> dict[str, Any]:
        """The element of `details` that tells about the list."""
        success = self.success_created + self.success_updated
        warned = self.warning_created + self.warning_updated
        created = self.success_created + self.warning_created
        updated = self.success_updated + self.warning_updated
        counters = {
            "hierarchyName": list_name,
            "successRowCount": success,
            "successCreateCount": self.success_created,
            "successUpdateCount": self.success_updated,
            "warningsRowCount": warned,
            "warningsCreateCount": self.warning_created,
            "warningsUpdateCount": self.warning_updated,
            "failedCount": self.failed,
            "ignoredCount": self.ignored,
            "totalRowCount": success + warned + self.failed + self.ignored,
            "totalCreateCount": created,
            "totalUpdateCount": updated,
            "invalidCount": 0,
            "updatedCount": updated,
            "renamedCount": self.renamed,
            "createdCount": created,
        }
        text = f"{list_name}: {success} ({self.success_created}/{self.success_updated}) rows successful, "
        if warned or self.failed:
            text += (
                f"{warned} ({self.warning_created}/{self.warning_updated}) rows has warnings, "
                f"{self.failed} failed, {self.ignored} ignored"
            )
            return _detail("hierarchyRowsProcessedWithFailures", text, counters)
        return _detail("hierarchyRowsProcessed", f"{text}{self.ignored} ignored ", counters)


@dataclass
class CellCounts:
    """How the cells of one line item fared; the keys are those of a list import.

    Inferred: Anaplan reference, "Results of an import".
    """

    success: int = 0
    failed: int = 0
    ignored: int = 0

    def detail(self, line_item: str) -> dict[str, Any]:
        """The element of `details` that tells about the line item."""
        counters = {
            "lineItemName": line_item,
            "successRowCount": self.success,
            "warningsRowCount": 0,
            "failedCount": self.failed,
            "ignoredCount": self.ignored,
            "totalRowCount": self.success + self.failed + self.ignored,
            "invalidCount": 0,
            "updatedCount": self.success,
        }
        text = f"{line_item}: {self.success} cells successful, "
        if self.failed:
            return _detail(
                "lineItemRowsProcessedWithFailures",
                f"{text}{self.failed} failed, {self.ignored} ignored",
                counters,
            )
        return _detail("lineItemRowsProcessed", f"{text}{self.ignored} ignored ", counters)


def _detail(code: str, text: str, counters: dict[str, Any]) -> dict[str, Any]:
    values = [part for name, value in counters.items() for part in (name, str(value))]
    return {"localMessageText": text, "occurrences": 0, "type": code, "values": values}


@dataclass
class DumpFile:
    """The rows of a dump as they collect, of the file they come from (Anaplan reference, "Dump lines")."""

    source: SourceFile
    rows: list[tuple[Status, Row, list[str]]] = field(default_factory=list)

    def add(self, status: Status, row: Row, errors: list[str]) -> None:
        """Add a row with what was wrong in it."""
        self.rows.append((status, row, errors))

    def content(self, options: AnaplanOptions) -> bytes | None:
        """The file, as the switches want it; None without rows."""
        rows = self._with_surplus(options.dump_surplus)
        if not rows:
            return None
        width = len(self.source.header)
        most = max(len(errors) for _, _, errors in rows)
        text = io.StringIO()
        writer = csv.writer(text, quoting=QUOTING[options.dump_quoting], lineterminator="\n")
        names = [name or f"Column {index}" for index, name in enumerate(self.source.header, start=1)]
        numbered = ("_Error_{}_", 1) if options.dump_error_columns == "_Error_1_" else ("__Error__{}", 0)
        errors_named = [numbered[0].format(numbered[1] + number) for number in range(most)]
        first = ["_Status_"] if options.dump_status_column else []
        line = ["_Line_"] if options.dump_line_column else []
        writer.writerow([*first, *names, *line, *errors_named])
        for status, row, errors in rows:
            fields = (row.fields + [""] * width)[:width]
            if options.dump_cells == "trimmed":
                fields = [text.strip() for text in fields]
            told = [status] if options.dump_status_column else []
            at = [str(self._line(row, options))] if options.dump_line_column else []
            writer.writerow([*told, *fields, *at, *errors, *[""] * (most - len(errors))])
        return text.getvalue().encode()

    def _with_surplus(self, surplus: int) -> list[tuple[Status, Row, list[str]]]:
        """The rows, and more of the file than were counted, or fewer."""
        if surplus <= 0:
            return self.rows[: max(0, len(self.rows) + surplus)]
        taken = {row.line for _, row, _ in self.rows}
        more = [row for row in self.source.rows if row.line not in taken][:surplus]
        return [*self.rows, *((ERROR, row, [SURPLUS_ERROR]) for row in more)]

    def _line(self, row: Row, options: AnaplanOptions) -> int:
        if options.dump_lines == "records":
            return row.record
        if options.dump_lines == "wrong":  # another row's
            others = (other.line for other in self.source.rows if other.line != row.line)
            return next(others, row.line + 1)
        return row.line
