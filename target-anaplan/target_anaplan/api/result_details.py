"""What the result of a task says: its details, its counters, its words; only read here.

Anaplan reference, "Results of an import" and "Processes". What of it is a success is decided in
`delivery/success.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Result = Mapping[str, Any]

#: Part of the type of every detail that counts.
ROWS_PROCESSED = "RowsProcessed"
#: The type of the detail that says that nothing was new.
NO_CHANGES = "hierarchyNoChanges"
#: Module imports count cells of each line item, not rows.
_CELLS_PROCESSED = "lineItemRowsProcessed"


@dataclass(frozen=True)
class Detail:
    """One entry of a result's details.

    Attributes:
        type: What it is about.
        values: Its counters, as Anaplan writes them.
    """

    type: str
    values: Mapping[str, Any]

    def number(self, key: str) -> int:
        """A counter; 0 where it is missing or no number."""
        text = str(self.values.get(key) or "0").replace(",", "")
        return int(text) if text.isdecimal() else 0


@dataclass(frozen=True)
class Counts:
    """The counters of one import's result.

    Attributes:
        accepted: Rows taken as they are.
        warned: Rows taken without a bad value.
        rejected: Rows not taken.
        invalid: Rows counted as invalid; part of `rejected` or beside it, nobody has seen which (Anaplan
            reference, "Results of an import").
        ignored: Rows that changed nothing.
    """

    accepted: int = 0
    warned: int = 0
    rejected: int = 0
    invalid: int = 0
    ignored: int = 0


def results_of_actions(result: Result) -> list[Result]:
    """The results of a process's actions, in the order of the actions."""
    return result.get("nestedResults") or []


def results_by_action(result: Result, actions: tuple[str, ...]) -> dict[str, Result]:
    """The results of a process's actions by the action's id."""
    pairs = zip(actions, results_of_actions(result), strict=False)
    return {str(item.get("objectId") or action): item for action, item in pairs}


def details_of(result: Result) -> list[Detail]:
    """The details, their flat lists of keys and values as mappings."""
    details = []
    for detail in result.get("details") or []:
        flat = detail.get("values") or []
        details.append(Detail(str(detail.get("type") or ""), dict(zip(flat[::2], flat[1::2], strict=False))))
    return details


def counts_of(result: Result, sent: int) -> Counts | None:
    """The counted rows; None where the result counts none, as for module imports.

    Args:
        result: The result of one import.
        sent: Rows in the file.
    """
    details = details_of(result)
    if any(detail.type == NO_CHANGES for detail in details):
        return Counts(ignored=sent)
    counted = [detail for detail in details if _counts_rows(detail)]
    if len(counted) != 1:
        return None
    keys = ("successRowCount", "warningsRowCount", "failedCount", "invalidCount", "ignoredCount")
    return Counts(*(counted[0].number(key) for key in keys))


def _counts_rows(detail: Detail) -> bool:
    if ROWS_PROCESSED not in detail.type or detail.type.startswith(_CELLS_PROCESSED):
        return False
    return "totalRowCount" in detail.values or "successRowCount" in detail.values


def tells_of_problems(result: Result) -> bool:
    """Whether a detail says that rows were rejected, or loaded without a value."""
    keys = ("failedCount", "invalidCount", "warningsRowCount")
    return any(
        detail.type.endswith("WithFailures") or any(detail.number(key) for key in keys)
        for detail in details_of(result)
    )


def has_dump(result: Result) -> bool:
    """Whether there should be a dump of rejected rows."""
    flag = result.get("failureDumpAvailable")
    return tells_of_problems(result) if flag is None else bool(flag)


def words_of(result: Result) -> str:
    """What Anaplan says in its own words."""
    texts = [str(detail.get("localMessageText") or "") for detail in result.get("details") or []]
    return "; ".join(filter(None, texts)) or "it gave no reason"
