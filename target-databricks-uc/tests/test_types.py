"""From JSON schema to column types."""

import pytest
from target_databricks_uc.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    JSON,
    STRING,
    TIMESTAMP,
    column_type,
    decimal,
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
        ({"type": "number", "multipleOf": 1e-6, "minimum": 0, "maximum": 999999.999999}, decimal(12, 6)),
        # One bound says nothing about the digits of the other side.
        ({"type": "number", "multipleOf": 1e-6, "maximum": 9}, decimal(38, 6)),
        ({"type": "number", "multipleOf": 0.01, "minimum": 0}, decimal(38, 2)),
        # What stands beside the alternatives holds for each of them.
        (
            {"anyOf": [{"type": "number"}, {"type": "null"}], "x-sql-datatype": "DECIMAL(14,2)"},
            decimal(14, 2),
        ),
        ({"oneOf": [{"type": "string"}, {"type": "null"}], "format": "date"}, DATE),
        ({"anyOf": [{"anyOf": [{"type": "number"}]}, {"type": "null"}], "multipleOf": 0.1}, decimal(38, 1)),
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
