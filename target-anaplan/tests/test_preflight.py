"""`--test` names what a run would fail for, and writes nothing."""

from __future__ import annotations

import pytest

from .mappings import FACTS, ITEMS

pytestmark = pytest.mark.server


def test_test_reports_and_writes_nothing(model, target):
    run = target.run([], "--test", mappings=[ITEMS, {**FACTS, "import": "Fakts"}])
    assert run.code == 1
    assert "did you mean 'Facts'?" in run.err
    assert "columns are those of Items.csv" in run.err
    assert not [call for call in model.calls("POST|PUT|DELETE") if "token" not in call]
    assert target.run([], "--test", mappings=[ITEMS, FACTS]).code == 0


def test_test_names_a_wrong_address_of_the_api(model, target):
    run = target.run([], "--test", mappings=[ITEMS], api_url=target.config["api_url"] + "/wrong")
    assert run.code == 1
    assert "Correct `api_url`" in run.err


def test_test_does_not_keep_a_person_waiting_for_an_address_without_answer(model, target):
    run = target.run([], "--test", mappings=[ITEMS], auth_url="http://127.0.0.1:9")
    assert run.code == 1
    assert run.err.count("attempt 2 follows") == 1
    assert "attempt 3 follows" not in run.err
