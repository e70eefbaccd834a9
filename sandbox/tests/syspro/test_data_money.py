"""Arithmetic on stored values agrees with exact decimals."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syspro_sandbox.syspro.calendar import Period, Posting, next_weekday
from syspro_sandbox.syspro.money import divide, extend, from_local, split, to_local, unit_cost

pytestmark = pytest.mark.server

cents = st.integers(-(10**12), 10**12)
rates = st.integers(1, 10**9)


@given(cents, rates)
def test_divide_rounds_half_away_from_zero(numerator, denominator):
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    assert divide(numerator, denominator) == exact
    assert divide(-numerator, denominator) == -divide(numerator, denominator)


@given(cents, rates, st.sampled_from("MD"))
def test_local_money(value, rate, mul_div):
    factor = Decimal(rate).scaleb(-6)
    exact = Decimal(value) * factor if mul_div == "M" else Decimal(value) / factor
    assert to_local(value, rate, mul_div) == exact.quantize(Decimal(1), ROUND_HALF_UP)


def test_from_local_is_the_other_way():
    assert from_local(13_625, 1_362_500, "M") == 10_000
    assert from_local(10_000, 1_362_500, "D") == 13_625


@given(cents, st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_split_loses_nothing(value, weights):
    assert sum(split(value, weights)) == value


def test_quantity_times_cost():
    assert extend(2_500_000, 123_456) == 309  # 2.5 x 1.23456 = 3.0864
    assert unit_cost(309, 2_500_000) == 123_600


def test_periods():
    assert Period(2026, 1).previous == Period(2025, 12)
    assert Period(2026, 6).back(18) == Period(2024, 12)
    assert Period(2026, 2).months_after(Period(2025, 11)) == 3
    assert Period(2024, 2).last_day == date(2024, 2, 29)
    assert Posting.on(date(2026, 6, 17)) == (date(2026, 6, 17), Period(2026, 6))


@pytest.mark.parametrize(("day", "following"), [("2026-06-17", "2026-06-18"), ("2026-06-19", "2026-06-22")])
def test_weekdays(day, following):
    assert next_weekday(date.fromisoformat(day)) == date.fromisoformat(following)
