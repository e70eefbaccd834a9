"""What a client gets in place of the stand-in's answer, on each stand-in."""

import pytest
import requests
from syspro_sandbox.faults import Answer, Delivery, Match, Rule, Stage, When

pytestmark = pytest.mark.server

HTML = "<html><body>Sign in</body></html>"


def test_without_rules_nothing_changes(served, faults):
    answer = served.ask()
    assert answer.status_code == 200
    assert answer.json()
    assert faults.fired == []


def test_a_status_in_place_of_the_request(served, faults):
    answer = Answer(503, {"Retry-After": "7", "Content-Type": "text/html"}, "<h1>Busy</h1>")
    faults.add(Rule(before=Stage(answer=answer), name="busy"))
    before = served.handled
    got = served.ask()
    assert (got.status_code, got.headers["Retry-After"], got.text) == (503, "7", "<h1>Busy</h1>")
    assert got.headers["Content-Type"] == "text/html"
    assert served.handled == before
    [fired] = faults.fired
    assert (fired.rule, fired.count, fired.system) == ("busy", 1, served.system)
    assert (fired.method, fired.path, fired.effects) == ("GET", served.path, "before answer 503")


def test_a_status_in_place_of_the_answer(served, faults):
    faults.add(Rule(after=Stage(answer=Answer(504, body="gateway timed out"))))
    before = served.handled
    got = served.ask()
    assert (got.status_code, got.text) == (504, "gateway timed out")
    assert served.handled == before + 1


def test_a_page_in_place_of_the_data(served, faults):
    faults.add(Rule(after=Stage(answer=Answer(body=HTML, headers={"Content-Type": "text/html"}))))
    got = served.ask()
    assert (got.status_code, got.text, got.headers["Content-Type"]) == (200, HTML, "text/html")
    with pytest.raises(requests.JSONDecodeError):
        got.json()


def test_texts_of_the_body_replaced(served, faults):
    whole = served.ask().text
    faults.add(Rule(after=Stage(answer=Answer(replace={'"': "'"}))))
    assert served.ask().text == whole.replace('"', "'")


def test_an_answer_without_a_body_has_none(served, faults):
    faults.add(Rule(before=Stage(answer=Answer(204))))
    got = served.ask()
    assert (got.status_code, got.content) == (204, b"")


def test_delays_on_both_sides(served, faults, clock):
    start = clock.now
    before = served.handled
    seen = []
    faults.add(
        Rule(before=Stage(delay=30), after=Stage(do=lambda _: seen.append(clock.now - start), delay=5))
    )
    assert served.ask().status_code == 200
    assert served.handled == before + 1
    assert seen == [30]
    assert clock.now - start == 35


def test_a_slow_answer(served, faults, clock):
    whole = served.ask().content
    start = clock.now
    faults.add(Rule(delivery=Delivery(bytes_per_second=40)))
    got = served.ask()
    assert got.content == whole
    assert got.headers["Content-Length"] == str(len(whole))
    assert clock.now - start == pytest.approx(len(whole) / 40)


def test_a_slow_upload(served, faults, clock):
    body = b"x" * 1_000_000
    start = clock.now
    faults.add(Rule(Match(method="PUT"), upload_bytes_per_second=1000))
    seen = []
    faults.add(Rule(Match(method="GET"), before=Stage(do=lambda request: seen.append(request.body))))
    assert served.ask("PUT", data=body).status_code >= 400
    assert clock.now - start == pytest.approx(1000)


def test_the_upload_reaches_the_stand_in_whole(served, faults):
    body = b"x" * 1_000_000
    seen = []
    faults.add(Rule(before=Stage(do=lambda request: seen.append(request.body))))
    unmatched = served.ask("PUT", path="/nowhere", data=body)
    assert seen == [body]
    assert unmatched.status_code >= 400


def test_storms_end(served, faults):
    faults.add(Rule(Match(system=served.system), When(times=3), before=Stage(answer=Answer(429))))
    assert [served.ask().status_code for _ in range(5)] == [429, 429, 429, 200, 200]


def test_other_stand_ins_are_left_alone(stand_ins, faults):
    faults.add(Rule(Match(system="anaplan"), before=Stage(answer=Answer(500))))
    assert {name: served.ask().status_code for name, served in stand_ins.items()} == {
        "syspro": 200,
        "anaplan": 500,
        "databricks": 200,
    }
