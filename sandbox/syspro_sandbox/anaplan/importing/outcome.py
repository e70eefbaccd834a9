"""What an import reports: details with counters, and the dump of the rows that were not loaded whole."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syspro_sandbox.anaplan.importing.source import Row

Status = Literal["W", "E"]
WARNING: Status = "W"
ERROR: Status = "E"


@dataclass(frozen=True)
class Outcome:
    """The result of one import.

    Args:
        details: The `details` of the task's result.
        successful: False when the import as a whole failed.
        dump: The rows that were rejected or loaded in part, or None.
        ignored: How many rows or cells were ignored.
    """

    details: list[dict[str, Any]]
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
    """The rows of a dump as they collect (Anaplan reference, "Dump lines")."""

    header: Sequence[str]
    rows: list[tuple[Status, Row, list[str]]] = field(default_factory=list)

    def add(self, status: Status, row: Row, errors: list[str]) -> None:
        """Add a row with what was wrong in it."""
        self.rows.append((status, row, errors))

    def content(self, *, status_column: bool) -> bytes | None:
        """The file, every field quoted; None without rows."""
        if not self.rows:
            return None
        width = len(self.header)
        most = max(len(errors) for _, _, errors in self.rows)
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        names = [name or f"Column {index}" for index, name in enumerate(self.header, start=1)]
        first = ["_Status_"] if status_column else []
        writer.writerow([*first, *names, "_Line_", *(f"_Error_{n}_" for n in range(1, most + 1))])
        for status, row, errors in self.rows:
            fields = (row.fields + [""] * width)[:width]
            padding = [""] * (most - len(errors))
            writer.writerow([*([status] if status_column else []), *fields, row.line, *errors, *padding])
        return text.getvalue().encode()
