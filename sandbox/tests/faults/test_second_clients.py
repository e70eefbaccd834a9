"""What another client does before or after a request is handled, on each stand-in."""

import pytest
from syspro_sandbox.faults import Answer, HttpRequest, Match, Rule, Stage, When

pytestmark = pytest.mark.server

FIRST = When(nth=1)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_callable(served, faults, side):
    handled = served.handled
    seen = []
    faults.add(
        Rule(when=FIRST, **{side: Stage(do=lambda request: seen.append((request.path, served.handled)))})
    )
    assert served.ask().status_code == 200
    assert seen == [(served.path, handled + (side == "after"))]


def test_a_callable_asks_the_same_stand_in(served, faults):
    seen = []
    faults.add(Rule(when=FIRST, before=Stage(do=lambda _: seen.append(served.ask().status_code))))
    assert served.ask().status_code == 200
    assert seen == [200]


def test_several_things_in_turn(served, faults):
    seen = []
    faults.add(Rule(before=Stage(do=(lambda _: seen.append(1), lambda _: seen.append(2)))))
    served.ask()
    assert seen == [1, 2]


def test_a_request_with_the_login_of_the_first(served, faults, caplog):
    handled = served.handled
    faults.add(Rule(before=Stage(do=HttpRequest("GET", served.path))))
    caplog.set_level("INFO", "syspro_sandbox.faults")
    assert served.ask().status_code == 200
    assert served.handled == handled + 2
    assert len(faults.fired) == 1, "no rule fires on the second client"
    assert f"Second client: GET {served.path} was answered 200" in caplog.text


def test_a_request_to_another_stand_in(served, stand_ins, faults):
    others = [other for name, other in stand_ins.items() if name != served.system]
    handled = [other.handled for other in others]
    requests = tuple(HttpRequest("GET", other.path, other.system, other.headers) for other in others)
    for other in others:
        other.ask()  # each shows the rules where it is
    faults.add(Rule(Match(system=served.system), after=Stage(do=requests)))
    assert served.ask().status_code == 200
    assert [other.handled for other in others] == [count + 2 for count in handled]


def test_a_verb(served, faults):
    played = []
    faults.verbs["play"] = lambda: played.append(1)
    faults.add(Rule(before=Stage(do="play")))
    served.ask()
    assert played == [1]


@pytest.mark.filterwarnings("ignore")
def test_an_unknown_verb_is_an_error_of_the_server(served, faults, caplog):
    faults.add(Rule(before=Stage(do="dance")))
    assert served.ask().status_code == 500
    assert "There is no verb dance here" in caplog.text


def test_the_answer_changes_after_the_second_client(served, faults):
    faults.add(Rule(after=Stage(do=HttpRequest("GET", served.path), answer=Answer(409))))
    handled = served.handled
    assert served.ask().status_code == 409
    assert served.handled == handled + 2
