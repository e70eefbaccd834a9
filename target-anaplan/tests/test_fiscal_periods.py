"""Wide ledger rows: no movement is invented for periods to come, and adjusting periods meet the next year."""

from __future__ import annotations

import pytest

from .singer_messages import record, schema

pytestmark = pytest.mark.server

PERIODS = [f"ClosingBalPer{number}" for number in range(1, 16)]
MAPPING = {
    "stream": "gl_balances",
    "import": "Balances",
    "columns": {
        "Account": "GlCode",
        "Period": {"period": ["GlYear", "Period"], "format": "%b %y"},
        "Balance": "Balance",
        "Movement": "Movement",
    },
    "unpivot": {
        "columns": PERIODS,
        "name": "Period",
        "value": "Balance",
        "movement": {"name": "Movement", "start": "BeginYearBalance"},
    },
    "key": ["Account", "Period"],
}


@pytest.fixture
def ledger(script):
    script.add_import(1, "Balances", ["Account", "Period", "Balance", "Movement"], kind="MODULE_DATA")
    return script


def year(number, opening, closing, current):
    values = dict(zip(PERIODS, closing, strict=True))
    names = ("GlCode", "GlYear", "BeginYearBalance", "_syspro_current_period")
    return [
        schema("gl_balances", *names, *PERIODS, key=("GlCode", "GlYear")),
        record(
            "gl_balances",
            GlCode="1",
            GlYear=number,
            BeginYearBalance=opening,
            _syspro_current_period=current,
            **values,
        ),
    ]


def test_periods_to_come_are_not_sent(ledger, target):
    mapping = {**MAPPING, "unpivot": {**MAPPING["unpivot"], "until": "_syspro_current_period"}}
    lines = year(2026, 1000, [1010, 1020, 1030, 1040, 1050, 1060, *[0] * 9], 202606)
    run = target.run(lines, mappings=[mapping])
    assert run.code == 0, run.err
    rows = ledger.uploaded("Balances.csv")[1:]
    assert rows == [
        ["1", f"{month} 26", str(1000 + 10 * number), "10"]
        for number, month in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun"), start=1)
    ]
    assert run.rejected == []


def test_adjusting_periods_are_folded_into_december(ledger, target):
    unpivot = {
        **MAPPING["unpivot"],
        "until": "_syspro_current_period",
        "fold": {"13": 12, "14": 12, "15": 12},
    }
    closing = [10 * number for number in range(1, 13)] + [121, 123, 126]
    run = target.run(year(2025, 0, closing, 202606), mappings=[{**MAPPING, "unpivot": unpivot}])
    assert run.code == 0, run.err
    rows = ledger.uploaded("Balances.csv")[1:]
    assert rows[-1] == ["1", "Dec 25", "126", "16"]
    assert [row[1] for row in rows].count("Dec 25") == 1
    assert sum(int(row[3]) for row in rows) == 126


def test_periods_neither_sent_nor_folded_are_refused_and_counted(ledger, target):
    run = target.run(year(2025, 0, [5] * 15, 202606), mappings=[MAPPING])
    assert run.code == 0, run.err
    assert [row["reason_code"] for row in run.rejected] == ["period"] * 3


def test_a_record_without_its_current_period_is_refused(ledger, target):
    mapping = {**MAPPING, "unpivot": {**MAPPING["unpivot"], "until": "_syspro_current_period"}}
    run = target.run(year(2026, 0, [5] * 15, None), mappings=[mapping])
    assert run.code == 0, run.err
    assert [row["reason_code"] for row in run.rejected] == ["until"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"fold": {"13": 1}}, "stands directly before it"),
        ({"fold": {"16": 12}}, "stands directly before it"),
        ({"fold": {"x": 12}}, "stands directly before it"),
        ({"until": "_syspro_current_period", "name": "Month"}, "year and the period of a row are not known"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(ledger, target, more, message):
    mapping = {**MAPPING, "unpivot": {**MAPPING["unpivot"], **more}}
    run = target.run(year(2025, 0, [5] * 15, 202606), mappings=[mapping])
    assert run.code == 1, run.err
    assert message in run.last_line
