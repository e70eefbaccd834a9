"""How columns take other types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target_databricks_uc.type_widening import accepts, widen
from target_databricks_uc.types import BIGINT, DATE, DOUBLE, JSON, STRING, TIMESTAMP, decimal


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
