"""When an import is a success: read from the result's details and never from COMPLETE alone.

Anaplan reference, "Results of an import", "Processes" and "Codes in results".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_anaplan.api.result_details import (
    NO_CHANGES,
    ROWS_PROCESSED,
    counts_of,
    details_of,
    has_dump,
    results_of_actions,
    tells_of_problems,
    words_of,
)
from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from target_anaplan.api.result_details import Counts, Result
    from target_anaplan.api.task_wait import Task
    from target_anaplan.delivery.tally import RowMarks

#: Detail types that stop a whole import.
_FAILURES = frozenset(
    {
        "actionFailed",
        "connectorError",
        "crossCustomerImport",
        "deleteFromSelectionFailed",
        "failedToLocateEntity",
        "failedToLocateHierarchy",
        "failedToLocateModel",
        "failedToLocateModule",
        "failedToLocateSavedView",
        "hierarchyImportFailed",
        "hierarchyImportDuplicateSourceKey",
        "hierarchyImportDuplicateTargetKey",
        "importFailedGeneralError",
        "internalError",
        "missingFields",
        "moduleImportFailed",
        "moduleImportNoWriteAccess",
        "msgExportCancelled",
        "msgImportCancelled",
        "notAuthorised",
        "sourceModelArchived",
        "uploadedFileNoLongerAvailable",
        "columnSeparatorExpected",
        "unmatchedTextDelimiter",
    }
)


@dataclass(frozen=True)
class Outcome:
    """What became of one import that did not fail as a whole.

    Attributes:
        counts: Counted rows; None where the result has none, as for module imports.
        has_problems: Whether rows were rejected or loaded without a value.
        words: Anaplan's own.
    """

    counts: Counts | None
    has_problems: bool
    words: str


def result_of(task: Task, name: str) -> Result:
    """The result of a finished task.

    Raises:
        MappingFailedError: The task was cancelled, or ended without a result.
    """
    if task.get("taskState") == "CANCELLED":
        by = f" by {task['cancelledBy']}" if task.get("cancelledBy") else ""
        raise MappingFailedError(f"The task of {name!r} was cancelled in Anaplan{by}; nothing of it was kept")
    result = task.get("result")
    if not isinstance(result, dict):
        raise MappingFailedError(f"The task of {name!r} ended without a result ({task.get('currentStep')})")
    return result


def judge(result: Result, name: str, sent: int) -> Outcome:
    """Judge one import by its result.

    Args:
        result: The result of the import, or the nested one inside a process.
        name: What errors call it.
        sent: Rows in the file.

    Raises:
        MappingFailedError: The import failed as a whole, or its counters do not add up to the rows sent.
    """
    _refuse_failure(result, name)
    counts = counts_of(result, sent)
    if counts is not None and not _balances(counts, sent):
        raise MappingFailedError(
            f"Of {sent} rows sent to {name!r}, Anaplan accounts for {counts.accepted} accepted,"
            f" {counts.warned} with warnings, {counts.rejected} rejected and {counts.ignored} ignored:"
            f" {words_of(result)}"
        )
    return Outcome(counts, tells_of_problems(result) or has_dump(result), words_of(result))


def judge_process(result: Result, name: str, actions: tuple[str, ...]) -> None:
    """Judge a process by its actions; its own flag says little, in both directions.

    Raises:
        MappingFailedError: An action failed, or has no result, so that it did not run.
    """
    nested = results_of_actions(result)
    for item in nested:
        action = item.get("objectName") or item.get("objectId") or "an action"
        _refuse_failure(item, f"{action} of the process {name}")
    if len(nested) < len(actions):
        raise MappingFailedError(
            f"The process {name!r} reports {len(nested)} results for its {len(actions)} actions:"
            f" {words_of(result)}"
        )


def refuse_untold_rejections(outcome: Outcome, marks: RowMarks, name: str) -> None:
    """Make sure that it is known which rows were not taken.

    Args:
        outcome: What the import's result says.
        marks: The rows that its dump tells of.
        name: What errors call the import.

    Raises:
        MappingFailedError: It is not.
    """
    told = marks.rejected + marks.warned
    if outcome.has_problems and not told:
        raise MappingFailedError(
            f"Anaplan rejected rows in {name!r} but has no dump that tells which: {outcome.words}"
        )
    counts = outcome.counts
    if counts is not None and counts.rejected + counts.warned > told:
        raise MappingFailedError(
            f"Anaplan counts {counts.rejected} rejected rows and {counts.warned} with warnings in {name!r},"
            f" but its dump tells of {told}"
        )


def _refuse_failure(result: Result, name: str) -> None:
    details = details_of(result)
    words = words_of(result)
    if failed := [detail.type for detail in details if detail.type in _FAILURES]:
        raise MappingFailedError(f"Anaplan failed {name!r} with {failed[0]}: {words}")
    if result.get("successful"):
        return
    only_ignored = any(detail.type == NO_CHANGES or detail.number("ignoredCount") for detail in details)
    counts_rows = any(ROWS_PROCESSED in detail.type for detail in details)
    if not (only_ignored or counts_rows or result.get("failureDumpAvailable")):
        raise MappingFailedError(f"Anaplan reports {name!r} as not successful: {words}")


def _balances(counts: Counts, sent: int) -> bool:
    """Whether every row that was sent is accounted for."""
    total = counts.accepted + counts.warned + counts.rejected + counts.ignored
    return sent in {total, total + counts.invalid}
