"""What became of an import, read from the result's details and never from COMPLETE alone.

Results and their details: Anaplan reference 2.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from target_anaplan.errors import MappingFailedError

Result = Mapping[str, Any]

#: Detail types that stop a whole import.
FAILURES = frozenset(
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
_ROWS = "RowsProcessed"
_NO_CHANGES = "hierarchyNoChanges"
#: Module imports count cells of each line item, not rows.
_CELLS = "lineItemRowsProcessed"


@dataclass(frozen=True)
class Counts:
    """The counters of one import's result.

    Attributes:
        accepted: Rows taken as they are.
        warned: Rows taken without a bad value.
        rejected: Rows not taken.
        invalid: Rows counted as invalid; part of `rejected` or beside it, the reference does not say.
        ignored: Rows that changed nothing.
    """

    accepted: int = 0
    warned: int = 0
    rejected: int = 0
    invalid: int = 0
    ignored: int = 0

    def balances(self, sent: int) -> bool:
        """Whether every row that was sent is accounted for."""
        total = self.accepted + self.warned + self.rejected + self.ignored
        return sent in {total, total + self.invalid}


@dataclass(frozen=True)
class ImportResult:
    """One import's part of a task.

    Attributes:
        counts: Counted rows; None where the result has none, as for module imports.
        has_problems: Whether rows were rejected or loaded without a value.
        words: Anaplan's own.
    """

    counts: Counts | None
    has_problems: bool
    words: str


def result_of(task: Result, name: str) -> Result:
    """The result of a finished task.

    Raises:
        MappingFailedError: The task was cancelled, or ended without a result.
    """
    if task.get("taskState") == "CANCELLED":
        by = f" by {task['cancelledBy']}" if task.get("cancelledBy") else ""
        raise MappingFailedError(f"the task of {name!r} was cancelled in Anaplan{by}; nothing of it was kept")
    result = task.get("result")
    if not isinstance(result, dict):
        raise MappingFailedError(f"the task of {name!r} ended without a result ({task.get('currentStep')})")
    return result


def results_by_action(result: Result, actions: tuple[str, ...]) -> dict[str, Result]:
    """The results of a process's actions by the action's id; they come in the order of the actions."""
    nested: list[Result] = result.get("nestedResults") or []
    return {str(item.get("objectId") or action): item for action, item in zip(actions, nested, strict=False)}


def check_process(result: Result, name: str, actions: tuple[str, ...]) -> None:
    """Judges a process by its actions; its own flag says little, in both directions.

    Raises:
        MappingFailedError: An action failed, or has no result, so that it did not run.
    """
    nested: list[Result] = result.get("nestedResults") or []
    for item in nested:
        action = item.get("objectName") or item.get("objectId") or "an action"
        _check_failure(item, f"{action} of the process {name}")
    if len(nested) < len(actions):
        raise MappingFailedError(
            f"the process {name!r} reports {len(nested)} results for its {len(actions)} actions:"
            f" {_words(result)}"
        )


def expects_dump(result: Result) -> bool:
    """Whether there should be a dump of rejected rows."""
    flag = result.get("failureDumpAvailable")
    return _has_problems(_details(result)) if flag is None else bool(flag)


def judge(result: Result, name: str, sent: int) -> ImportResult:
    """Reads one import's result.

    Args:
        result: Of the import, or the nested one inside a process.
        name: What errors call it.
        sent: Rows in the file.

    Raises:
        MappingFailedError: The import failed as a whole, or its counters do not add up to the rows sent.
    """
    _check_failure(result, name)
    details = _details(result)
    counts = _counts(details, sent)
    if counts is not None and not counts.balances(sent):
        raise MappingFailedError(
            f"{sent} rows were sent to {name!r}, but Anaplan accounts for {counts.accepted} accepted,"
            f" {counts.warned} with warnings, {counts.rejected} rejected and {counts.ignored} ignored:"
            f" {_words(result)}"
        )
    return ImportResult(counts, _has_problems(details) or expects_dump(result), _words(result))


def _has_problems(details: list[dict[str, Any]]) -> bool:
    keys = ("failedCount", "invalidCount", "warningsRowCount")
    return any(detail["type"].endswith("WithFailures") for detail in details) or any(
        _number(detail, key) for detail in details for key in keys
    )


def _check_failure(result: Result, name: str) -> None:
    details = _details(result)
    types = [detail["type"] for detail in details]
    words = _words(result)
    if failed := [kind for kind in types if kind in FAILURES]:
        raise MappingFailedError(f"Anaplan failed {name!r} with {failed[0]}: {words}")
    if result.get("successful"):
        return
    only_ignored = any(_number(detail, "ignoredCount") for detail in details) or _NO_CHANGES in types
    if not (only_ignored or result.get("failureDumpAvailable") or any(_ROWS in kind for kind in types)):
        raise MappingFailedError(f"Anaplan reports {name!r} as not successful: {words}")


def _counts(details: list[dict[str, Any]], sent: int) -> Counts | None:
    if any(detail["type"] == _NO_CHANGES for detail in details):
        return Counts(ignored=sent)
    counted = [
        detail for detail in details if _ROWS in detail["type"] and not detail["type"].startswith(_CELLS)
    ]
    counted = [
        detail
        for detail in counted
        if "totalRowCount" in detail["values"] or "successRowCount" in detail["values"]
    ]
    if len(counted) != 1:
        return None
    keys = ("successRowCount", "warningsRowCount", "failedCount", "invalidCount", "ignoredCount")
    return Counts(*(_number(counted[0], key) for key in keys))


def _details(result: Result) -> list[dict[str, Any]]:
    """Details with their flat list of keys and values as a dict."""
    found = []
    for detail in result.get("details") or []:
        flat = detail.get("values") or []
        found.append(
            {"type": str(detail.get("type") or ""), "values": dict(zip(flat[::2], flat[1::2], strict=False))}
        )
    return found


def _number(detail: dict[str, Any], key: str) -> int:
    text = str(detail["values"].get(key) or "0").replace(",", "")
    return int(text) if text.isdecimal() else 0


def _words(result: Result) -> str:
    texts = [str(detail.get("localMessageText") or "") for detail in result.get("details") or []]
    return "; ".join(filter(None, texts)) or "it gave no reason"
