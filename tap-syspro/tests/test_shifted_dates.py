"""SYSPRO dates that a service converted to another zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet
from tap_syspro.shifted_dates import DateCheck, fit_one_zone
from tap_syspro.values import midnight


def check(*, table="ApInvoice", columns=("DueDate",)):
    known = {
        "DueDate": Column("DueDate", ColumnKind.MOMENT),
        "Reference": Column("Reference", ColumnKind.TEXT),
    }
    return DateCheck(EntitySet(table, known, ()), columns, "A")


def look_at(values, **where):
    dates = check(**where)
    for value in values:
        dates.look_at({"DueDate": value, "Reference": "2026-06-01T12:34:56Z"})


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"],
)
def test_midnights_of_a_zone_with_its_summer_time_are_dates(zone):
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(730)]
    midnights = [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) for day in days]
    look_at([each.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for each in midnights])
    look_at([each.isoformat() for each in midnights])


@pytest.mark.parametrize(
    "values",
    [
        ["2026-06-01T12:34:00Z"],
        ["2026-06-01T23:59:59Z"],
        ["2026-06-01T22:00:00Z", "2026-01-01T20:00:00Z"],
        ["2026-06-01T22:00:00Z", "2026-01-01T23:00:00Z", "2026-02-01T00:00:00Z"],
    ],
)
def test_times_of_day_that_fit_no_zone_are_refused(values):
    with pytest.raises(DoubtfulReadError, match=r"ApInvoice\.DueDate of company A .* UTC"):
        look_at(values)


@pytest.mark.parametrize("where", [{"table": "MyView"}, {"columns": ("Reference",)}])
def test_what_may_hold_times_or_is_not_read_is_not_looked_at(where):
    look_at(["2026-06-01T12:34:56Z"], **where)


def test_null_dates_and_days_long_ago_tell_nothing():
    look_at(["2026-06-01T22:00:00Z", None, "0000-00-00", "2026-06-01", "1900-01-01T06:07:00Z"])


def test_midnights_on_either_side_of_utc_midnight_are_near():
    assert fit_one_zone({23 * 3600, 0})
    assert not fit_one_zone({22 * 3600, 0})


def test_the_ends_of_the_calendar_stay():
    assert midnight("9999-12-31T00:00:00-12:00").day == "9999-12-31"
