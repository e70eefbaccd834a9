"""Conditions and literals of `$filter`."""

from __future__ import annotations

import operator
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_syspro.odata import filters
from tap_syspro.odata.metadata import ColumnKind
from tap_syspro.odata.urls import encode


def test_quotes_are_doubled():
    assert filters.text("O'Neil's") == "'O''Neil''s'"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_numbers_are_written_in_full(value):
    written = filters.number(value)
    assert "E" not in written
    assert Decimal(written) == value


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("000000000000101   ", ColumnKind.TEXT, "'000000000000101'"),
        ("  lead", ColumnKind.TEXT, "'  lead'"),
        ("2026-03-04T00:00:00", ColumnKind.MOMENT, "2026-03-04T00:00:00Z"),
        ("2026-03-04T00:00:00+02:00", ColumnKind.MOMENT, "2026-03-04T00:00:00+02:00"),
        ("2026-03-04", ColumnKind.DATE, "2026-03-04"),
        ("12.50", ColumnKind.DECIMAL, "12.50"),
        (7, ColumnKind.DECIMAL, "7"),
    ],
)
def test_values_become_literals_of_their_column(value, kind, expected):
    assert filters.literal(value, kind) == expected


def test_binary_cannot_be_compared():
    with pytest.raises(ValueError, match="cannot stand in a filter"):
        filters.literal("AAAA", ColumnKind.BINARY)


@given(
    day=st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)),
    offset=st.integers(min_value=-10 * 60, max_value=13 * 60 + 59),
)
def test_a_bound_separates_two_days_in_every_zone(day, offset):
    """Whatever zone the server's midnights are in, `ge bound` takes the day and leaves the one before."""
    zone = timezone(timedelta(minutes=offset))
    bound = datetime.fromisoformat(filters.start_of(day, ColumnKind.MOMENT).replace("Z", "+00:00"))
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    assert midnight >= bound
    assert midnight - timedelta(days=1) < bound


def evaluate(expression: str, row: dict[str, int]) -> bool:
    """Evaluate a filter over integers with Python's own parser."""
    python = re.sub(
        r"\b(\w+) (eq|gt|ge) (-?\d+)",
        lambda match: f"op['{match[2]}'](row['{match[1]}'], {match[3]})",
        expression,
    )
    operators = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge}
    return bool(eval(python, {"op": operators, "row": row}))


keys = st.tuples(*[st.integers(0, 3)] * 4)


@given(position=keys, row=keys)
def test_after_is_the_lexicographic_order(position, row):
    names = ("A", "B", "C", "D")
    expression = filters.after([(name, str(value)) for name, value in zip(names, position, strict=True)])
    assert evaluate(expression, dict(zip(names, row, strict=True))) is (row > position)


@given(
    period=st.tuples(st.integers(2020, 2023), st.integers(1, 4)),
    row=st.tuples(st.integers(2020, 2023), st.integers(1, 4)),
)
def test_not_before_is_the_order_of_periods(period, row):
    expression = filters.not_before(("Y", "P"), period)
    assert evaluate(expression, {"Y": row[0], "P": row[1]}) is (row >= period)


def test_after_bounds_the_first_column_before_any_or():
    """SQL Server seeks by `A >= 1`; with an `or` in front it scans from the first row."""
    assert filters.after([("A", "1"), ("B", "2")]) == "A ge 1 and (A gt 1 or B gt 2)"
    assert filters.after([("A", "1")]) == "A gt 1"
    narrowed = filters.all_of("S eq 'x' or S eq 'y'", filters.after([("A", "1"), ("B", "2")]))
    assert narrowed == "(S eq 'x' or S eq 'y') and (A ge 1 and (A gt 1 or B gt 2))"


def test_after_grows_with_the_columns_not_their_square():
    long_key = [(f"Column{number}", "'x'") for number in range(8)]
    assert len(filters.after(long_key)) < 2 * 8 * len("(Column1 eq 'x' and ()) or ")


def test_and_in_a_text_needs_no_brackets():
    assert filters.all_of("Name eq 'salt and pepper'", "A gt 1") == "Name eq 'salt and pepper' and A gt 1"


def test_or_is_bracketed_inside_and():
    assert filters.all_of("A eq 1 or B eq 2", "", "C eq 3") == "(A eq 1 or B eq 2) and C eq 3"


@given(st.lists(st.integers(0, 10**15).map(str), unique=True), st.integers(1, 300))
def test_a_long_list_is_cut_into_conditions_that_fit(values, room):
    parts = list(filters.one_of("K", values, room))
    assert [value for part in parts for value in re.findall(r"K eq (\d+)", part)] == values
    assert all(len(encode(part)) <= room or " or " not in part for part in parts)
