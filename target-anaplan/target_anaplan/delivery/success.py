"""When an import is a success: read from the result's details and never from COMPLETE alone.

Anaplan reference, "Results of an import", "Processes" and "Codes in results".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_anaplan.api.result_details import (
    NO_CHANGES,
    ROWS_PROCESSED,
    Counts,
    cell_counts,
    details_of,
    has_dump,
    results_of_actions,
    row_counts,
    tells_of_problems,
    words_of,
)
from target_anaplan.errors import InDoubtError, MappingFailedError

if TYPE_CHECKING:
    from target_anaplan.api.model_objects import ImportObject
    from target_anaplan.api.result_details import Result
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


#: How types of details begin that tell of single values, not of the import (Anaplan reference, "Codes in
#: results").
_ABOUT_VALUES = ("dateFormatInvalid", "hierarchyImport", "moduleImport", "usersImport")


@dataclass(frozen=True)
class Outcome:
    """What became of one import that did not fail as a whole.

    Attributes:
        verified: Whether Anaplan accounts for every row that was sent.
        ignored: Rows that changed nothing.
        problems: The fewest and the most rows that its dump must tell of; without a most where nothing is
            counted.
        has_problems: Whether rows were rejected or loaded without a value.
        words: Anaplan's own.
        fits: Whether its counters are exactly those of the rows sent.
    """

    verified: bool
    ignored: int
    problems: tuple[int, int | None]
    has_problems: bool
    words: str
    fits: bool


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


def judge(result: Result, item: ImportObject, sent: int) -> Outcome:
    """Judge one import by its result.

    Args:
        result: The result of the import, or the nested one inside a process.
        item: The import.
        sent: Rows in the file.

    Raises:
        MappingFailedError: The import failed as a whole, or its counters leave it in doubt whether the rows
            arrived.
    """
    _refuse_failure(result, item.name)
    return _judge_rows(result, item.name, sent) if item.fills_list else _judge_cells(result, item.name, sent)


def _judge_rows(result: Result, name: str, sent: int) -> Outcome:
    """Judge an import into a list, which must account for every row."""
    counts = row_counts(result, sent)
    if counts is None and sent:
        raise InDoubtError(
            f"Anaplan does not count what became of the {sent} rows sent to {name!r}: {words_of(result)}",
            remedy="Look at the history of the import in Anaplan",
        )
    counts = counts or Counts()
    if sent not in counts.totals:
        raise InDoubtError(
            f"Of {sent} rows sent to {name!r}, Anaplan accounts for {counts.accepted} accepted,"
            f" {counts.warned} with warnings, {counts.rejected} rejected and {counts.ignored} ignored:"
            f" {words_of(result)}"
        )
    least = counts.warned + counts.rejected
    return _outcome(
        result, verified=True, ignored=counts.ignored, problems=(least, least + counts.invalid), fits=True
    )


def _judge_cells(result: Result, name: str, sent: int) -> Outcome:
    """Judge an import into a module, which counts the cells of each line item, where it counts.

    A row may fill several cells of a line item, as with one column for each period.
    """
    counted = cell_counts(result)
    if counted is None:
        return _outcome(result, verified=not sent, ignored=0, problems=(0, None), fits=not sent)
    for line_item, counts in counted.items():
        if counts.ignored and counts.totals[1] == counts.ignored:
            raise MappingFailedError(
                f"Anaplan ignored all {counts.ignored} cells of the line item {line_item!r} in {name!r}",
                remedy="Look for a formula, a closed version or missing write access in the model, or take"
                " the line item out of the import",
            )
    if sent and not any(counts.totals[1] for counts in counted.values()):
        raise InDoubtError(f"Anaplan counts no cell of the {sent} rows sent to {name!r}")
    most_cells = max(counts.totals[1] for counts in counted.values())
    cells_a_row = max(1, -(-most_cells // sent)) if sent else 1
    least = max(-(-(counts.warned + counts.rejected) // cells_a_row) for counts in counted.values())
    most = sum(counts.warned + counts.rejected + counts.invalid for counts in counted.values())
    return _outcome(
        result,
        verified=all(counts.totals[1] >= sent for counts in counted.values()),
        ignored=min(counts.ignored for counts in counted.values()) // cells_a_row,
        problems=(least, most),
        fits=all(sent in counts.totals for counts in counted.values()),
    )


def _outcome(
    result: Result, *, verified: bool, ignored: int, problems: tuple[int, int | None], fits: bool
) -> Outcome:
    has_problems = tells_of_problems(result) or has_dump(result)
    return Outcome(verified, ignored, problems, has_problems, words_of(result), fits)


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
        InDoubtError: It is not.
    """
    if marks.contradictions:
        raise InDoubtError(
            f"The dump of {name!r} holds rows ({marks.contradictions}) whose cells are not those of the lines"
            " that they name, so that nobody knows which records they come from",
            remedy="Make sure that no other integration uploads to the same file as the same user",
        )
    told = marks.rejected + marks.warned
    if outcome.has_problems and not told:
        raise InDoubtError(
            f"Anaplan rejected rows in {name!r} but has no dump that tells which: {outcome.words}"
        )
    least, most = outcome.problems
    if told < least or (most is not None and told > most):
        raise InDoubtError(
            f"Anaplan counts {least} rows in {name!r} that were rejected or loaded with warnings, but its"
            f" dump tells of {told}"
        )


def _refuse_failure(result: Result, name: str) -> None:
    details = details_of(result)
    words = words_of(result)
    if failed := [detail.type for detail in details if detail.type in _FAILURES]:
        raise MappingFailedError(f"Anaplan failed {name!r} with {failed[0]}: {words}")
    successful = result.get("successful")
    if successful:
        return
    if unknown := [detail.type for detail in details if not _is_known(detail.type)]:
        raise MappingFailedError(f"Anaplan does not report {name!r} as successful ({unknown[0]}): {words}")
    ignored = any(detail.type == NO_CHANGES or detail.number("ignoredCount") for detail in details)
    if successful is not None and not (ignored or tells_of_problems(result) or has_dump(result)):
        raise MappingFailedError(f"Anaplan reports {name!r} as not successful: {words}")


def _is_known(kind: str) -> bool:
    return ROWS_PROCESSED in kind or kind == NO_CHANGES or kind.startswith(_ABOUT_VALUES)
