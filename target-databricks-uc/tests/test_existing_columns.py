"""What DESCRIBE TABLE says of a table."""

import pytest
from target_databricks_uc.existing_columns import parse_sql_type, read_columns
from target_databricks_uc.types import BIGINT, BOOLEAN, DATE, DOUBLE, STRING, TIMESTAMP, decimal


@pytest.mark.parametrize("one", [BOOLEAN, BIGINT, DOUBLE, DATE, TIMESTAMP, STRING, decimal(14, 2)])
def test_types_are_read_back_as_they_were_written(one):
    assert parse_sql_type(one.sql.lower()) == one


def test_a_type_of_somebody_else_is_not_known():
    assert parse_sql_type("map<string,int>") is None


def test_partition_columns_that_are_listed_twice_are_read_once():
    listed = [
        ("id", "bigint"),
        ("# of", "bigint"),
        ("day", "date"),
        ("# Partition Information", ""),
        ("# col_name", "data_type"),
        ("day", "date"),
    ]
    rows = [{"col_name": name, "data_type": kind} for name, kind in listed]
    assert read_columns(rows) == {"id": "bigint", "# of": "bigint", "day": "date"}
