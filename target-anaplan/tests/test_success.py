"""When an import is a success: what the result's details say, never the state of the task alone."""

from __future__ import annotations

import pytest
from target_anaplan.api.model_objects import ImportObject
from target_anaplan.delivery.success import judge, judge_process, result_of
from target_anaplan.errors import MappingFailedError

CUSTOMERS = ImportObject("112000000001", "Customers", "HIERARCHY_DATA", "113000000001")
FACTS = ImportObject("112000000002", "Facts", "MODULE_DATA", "113000000002")


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
    outcome = judge(result, CUSTOMERS, 100)
    assert (outcome.problems, outcome.ignored, outcome.verified) == ((3, 3), 0, True)
    assert outcome.has_problems
    with pytest.raises(MappingFailedError, match="Of 101 rows sent"):
        judge(result, CUSTOMERS, 101)


@pytest.mark.parametrize(
    "details", [None, [], [detail("lineItemRowsProcessed")], [detail("somethingNew")]], ids=str
)
def test_a_module_import_that_counts_nothing_is_unverified_and_a_list_import_is_doubt(details):
    result = {"successful": True, "details": details}
    outcome = judge(result, FACTS, 5)
    assert (outcome.verified, outcome.has_problems) == (False, False)
    with pytest.raises(MappingFailedError, match="does not count what became of the 5 rows"):
        judge(result, CUSTOMERS, 5)


def test_several_details_of_one_list_are_added_up():
    halves = [detail(successRowCount="2", ignoredCount="1"), detail(successRowCount="1", failedCount="0")]
    assert judge({"successful": True, "details": halves}, CUSTOMERS, 4).ignored == 1
    with pytest.raises(MappingFailedError, match="Of 5 rows sent"):
        judge({"successful": True, "details": halves}, CUSTOMERS, 5)


def cells(name, **values):
    return detail("lineItemRowsProcessed", lineItemName=name, **values)


def test_a_line_item_whose_cells_were_all_ignored_fails_the_import():
    details = [cells("Amount", successRowCount="3"), cells("Rate", successRowCount="0", ignoredCount="3")]
    with pytest.raises(MappingFailedError, match="ignored all 3 cells of the line item 'Rate'"):
        judge({"successful": True, "details": details}, FACTS, 3)
    details = [cells("Amount", successRowCount="2", ignoredCount="1"), cells("Rate", successRowCount="3")]
    assert judge({"successful": True, "details": details}, FACTS, 3).verified


def test_a_line_item_of_fewer_cells_than_rows_is_unverified():
    assert not judge(
        {"successful": True, "details": [cells("Amount", successRowCount="2")]}, FACTS, 3
    ).verified
    nothing = {"successful": True, "details": [cells("Amount", successRowCount="0")]}
    with pytest.raises(MappingFailedError, match="counts no cell"):
        judge(nothing, FACTS, 3)


def test_a_row_may_fill_several_cells_of_a_line_item():
    result = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [cells("Amount", successRowCount="12", failedCount="12", ignoredCount="12")],
    }
    outcome = judge(result, FACTS, 3)
    assert (outcome.problems, outcome.ignored) == ((1, 12), 1)


@pytest.mark.parametrize(
    ("details", "passes"),
    [
        ([detail(successRowCount="2")], False),
        ([detail(successRowCount="1", ignoredCount="1")], True),
        ([detail("hierarchyNoChanges")], True),
        ([detail(successRowCount="1", ignoredCount="1"), detail("workspaceSizeExceeded")], False),
    ],
)
def test_an_unsuccessful_import_passes_only_where_its_details_explain_it(details, passes):
    result = {"successful": False, "details": details}
    if passes:
        judge(result, CUSTOMERS, 2)
        return
    with pytest.raises(MappingFailedError, match="successful"):
        judge(result, CUSTOMERS, 2)


def test_a_server_that_leaves_the_flag_out_is_judged_by_its_counters():
    assert judge({"details": [detail(successRowCount="2")]}, CUSTOMERS, 2).verified


def test_no_changes_means_all_ignored():
    assert judge({"successful": True, "details": [detail("hierarchyNoChanges")]}, CUSTOMERS, 4).ignored == 4


@pytest.mark.parametrize("task", [{"taskState": "CANCELLED"}, {"taskState": "COMPLETE", "currentStep": "?"}])
def test_a_task_without_a_result_failed(task):
    with pytest.raises(MappingFailedError):
        result_of(task, "Items")


def test_a_process_with_fewer_results_than_actions_failed():
    with pytest.raises(MappingFailedError, match="1 results for its 2 actions"):
        judge_process({"successful": True, "nestedResults": [{"successful": True}]}, "Load", ("1", "2"))
