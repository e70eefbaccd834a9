"""Text, numbers and dates as SYSPRO writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_syspro import values
from tap_syspro.odata import filters
from tap_syspro.odata.metadata import ColumnKind


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
        ("2026-06-30T22:00:00Z", "2026-07-01"),
        ("2026-06-30T22:00:00.0000000+00:00", "2026-07-01"),
        ("2026-07-01T04:00:00Z", "2026-07-01"),
        ("2026-07-01T00:00:00-10:00", "2026-07-01"),
        ("2026-06-30T10:15:00Z", "2026-07-01"),
        ("0000-00-00", None),
        ("0000-00-00T00:00:00", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00Z", "0001-01-01"),
        ("9999-12-31T00:00:00Z", "9999-12-31"),
    ],
)
def test_dates_are_days(value, expected):
    assert values.read_date(value) == expected


@given(
    day=st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)),
    quarters=st.integers(-10 * 4, 13 * 4 + 3),
    shown=st.integers(-12 * 4, 14 * 4),
)
def test_the_day_is_the_same_in_whatever_zone_its_midnight_is_shown(day, quarters, shown):
    """Every offset from -10:00 to +13:45, and a bound of a filter separates it from the day before."""
    zone, shown_in = (timezone(timedelta(minutes=15 * each)) for each in (quarters, shown))
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    assert values.read_date(moment.astimezone(shown_in).isoformat()) == day.isoformat()
    bound = datetime.fromisoformat(filters.start_of(day, ColumnKind.MOMENT).replace("Z", "+00:00"))
    assert moment - timedelta(days=1) < bound <= moment


@pytest.mark.parametrize(
    "value", ["31/03/2026", 20260331, "2026-03-311", "2026-03-31T", "2026-06-31T22:00:00Z", ["2026-03-31"]]
)
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
