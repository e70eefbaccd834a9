"""When an import is a success: what the result's details say, never the state of the task alone."""

from __future__ import annotations

import pytest
from target_anaplan.delivery.success import judge, judge_process, result_of
from target_anaplan.errors import MappingFailedError


def detail(kind="hierarchyRowsProcessed", **values):
    flat = [text for pair in values.items() for text in pair]
    return {"type": kind, "localMessageText": "words", "values": flat}


def test_the_reference_example_balances():
    values = {"successRowCount": "97", "warningsRowCount": "1", "failedCount": "2", "ignoredCount": "0"}
    result = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [
            detail("hierarchyRowsProcessedWithFailures", **values, totalRowCount="100", invalidCount=None)
        ],
    }
    outcome = judge(result, "Customers", 100)
    assert (outcome.counts.accepted, outcome.counts.warned, outcome.counts.rejected) == (97, 1, 2)
    assert outcome.has_problems
    with pytest.raises(MappingFailedError, match="Of 101 rows sent"):
        judge(result, "Customers", 101)


@pytest.mark.parametrize(
    "result",
    [
        {"successful": True},
        {"successful": True, "details": [detail("lineItemRowsProcessed", ignoredCount="7")]},
        {"successful": True, "details": [detail("somethingNew")]},
    ],
)
def test_missing_and_unknown_details_are_no_failure(result):
    outcome = judge(result, "Facts", 5)
    assert (outcome.counts, outcome.has_problems) == (None, False)


def test_no_changes_means_all_ignored():
    assert (
        judge({"successful": True, "details": [detail("hierarchyNoChanges")]}, "Items", 4).counts.ignored == 4
    )


@pytest.mark.parametrize("task", [{"taskState": "CANCELLED"}, {"taskState": "COMPLETE", "currentStep": "?"}])
def test_a_task_without_a_result_failed(task):
    with pytest.raises(MappingFailedError):
        result_of(task, "Items")


def test_a_process_with_fewer_results_than_actions_failed():
    with pytest.raises(MappingFailedError, match="1 results for its 2 actions"):
        judge_process({"successful": True, "nestedResults": [{"successful": True}]}, "Load", ("1", "2"))
