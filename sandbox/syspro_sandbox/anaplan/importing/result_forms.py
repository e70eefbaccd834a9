"""The forms in which the result of an import may be told (Anaplan reference, "Odd results").

None of them changes what was loaded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syspro_sandbox.anaplan.options import EVERY_IMPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syspro_sandbox.anaplan.importing.outcome import Outcome
    from syspro_sandbox.anaplan.options import ResultForm

Detail = dict[str, Any]

#: Counters that a missing row makes smaller.
SHORT_COUNTERS = ("successRowCount", "totalRowCount")
UNKNOWN_DETAIL = {"localMessageText": "A note was written", "occurrences": 1, "type": "auditNoteWritten"}


def tell(outcome: Outcome, import_name: str, forms: Mapping[str, ResultForm]) -> Outcome:
    """An outcome in the form that its import is to have."""
    return FORMS[forms.get(import_name, forms.get(EVERY_IMPORT, "whole"))](outcome)


def _without_details(outcome: Outcome) -> Outcome:
    return replace(outcome, details=None)


def _with_no_detail(outcome: Outcome) -> Outcome:
    return replace(outcome, details=[])


def _without_counters(outcome: Outcome) -> Outcome:
    """Only that it ended, for each list or line item."""
    details = [
        {"localMessageText": "Complete.", "occurrences": 0, "type": detail["type"]}
        for detail in outcome.details or ()
    ]
    return replace(outcome, details=details)


def _split(outcome: Outcome) -> Outcome:
    """Two details in place of each, whose counters add up."""
    return replace(outcome, details=[part for detail in outcome.details or () for part in _halves(detail)])


def _short(outcome: Outcome) -> Outcome:
    """Two details in place of each, in which one row is missing."""
    details: list[Detail] = []
    for detail in outcome.details or ():
        first, *rest = _halves(detail)
        details += [first, *(_with_counters(half, _one_less) for half in rest)]
    return replace(outcome, details=details)


def _shuffled(outcome: Outcome) -> Outcome:
    """Counters in another order, with one that is null."""
    details = []
    for detail in outcome.details or ():
        values = detail.get("values", [])
        pairs = list(zip(values[::2], values[1::2], strict=True))
        turned = [part for pair in [*reversed(pairs), ("skippedReason", None)] for part in pair]
        details.append({**detail, "values": turned})
    return replace(outcome, details=details)


def _with_unknown_type(outcome: Outcome) -> Outcome:
    details = [{**detail, "type": "rowsReconciled"} for detail in outcome.details or ()]
    return replace(outcome, details=details)


def _with_unknown_beside(outcome: Outcome) -> Outcome:
    return replace(outcome, details=[*(outcome.details or ()), UNKNOWN_DETAIL])


def _unsuccessful(outcome: Outcome) -> Outcome:
    """Failed, and an unknown detail is all there is to explain it."""
    return replace(_with_unknown_beside(outcome), successful=False)


def _halves(detail: Detail) -> list[Detail]:
    """A detail in two, the smaller half of each counter first; one without counters stays whole."""
    if "values" not in detail:
        return [detail]
    return [
        _with_counters(detail, lambda _, count: count // 2),
        _with_counters(detail, lambda _, count: count - count // 2),
    ]


def _one_less(name: str, count: int) -> int:
    return max(0, count - 1) if name in SHORT_COUNTERS else count


def _with_counters(detail: Detail, change: Callable[[str, int], int]) -> Detail:
    values = detail["values"]
    pairs = [
        (name, str(change(name, int(value))) if value.isdecimal() else value)
        for name, value in zip(values[::2], values[1::2], strict=True)
    ]
    return {**detail, "values": [part for pair in pairs for part in pair]}


FORMS: dict[ResultForm, Callable[[Outcome], Outcome]] = {
    "whole": lambda outcome: outcome,
    "no_details": _without_details,
    "empty_details": _with_no_detail,
    "no_counters": _without_counters,
    "split": _split,
    "short": _short,
    "shuffled": _shuffled,
    "unknown_type": _with_unknown_type,
    "unknown_beside": _with_unknown_beside,
    "unsuccessful": _unsuccessful,
}
