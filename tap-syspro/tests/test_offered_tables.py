"""What companies offer together."""

from __future__ import annotations

import pytest
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet
from tap_syspro.offered_tables import united


def offer(name, *columns, key=()):
    return {name: EntitySet(name, {column.name: column for column in columns}, key)}


def of_two(one, other):
    return united([offer("T", one), offer("T", other)])["T"].columns["C"]


def text(name, length=None):
    return Column(name, ColumnKind.TEXT, max_length=length)


def decimal(*digits):
    return Column("C", ColumnKind.DECIMAL, precision=digits[0], scale=digits[1])


def test_tables_and_columns_of_any_company_are_there():
    tables = united([offer("T", text("A")), offer("T", text("B"), text("A")) | offer("U", text("X"))])
    assert list(tables) == ["T", "U"]
    assert list(tables["T"].columns) == ["A", "B"]


def test_the_longest_text_of_all_companies_fits():
    assert of_two(text("C", 10), text("C", 15)).max_length == 15
    assert of_two(text("C", 10), text("C")).max_length is None


def test_the_longest_number_of_all_companies_fits():
    column = of_two(decimal(14, 2), decimal(12, 6))
    assert (column.precision, column.scale) == (18, 6)
    assert of_two(decimal(14, 2), decimal(None, None)).precision is None


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.FLOAT),
        (ColumnKind.DATE, ColumnKind.MOMENT, ColumnKind.MOMENT),
        (ColumnKind.MOMENT, ColumnKind.INTEGER, ColumnKind.TEXT),
        (ColumnKind.TEXT, ColumnKind.BOOLEAN, ColumnKind.TEXT),
    ],
)
def test_a_type_that_differs_becomes_one_that_holds_both(one, other, both):
    assert of_two(Column("C", one), Column("C", other)).kind is both
    assert of_two(Column("C", other), Column("C", one)).kind is both


def test_a_whole_number_here_and_a_decimal_there_is_a_decimal():
    column = of_two(Column("C", ColumnKind.INTEGER), decimal(5, 2))
    assert (column.kind, column.precision, column.scale) == (ColumnKind.DECIMAL, 21, 2)


def test_the_longer_key_of_two_counts():
    tables = united([offer("T", text("A"), key=("A",)), offer("T", text("A"), text("B"), key=("A", "B"))])
    assert tables["T"].key == ("A", "B")
