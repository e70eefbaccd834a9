"""Column expressions: exact values, codes that can be read back, fiscal periods, movements."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target_anaplan.errors import RowRefusedError
from target_anaplan.mapping.dates import format_date, to_date
from target_anaplan.mapping.exact_values import to_text
from target_anaplan.mapping.expressions import Constant, Part, Property
from target_anaplan.mapping.joins import Join
from target_anaplan.mapping.movements import Movement
from target_anaplan.mapping.periods import Period
from target_anaplan.mapping.unpivot import Unpivot

PIECES = st.lists(st.sampled_from(["|", "%", "-", " ", "7", "C", "a", "€", "%7C"]), max_size=6).map("".join)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("12345678901234567.890123456789"), "12345678901234567.890123456789"),
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (-5, "-5"),
        (True, "true"),
        (None, ""),
        ("a\nc", "a\nc"),
        ({"a": [1]}, '{"a":[1]}'),
    ],
)
def test_values_are_written_exactly(value, text):
    assert to_text(value) == text


def test_a_nul_character_is_refused_instead_of_removed():
    with pytest.raises(RowRefusedError, match="NUL"):
        to_text("a\0b")
    with pytest.raises(RowRefusedError):
        Property("P", date="%d").value({"P": "\0"})


def test_decimal_separator_of_the_file_is_used_for_numbers_alone():
    assert to_text(Decimal("-1.5"), ",") == "-1,5"
    assert to_text("1.5", ",") == "1.5"


@pytest.mark.parametrize("value", [Decimal("1E+400"), Decimal("Infinity")])
def test_a_number_without_plain_text_is_refused(value):
    with pytest.raises(RowRefusedError, match="cannot be written"):
        to_text(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6))
def test_numbers_read_back_equal_and_negate_twice(number):
    negated = Property("n", negate=True)
    assert Decimal(to_text(number)) == number
    assert Decimal(to_text(negated.value({"n": negated.value({"n": number})}))) == number


@given(st.lists(PIECES, min_size=2, max_size=3), st.sampled_from(["|", "--", " - ", "||", "-|", "€"]))
def test_joined_codes_decode_to_their_parts(parts, separator):
    names = tuple(str(number) for number in range(len(parts)))
    code = Join(names, separator).value(dict(zip(names, parts, strict=True)))
    decoded = []
    for _part in parts[1:]:
        part, found, code = code.partition(separator)
        assert found
        decoded.append(unquote(part))
    assert [*decoded, unquote(code)] == parts


def test_join_leaves_ordinary_codes_alone():
    record = {"_syspro_company": "CHEM", "Supplier": "000000000000101"}
    assert Join(("_syspro_company", "Supplier")).value(record) == "CHEM|000000000000101"


def test_join_with_a_blank_part():
    record = {"Company": "CHEM", "GlGroup": " "}
    assert Join(("Company", "GlGroup")).value(record) == "CHEM| "
    assert Join(("Company", "GlGroup"), empty_when_blank=True).value(record) is None


def test_dates_are_iso_unless_a_format_is_given():
    assert Property("d").value({"d": "2026-06-07"}) == "2026-06-07"
    dated = Property("d", date="%d/%m/%Y")
    assert dated.value({"d": "2026-06-07T00:00:00Z"}) == "07/06/2026"
    assert dated.value({"d": None}) is None
    with pytest.raises(RowRefusedError, match="not a date"):
        dated.value({"d": "2026-13-07"})


@given(st.dates())
def test_date_text_reads_back(day):
    assert to_date(format_date(day, "%Y-%m-%d"), "d") == day


@pytest.mark.parametrize(
    ("options", "year", "period", "month"),
    [
        ({}, 2026, 6, "Jun 26"),
        ({"first_month": 4}, 2026, 1, "Apr 25"),
        ({"first_month": 4}, 2026, 12, "Mar 26"),
        ({"first_month": 4, "year_of": "start"}, 2026, 1, "Apr 26"),
        ({"first_month": 4, "year_of": "start"}, 2026, 12, "Mar 27"),
        ({}, Decimal("2026.0"), "6", "Jun 26"),
        ({}, 0, 0, None),
        ({}, None, 3, None),
    ],
)
def test_fiscal_periods_become_months(options, year, period, month):
    expression = Period("Y", "M", "%b %y", **options)
    assert expression.value({"Y": year, "M": period}) == month


@pytest.mark.parametrize(("year", "period"), [(2026, 13), (2026, Decimal("1.5")), (99999, 1), ("x", 1)])
def test_what_is_no_month_is_refused(year, period):
    with pytest.raises(RowRefusedError):
        Period("Y", "M", "%b %y").value({"Y": year, "M": period})


def test_part_of_a_code():
    record = {"GlCode": "10-2000-30"}
    assert [Part("GlCode", "-", index).value(record) for index in (0, 1, -1, 3)] == ["10", "2000", "30", None]


def test_lookup_of_values():
    on_hold = Property("OnHold", values={"Y": True, "N": False})
    assert on_hold.value({"OnHold": "Y"}) is True
    assert on_hold.value({"OnHold": " "}) is None
    with pytest.raises(RowRefusedError, match="not among"):
        on_hold.value({"OnHold": "X"})
    assert (
        Property("OnHold", values={"Y": True}, default=False, has_default=True).value({"OnHold": "X"})
        is False
    )


def test_constant():
    assert Constant("Actual").value({}) == "Actual"


def test_unpivot_gives_movements():
    unpivot = Unpivot((("P1", 1), ("P2", 2)), "Period", "Balance", Movement("Movement", "Begin"))
    record = {"GlCode": "1", "Begin": Decimal("100.00"), "P1": Decimal("150.25"), "P2": 90}
    rows = [(row["Period"], row["Balance"], row["Movement"]) for row in unpivot.records(record)]
    assert rows == [(1, Decimal("150.25"), Decimal("50.25")), (2, 90, Decimal("-60.25"))]


CENTS = st.integers(-(10**30), 10**30).map(lambda cents: Decimal(cents).scaleb(-2, context=Context(prec=99)))


@given(st.lists(CENTS, min_size=2, max_size=13))
def test_movements_add_up_to_the_last_balance(balances):
    columns = tuple((f"P{number}", number) for number in range(1, len(balances)))
    record = dict(zip(["Begin", *(name for name, _number in columns)], balances, strict=True))
    rows = Unpivot(columns, "Period", "Balance", Movement("Movement", "Begin")).records(record)
    assert Fraction(balances[0]) + sum(Fraction(row["Movement"]) for row in rows) == Fraction(balances[-1])


def test_a_movement_from_nothing_is_refused():
    unpivot = Unpivot((("P1", 1),), "Period", "Balance", Movement("Movement", "Begin"))
    with pytest.raises(RowRefusedError, match="Begin is empty"):
        list(unpivot.records({"Begin": None, "P1": 5}))
