"""Imports that loaded nothing and say so in a whisper: none of them is taken for delivered."""

from __future__ import annotations

import pytest

from .mappings import FACTS, ITEMS
from .scripted_anaplan import cell_detail, list_detail

pytestmark = pytest.mark.server

EXCEEDED = {"type": "workspaceLimit", "localMessageText": "Workspace size exceeded; changes rolled back"}


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"successful": False, "details": [list_detail(2), EXCEEDED]}, "Workspace size exceeded"),
        ({"successful": False, "details": [list_detail(0, ignored=2), EXCEEDED]}, "Workspace size exceeded"),
        ({"successful": True}, "does not count what became of the 2 rows"),
        ({"successful": True, "details": [{"type": "hierarchyRowsProcessed"}]}, "does not count what became"),
        ({"successful": True, "details": [list_detail(0), list_detail(1)]}, "Of 2 rows sent"),
        ({"successful": True, "details": [list_detail(1), list_detail(2)]}, "Of 2 rows sent"),
    ],
)
def test_a_list_import_must_account_for_every_row(model, target, input_lines, result, message):
    model.results["112000000001"] = result
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 3, run.err
    assert message in run.last_line
    assert run.states[-1] == {"n": 1}  # before the first record of `items`
    assert run.outcomes[0]["state"] == ("failed" if "Workspace" in message else "in doubt")


def test_a_line_item_that_became_a_formula_fails_the_import(model, target, input_lines):
    model.results["112000000002"] = {"successful": True, "details": [cell_detail("Value", 0, ignored=1)]}
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 3, run.err
    assert "ignored all 1 cells of the line item 'Value'" in run.last_line
    assert run.out == ""  # every STATE follows the first record of `facts`


def test_a_module_import_that_counts_nothing_is_not_called_accepted(model, target, input_lines):
    model.results["112000000002"] = {"successful": True}
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert (run.code, run.states[-1]) == (0, {"n": 2}), run.err
    assert [outcome["state"] for outcome in run.outcomes] == ["accepted", "unverified"]
    assert run.outcomes[1]["counts"]["accepted"] == 0
    assert "WARNING" in run.last_line
    assert "2 accepted, 1 not counted by Anaplan (unverified)" in run.last_line


def test_unverified_rows_fail_where_the_setting_says_so(model, target, input_lines):
    model.results["112000000002"] = {"successful": True}
    run = target.run(input_lines, mappings=[ITEMS, FACTS], on_unverified="fail")
    assert run.code == 3, run.err
    assert "`on_unverified`" in run.last_line
    assert run.out == ""
