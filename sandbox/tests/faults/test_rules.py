"""On which requests rules fire."""

import pytest
from syspro_sandbox.faults import (
    Answer,
    Delivery,
    Faults,
    FaultsError,
    Match,
    Rule,
    SeenRequest,
    Stage,
    UnknownNameError,
    When,
)

LOST = Stage(reset=True)
REQUEST = SeenRequest(
    "anaplan",
    "POST",
    "/2/0/models/M 1/imports/112/tasks",
    "limit=5&offset=10",
    {"accept": "application/json"},
    b'{"localeName": "en_US"}',
)


def rule(name="", **when):
    return Rule(when=When(**when), before=LOST, name=name)


def fired_on(count, *rules, seed=1):
    """Which of so many requests a rule fires on."""
    faults = Faults(rules, seed=seed)
    return [number for number in range(1, count + 1) if faults.draw(REQUEST)]


@pytest.mark.parametrize(
    "match",
    [
        Match(),
        Match(system="anaplan"),
        Match(method="post"),
        Match(path="*/imports/*/tasks"),
        Match(path="/2/0/models/M 1/imports/112/task?"),
        Match(path_regex=r".*/imports/\d+/tasks"),
        Match(query="*offset=10"),
        Match(headers={"Accept": "*json*"}),
        Match(body="en_US"),
    ],
)
def test_a_match(match):
    assert match.fits(REQUEST)


@pytest.mark.parametrize(
    "match",
    [
        Match(system="syspro"),
        Match(method="GET"),
        Match(path="*/imports/*"[:-1]),
        Match(path="*/Imports/*"),
        Match(path_regex=r"/imports/\d+/tasks"),
        Match(query="offset=10"),
        Match(headers={"Accept": "text/*"}),
        Match(headers={"X-Nothing": "?*"}),
        Match(body="de_DE"),
    ],
)
def test_no_match(match):
    assert not match.fits(REQUEST)


@pytest.mark.parametrize(
    ("when", "fired"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 3}, [3]),
        ({"nth": (2, 5)}, [2, 5]),
        ({"every": 2}, [2, 4, 6]),
        ({"from_nth": 4}, [4, 5, 6]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "from_nth": 3, "times": 1}, [4]),
        ({"probability": 0}, []),
        ({"probability": 1}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_occasions(when, fired):
    assert fired_on(6, rule(**when)) == fired


def test_chance_follows_from_the_seed():
    by_chance = [fired_on(1000, rule(probability=0.2), seed=seed) for seed in (1, 1, 2)]
    assert by_chance[0] == by_chance[1] != by_chance[2]
    assert 150 < len(by_chance[0]) < 250
    assert Faults().seed != Faults().seed


def test_rules_fire_in_turn():
    faults = Faults([rule("first", times=1), rule("third", nth=3), rule("rest", from_nth=2)])
    assert [faults.draw(REQUEST).name for _ in range(4)] == ["first", "rest", "third", "rest"]
    assert [(each.rule.name, each.matched, each.fired) for each in faults.rules] == [
        ("first", 4, 1),
        ("third", 4, 1),
        ("rest", 4, 2),
    ]


def test_rules_come_and_go():
    faults = Faults()
    assert faults.add(rule(), rule("named"), rule()) == ["rule-1", "named", "rule-3"]
    faults.remove("rule-1")
    with pytest.raises(UnknownNameError, match=r"There is no fault rule rule-1: there are named, rule-3$"):
        faults.remove("rule-1")
    with pytest.raises(FaultsError, match=r"There is a fault rule named already"):
        faults.add(rule("named"))
    faults.clear()
    assert faults.rules == faults.fired == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Rule, "nothing happens"),
        (lambda: Match(path="*", path_regex=".*"), "exclude each other"),
        (lambda: Match(path_regex="("), "no regular expression"),
        (lambda: Stage(reset=True, answer=Answer(500)), "exclude each other"),
        (lambda: Answer(body="x", replace={"x": "y"}), "exclude each other"),
        (lambda: Delivery(cut_bytes=1, cut_fraction=0.5), "exclude each other"),
        (lambda: Delivery(ending="clean"), "has no place"),
        (lambda: Rule(before=LOST, after=Stage(delay=1)), "nothing comes `after`"),
        (lambda: Rule(after=LOST, delivery=Delivery(cut_bytes=1)), "there is no `delivery`"),
        (lambda: Rule(before=Stage(answer=Answer(replace={"a": "b"}))), "no text to replace"),
        (lambda: Rule(Match(body="x"), upload_bytes_per_second=1), "cannot be matched"),
    ],
)
def test_rules_that_make_no_sense(make, message):
    with pytest.raises(ValueError, match=message):
        make()
