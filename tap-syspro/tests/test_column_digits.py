"""The digits of decimals where `$metadata` keeps them to itself."""

from __future__ import annotations

import pytest
from tap_syspro.column_digits import known_digits, with_known_digits
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet


def completed(table, column):
    return with_known_digits(EntitySet(table, {column.name: column}, ())).columns[column.name]


@pytest.mark.parametrize("facets", [{}, {"precision": 14}, {"scale": 2}])
def test_known_columns_have_their_digits_whatever_metadata_leaves_out(facets):
    column = completed("ApInvoice", Column("MthInvBal1", ColumnKind.DECIMAL, **facets))
    assert (column.precision, column.scale) == (14, 2)


def test_a_longer_column_of_a_newer_syspro_is_believed():
    column = completed("ApInvoice", Column("MthInvBal1", ColumnKind.DECIMAL, precision=18, scale=3))
    assert (column.precision, column.scale) == (18, 3)


def test_money_that_a_service_shows_as_a_float_is_a_decimal():
    column = completed("GenHistory", Column("ClosingBalPer15", ColumnKind.FLOAT))
    assert (column.kind, column.precision, column.scale) == (ColumnKind.DECIMAL, 14, 2)


def test_other_tables_keep_what_is_told_of_them():
    column = Column("MthInvBal1", ColumnKind.DECIMAL)
    assert completed("MyView", column) is column
    assert known_digits("MyView", "MthInvBal1") is None


def test_a_column_may_differ_from_table_to_table():
    assert known_digits("ArCustomer", "UserField2") == (14, 2)
    assert known_digits("InvMaster", "UserField2") == (17, 5)
