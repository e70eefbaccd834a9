import copy
import pickle

import pytest
from singer_kit.errors import (
    KitError,
    OutputClosedError,
    PartialFailureError,
    RetryableError,
    SettingsError,
    clause,
    reasons,
    render,
)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"problem": "it is wrong"}, "It is wrong."),
        ({"problem": "It is wrong.", "remedy": "correct it."}, "It is wrong. Correct it."),
        ({"problem": "No name", "setting": "user"}, "No name (setting `user`)."),
        (
            {"problem": "No name", "setting": "user", "remedy": "Set it. Then run again"},
            "No name (setting `user`). Set it. Then run again.",
        ),
        ({"problem": "'x' is none"}, "'x' is none."),
        ({"problem": "Cut off after abc..."}, "Cut off after abc..."),
        ({"problem": "Is it on?", "remedy": ""}, "Is it on?"),
    ],
)
def test_one_form(fields, line):
    assert render(**fields) == line
    assert str(KitError(**fields)) == line


def test_a_rendered_text_is_rendered_again_to_the_same():
    line = render("no name", setting="user", remedy="set it")
    assert render(line) == line


def test_errors_are_data():
    error = RetryableError("busy", retry_after=3, setting="url", remedy="wait")
    assert (error.problem, error.retry_after, error.setting, error.remedy) == ("busy", 3, "url", "wait")


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_are_copied_whole(again):
    error = SettingsError("no name", setting="user", remedy="set it")
    assert str(again(error)) == str(error)


def test_exit_codes():
    assert PartialFailureError("x").exit_code == 3
    assert KitError("x").exit_code == OutputClosedError("x").exit_code == 1


def test_a_closed_output_is_no_exception_that_a_stream_may_swallow():
    assert not isinstance(OutputClosedError("x"), Exception)


def test_a_clause_stands_inside_another_sentence():
    assert clause(" It is wrong. ") == "It is wrong"
    assert clause("abc...") == "abc..."


def test_the_same_reason_is_said_once():
    failures = [("a", "No answer."), ("b", "Locked."), ("c", "No answer.")]
    assert reasons(failures) == "a, c: No answer; b: Locked"
