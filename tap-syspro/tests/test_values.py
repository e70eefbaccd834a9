"""Text, numbers and dates as SYSPRO writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_syspro import values


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_numbers_as_text_and_as_number_are_the_same_value(value):
    assert values.read_decimal(str(value)) == values.read_decimal(value) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [("  00101  ", "  00101"), ("   ", ""), ("", ""), (None, None), ("a\tb ", "a\tb")],
)
def test_text_loses_its_right_padding_only(value, expected):
    assert values.read_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-31T00:00:00Z", "2026-03-31"),
        ("2026-03-31T00:00:00+02:00", "2026-03-31"),
        ("2026-03-31T00:00:00", "2026-03-31"),
        ("2026-03-31", "2026-03-31"),
        ("0000-00-00", None),
        ("0000-00-00T00:00:00", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00Z", "0001-01-01"),
        ("9999-12-31T00:00:00Z", "9999-12-31"),
    ],
)
def test_dates_are_read_literally(value, expected):
    assert values.read_date(value) == expected


@pytest.mark.parametrize("value", ["31/03/2026", 20260331, "2026-03-311"])
def test_what_is_no_date_is_not_delivered(value):
    with pytest.raises(ValueError, match="is not a date"):
        values.read_date(value)


@pytest.mark.parametrize(
    ("value", "expected"), [("7", 7), (Decimal("7.0"), 7), (7, 7), ("7.00", 7), (None, None)]
)
def test_whole_numbers_have_one_form(value, expected):
    assert values.read_integer(value) == expected


def test_a_fraction_is_not_cut_off():
    with pytest.raises(ValueError, match="not a whole number"):
        values.read_integer("7.5")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "abc", True])
def test_what_is_no_number_is_not_delivered(value):
    with pytest.raises(ValueError, match="is not a number"):
        values.read_decimal(value)
