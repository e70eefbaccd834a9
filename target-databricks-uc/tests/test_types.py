"""From JSON schema to column types, and how columns take other types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target_databricks_uc.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    JSON,
    STRING,
    TIMESTAMP,
    accepts,
    column_type,
    decimal,
    parse_sql_type,
    widen,
)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["boolean", "null"]}, BOOLEAN),
        ({"type": "integer"}, BIGINT),
        ({"type": "integer", "minimum": 0, "maximum": 2**63}, decimal(38, 0)),
        ({"type": "number"}, DOUBLE),
        ({"type": "number", "x-sql-datatype": "DECIMAL(14,2)"}, decimal(14, 2)),
        ({"type": ["null", "number"], "x-sql-datatype": "numeric( 12 , 6 )"}, decimal(12, 6)),
        ({"type": "string", "format": "singer.decimal", "x-sql-datatype": "DECIMAL(20)"}, decimal(20, 0)),
        ({"type": "number", "x-sql-datatype": "DECIMAL(60,40)"}, decimal(38, 38)),
        ({"type": "integer", "x-sql-datatype": "smallint"}, BIGINT),
        ({"type": "number", "multipleOf": 0.01}, decimal(38, 2)),
        ({"type": "number", "multipleOf": 1e-6, "maximum": 999999.999999}, decimal(12, 6)),
        ({"type": "number", "multipleOf": 10}, decimal(38, 0)),
        ({"type": "string"}, STRING),
        ({"type": "string", "format": "date"}, DATE),
        ({"type": "string", "format": "date-time"}, TIMESTAMP),
        ({"type": "string", "format": "time"}, STRING),
        ({"type": ["object", "null"]}, JSON),
        ({"type": "array", "items": {"type": "integer"}}, JSON),
        ({}, JSON),
        ({"type": ["string", "integer"]}, JSON),
        ({"type": ["integer", "number", "null"]}, DOUBLE),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, TIMESTAMP),
        # Such a property may hold any text, so the column does.
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": ["string", "null"]}]}, STRING),
        ({"oneOf": [{"type": "object"}, {"type": "string"}]}, JSON),
    ],
)
def test_the_type_of_a_property(schema, expected):
    assert column_type(schema) == expected


@pytest.mark.parametrize("one", [BOOLEAN, BIGINT, DOUBLE, DATE, TIMESTAMP, STRING, decimal(14, 2)])
def test_types_are_read_back_as_they_were_written(one):
    assert parse_sql_type(one.sql.lower()) == one


def test_a_type_of_somebody_else_is_not_known():
    assert parse_sql_type("map<string,int>") is None


@pytest.mark.parametrize(
    ("existing", "incoming", "result"),
    [
        (decimal(10, 2), decimal(8, 4), decimal(12, 4)),
        (decimal(10, 2), decimal(14, 2), decimal(14, 2)),
        (BIGINT, decimal(10, 2), decimal(22, 2)),
        (decimal(38, 2), decimal(38, 10), None),
        (BIGINT, STRING, None),
        (DOUBLE, decimal(10, 2), None),
        (DATE, TIMESTAMP, None),
    ],
)
def test_widening(existing, incoming, result):
    assert widen(existing, incoming) == result


@pytest.mark.parametrize(
    ("existing", "incoming", "expected"),
    [
        (STRING, decimal(10, 2), True),
        (STRING, JSON, True),
        (decimal(14, 2), decimal(10, 2), True),
        (decimal(14, 2), decimal(10, 3), False),
        (decimal(38, 0), BIGINT, True),
        (TIMESTAMP, DATE, True),
        (DATE, TIMESTAMP, False),
        (DOUBLE, BIGINT, False),
        (BIGINT, DOUBLE, False),
    ],
)
def test_what_a_column_takes_without_loss(existing, incoming, expected):
    assert accepts(existing, incoming) is expected


@st.composite
def decimals(draw):
    scale = draw(st.integers(0, 38))
    return decimal(draw(st.integers(max(scale, 1), 38)), scale)


@given(decimals(), decimals())
def test_a_widened_decimal_holds_both_and_delta_allows_the_step(one, other):
    wider = widen(one, other)
    if wider is None:
        assert (
            max(one.precision - one.scale, other.precision - other.scale) + max(one.scale, other.scale) > 38
        )
        return
    assert accepts(wider, one)
    assert accepts(wider, other)
    more_digits, more_scale = wider.precision - one.precision, wider.scale - one.scale
    assert more_digits >= more_scale >= 0
