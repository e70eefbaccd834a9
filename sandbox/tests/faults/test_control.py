"""The control path, as a test or a person in another process uses it, on each stand-in."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from syspro_sandbox.faults import CONTROL_PATH

pytestmark = pytest.mark.server

LOST = {"name": "lost", "match": {"method": "GET"}, "before": {"answer": {"status": 500}}}


@pytest.fixture
def control(served, faults):
    def control(method, path="", **arguments):
        return requests.request(method, f"{served.url}{CONTROL_PATH}{path}", timeout=10, **arguments)

    return control


def test_rules_are_added_shown_and_removed(served, control):
    added = control("POST", "/rules", json=LOST)
    assert (added.status_code, added.json()) == (201, {"rules": ["lost"]})
    assert served.ask().status_code == 500
    shown = control("GET").json()
    assert shown["seed"] == 1
    assert shown["rules"] == [{"name": "lost", "effects": "before answer 500", "matched": 1, "fired": 1}]
    assert [(each["rule"], each["path"]) for each in shown["fired"]] == [("lost", served.path)]
    assert control("DELETE", "/rules/lost").status_code == 204
    assert served.ask().status_code == 200
    again = control("DELETE", "/rules/lost")
    assert (again.status_code, again.json()["error"]) == (404, "There is no fault rule lost: there are none.")


def test_a_whole_file_is_added_and_all_is_cleared(served, control):
    text = "rules: [{before: {answer: {status: 418}}}, {after: {reset: true}}]"
    assert control("POST", "/rules", data=text).json() == {"rules": ["rule-1", "rule-2"]}
    assert served.ask().status_code == 418
    assert control("DELETE", "/rules").status_code == 204
    assert control("GET").json() == {"seed": 1, "rules": [], "fired": [], "held": []}


def test_what_is_held_is_awaited_and_released(served, control):
    control("POST", "/rules", json={"name": "stop", "when": {"nth": 1}, "after": {"hold": "it"}})
    assert control("GET", "/held/it").status_code == 408
    assert control("POST", "/held/it/release").status_code == 404
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(served.ask)
        held = control("GET", "/held/it?wait=10")
        assert held.json() == [{"system": served.system, "method": "GET", "path": served.path}]
        assert control("GET", "/idle?wait=0").status_code == 408
        assert control("GET").json()["held"] == ["it"]
        assert control("POST", "/held/it/release").status_code == 204
        assert answer.result(10).status_code == 200
    assert control("GET", "/idle?wait=10").status_code == 204


def test_a_rule_is_awaited(served, control):
    control("POST", "/rules", json=LOST)
    assert control("GET", "/fired/lost").status_code == 408
    served.ask()
    assert control("GET", "/fired/lost?wait=10").status_code == 204
    refused = control("GET", "/fired/lost?times=2")
    assert refused.status_code == 408
    assert "has not fired 2 times" in refused.json()["error"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/rules", "rules: 1", "The request, rules: 1 cannot stand here: write a list."),
        ("/rules", "{", "The request, line 1 is not YAML"),
        ("/rules", '{"before": {"reset": 1}}', "The request, rule 1, before.reset: 1 cannot stand here"),
    ],
)
def test_what_is_wrong_is_told(control, path, body, message):
    refused = control("POST", path, data=body)
    assert refused.status_code == 400
    assert refused.json()["error"].startswith(message)


def test_a_wrong_number_is_told(control):
    refused = control("GET", "/idle?wait=soon")
    assert (refused.status_code, refused.json()["error"][:28]) == (400, "The parameter wait is no num")


def test_the_control_path_is_not_in_the_stand_ins_log(served, control):
    before = len(served.stand_in.requests)
    control("GET")
    assert control("GET", "/nothing").status_code == 404
    assert len(served.stand_in.requests) == before
