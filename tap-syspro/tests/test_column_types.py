"""What a column becomes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tap_syspro import column_types
from tap_syspro.odata.metadata import Column, ColumnKind


def test_times_of_day_survive_in_tables_that_may_have_them():
    reader = column_types.reader_of(Column("At", ColumnKind.MOMENT), dates_only=False)
    assert reader("2026-06-01T10:11:12+02:00") == "2026-06-01T10:11:12+02:00"
    assert reader("2026-06-01T10:11:12") == "2026-06-01T10:11:12Z"


@pytest.mark.parametrize(
    ("table", "format_"), [("ApInvoice", "date"), ("ApSupplier+", "date"), ("MyView", "date-time")]
)
def test_date_times_are_dates_in_syspros_own_tables(table, format_):
    dates_only = column_types.has_dates_only(table)
    schema = column_types.property_of(Column("At", ColumnKind.MOMENT), nullable=True, dates_only=dates_only)
    assert schema == {"type": ["string", "null"], "format": format_}


def test_decimals_tell_their_digits():
    column = Column("V", ColumnKind.DECIMAL, precision=14, scale=2, description="A value")
    assert column_types.property_of(column, nullable=False, dates_only=True) == {
        "type": "number",
        "x-sql-datatype": "DECIMAL(14,2)",
        "description": "A value",
    }


@pytest.mark.parametrize("facets", [{}, {"precision": 14}, {"scale": 2}])
def test_a_decimal_whose_digits_nobody_tells_is_exact_all_the_same(facets):
    column = Column("V", ColumnKind.DECIMAL, **facets)
    assert column_types.property_of(column, nullable=False, dates_only=False) == {
        "type": "number",
        "x-sql-datatype": "DECIMAL(38,18)",
    }
    reader = column_types.reader_of(column, dates_only=False)
    assert [reader(each) for each in (12, Decimal("12.0"), "12.000000")] == [12, 12, 12]
    assert {str(reader(each)) for each in (12, Decimal("12.0"), "12.000000")} == {"12"}
    assert str(reader("12.50")) == "12.5"


def test_whole_numbers_are_declared_so():
    column = Column("Line", ColumnKind.DECIMAL, precision=4, scale=0)
    assert column_types.property_of(column, nullable=False, dates_only=True) == {
        "type": "integer",
        "x-sql-datatype": "DECIMAL(4,0)",
    }
