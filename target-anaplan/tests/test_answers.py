"""Which answer means which error: the table of statuses, whichever form the error envelope has."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
import requests
from target_anaplan.api import answers
from target_anaplan.errors import (
    LostAnswerError,
    ModelBusyError,
    ModelUnavailableError,
    NotFoundError,
    RefusedError,
    TooManyRequestsError,
    UnauthorizedError,
)

NOW = datetime(2026, 6, 17, tzinfo=timezone.utc)


def answer(status, body=None, **headers):
    made = requests.Response()
    made.status_code = status
    made._content = json.dumps(body).encode() if body is not None else b"<html></html>"
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, RefusedError),
        (400, RefusedError),
        (401, UnauthorizedError),
        (403, RefusedError),
        (404, NotFoundError),
        (409, ModelBusyError),
        (410, LostAnswerError),
        (422, ModelUnavailableError),
        (423, ModelBusyError),
        (424, ModelUnavailableError),
        (425, ModelUnavailableError),
        (429, TooManyRequestsError),
        (500, LostAnswerError),
        (502, LostAnswerError),
        (504, LostAnswerError),
    ],
)
def test_each_status_means_one_error(status, error):
    found = answers.failure("GET /x", answer(status), NOW)
    assert type(found) is error
    assert found.problem.startswith(f"Anaplan answered GET /x with HTTP {status}")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": {"code": 400, "message": "Bad file"}}, " (Bad file)"),
        ({"status": "FAILURE", "statusMessage": "Not allowed"}, " (Not allowed)"),
        ({"status": "FAILURE"}, " (FAILURE)"),
        ({"status": {"code": 400}}, ""),
        (["no object"], ""),
        (None, ""),
    ],
)
def test_the_words_of_the_envelope_are_told(body, words):
    found = answers.failure("GET /x", answer(400, body), NOW)
    assert found.problem == f"Anaplan answered GET /x with HTTP 400{words}"


def test_a_wait_that_anaplan_asks_for_is_kept():
    assert answers.failure("GET /x", answer(429, retry_after="7"), NOW).retry_after == 7
    assert answers.failure("GET /x", answer(429), NOW).retry_after is None


def test_a_locked_model_is_told_with_setting_and_remedy():
    found = answers.failure("POST /x", answer(423), NOW)
    assert found.setting == "lock_wait_seconds"
    assert "unlock" in found.remedy


@pytest.mark.parametrize("body", [None, ["no object"]])
def test_a_success_without_an_object_is_no_answer(body):
    with pytest.raises(LostAnswerError, match="no JSON object"):
        answers.json_object("GET /x", answer(200, body))
    assert answers.json_object("GET /x", answer(200, {"a": 1})) == {"a": 1}
