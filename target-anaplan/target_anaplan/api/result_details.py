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
_COUNTER_KEYS = ("successRowCount", "warningsRowCount", "failedCount", "invalidCount", "ignoredCount")
_COUNTERS = frozenset({*_COUNTER_KEYS, "totalRowCount"})


@dataclass(frozen=True)
class Detail:
    """One entry of a result's details.

    Attributes:
        type: What it is about.
        values: Its counters, as Anaplan writes them.
        text: Anaplan's words.
    """

    type: str
    values: Mapping[str, Any]
    text: str = ""

    @property
    def counts(self) -> bool:
        """Whether it counts rows or cells."""
        return ROWS_PROCESSED in self.type and not _COUNTERS.isdisjoint(self.values)

    @property
    def about(self) -> str:
        """The list or line item that it tells of."""
        names = (value for key, value in self.values.items() if str(key).endswith("Name"))
        return str(next(names, None) or self.text.partition(":")[0] or "a line item")

    def read_counts(self) -> Counts:
        """Its counters; 0 for those that are missing."""
        return Counts(*(self.number(key) for key in _COUNTER_KEYS))

    def number(self, key: str) -> int:
        """A counter; 0 where it is missing or no number."""
        text = str(self.values.get(key) or "0").replace(",", "")
        return int(text) if text.isdecimal() else 0


@dataclass(frozen=True)
class Counts:
    """The counters of an import's result: rows of a list import, cells of one line item of a module import.

    Attributes:
        accepted: Taken as they are.
        warned: Taken without a bad value.
        rejected: Not taken.
        invalid: Counted as invalid; part of `rejected` or beside it, nobody has seen which (Anaplan
            reference, "Results of an import").
        ignored: What changed nothing.
    """

    accepted: int = 0
    warned: int = 0
    rejected: int = 0
    invalid: int = 0
    ignored: int = 0

    def plus(self, other: Counts) -> Counts:
        """Add up."""
        return Counts(
            self.accepted + other.accepted,
            self.warned + other.warned,
            self.rejected + other.rejected,
            self.invalid + other.invalid,
            self.ignored + other.ignored,
        )

    @property
    def totals(self) -> tuple[int, int]:
        """All that is counted, without and with what is invalid."""
        total = self.accepted + self.warned + self.rejected + self.ignored
        return total, total + self.invalid


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
        values = dict(zip(flat[::2], flat[1::2], strict=False))
        text = str(detail.get("localMessageText") or "")
        details.append(Detail(str(detail.get("type") or ""), values, text))
    return details


def row_counts(result: Result, sent: int) -> Counts | None:
    """The counted rows of a list import, added up over its details; None where nothing counts rows.

    Args:
        result: The result of one import.
        sent: Rows in the file.
    """
    details = details_of(result)
    total: Counts | None = None
    for detail in details:
        if detail.counts and not detail.type.startswith(_CELLS_PROCESSED):
            total = (total or Counts()).plus(detail.read_counts())
    if total is None and any(detail.type == NO_CHANGES for detail in details):
        return Counts(ignored=sent)
    return total


def cell_counts(result: Result) -> dict[str, Counts] | None:
    """The counted cells of a module import by line item; None where a line item has no counters.

    What names the line item in the result is only inferred (Anaplan reference, "Results of an import").
    """
    found: dict[str, Counts] = {}
    for detail in details_of(result):
        if not detail.type.startswith(_CELLS_PROCESSED):
            continue
        if not detail.counts:
            return None
        found[detail.about] = found.get(detail.about, Counts()).plus(detail.read_counts())
    return found or None


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
