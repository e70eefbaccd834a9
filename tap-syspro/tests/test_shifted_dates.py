"""Dates that a time zone moved."""

from __future__ import annotations

import pytest
from tap_syspro.odata.metadata import Column, ColumnKind
from tap_syspro.shifted_dates import shifted_date


@pytest.mark.parametrize(
    ("value", "found"),
    [("2026-06-01T00:00:00Z", None), ("2026-06-01", None), ("2026-05-31T22:00:00Z", "D"), (None, None)],
)
def test_a_date_with_a_time_of_day_is_noticed(value, found):
    columns = {"T": Column("T", ColumnKind.TEXT), "D": Column("D", ColumnKind.MOMENT)}
    assert shifted_date(columns, {"T": "2026-05-31T22:00:00Z", "D": value}) == found
