"""The record contract, without a server."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_syspro import keys, records
from tap_syspro.errors import DoubtfulRead
from tap_syspro.odata.metadata import Column, Kind
from tap_syspro.records import RecordShape


@given(st.lists(st.text(), min_size=1))
def test_a_key_decodes_to_exactly_its_parts(parts):
    assert keys.decode(keys.encode(parts)) == parts


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_different_parts_have_different_keys(one, other):
    assert (keys.encode(one) == keys.encode(other)) is (one == other)


def test_keys_stay_readable():
    assert (
        keys.encode(["CHEM", "ApInvoice", "000000000000101", "A/7 50%"])
        == "CHEM/ApInvoice/000000000000101/A%2F7 50%25"
    )


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_numbers_as_text_and_as_number_are_the_same_value(value):
    assert records.read_decimal(str(value)) == records.read_decimal(value) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [("  00101  ", "  00101"), ("   ", ""), ("", ""), (None, None), ("a\tb ", "a\tb")],
)
def test_text_loses_its_right_padding_only(value, expected):
    assert records.read_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-31T00:00:00Z", "2026-03-31"),
        ("2026-03-31T00:00:00+02:00", "2026-03-31"),
        ("2026-03-31T00:00:00", "2026-03-31"),
        ("2026-03-31", "2026-03-31"),
        ("0000-00-00", None),
        ("0000-00-00T00:00:00", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00Z", "0001-01-01"),
        ("9999-12-31T00:00:00Z", "9999-12-31"),
    ],
)
def test_dates_are_read_literally(value, expected):
    assert records.read_date(value) == expected


@pytest.mark.parametrize("value", ["31/03/2026", 20260331, "2026-03-311"])
def test_what_is_no_date_is_not_delivered(value):
    with pytest.raises(ValueError, match="is not a date"):
        records.read_date(value)


@pytest.mark.parametrize(
    ("value", "expected"), [("7", 7), (Decimal("7.0"), 7), (7, 7), ("7.00", 7), (None, None)]
)
def test_whole_numbers_have_one_form(value, expected):
    assert records.read_integer(value) == expected


def test_a_fraction_is_not_cut_off():
    with pytest.raises(ValueError, match="not a whole number"):
        records.read_integer("7.5")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "abc", True])
def test_what_is_no_number_is_not_delivered(value):
    with pytest.raises(ValueError, match="is not a number"):
        records.read_decimal(value)


def shape(**overrides):
    columns = {
        "Supplier": Column("Supplier", Kind.TEXT),
        "EntryNumber": Column("EntryNumber", Kind.DECIMAL, precision=10, scale=0),
        "JournalDate": Column("JournalDate", Kind.MOMENT),
        "TrnValue": Column("TrnValue", Kind.DECIMAL, precision=14, scale=2),
    }
    readers = {name: records.reader_of(column, midnights=True) for name, column in columns.items()}
    return RecordShape(
        **{
            "company": "CHEM",
            "table": "ApInvoicePay",
            "key": ("Supplier", "EntryNumber"),
            "readers": readers,
            "key_readers": [readers["Supplier"], readers["EntryNumber"]],
            "timestamp": "JournalDate",
            "timestamp_is_date": True,
            "run_id": "run",
            **overrides,
        }
    )


def test_a_record_keeps_the_contract():
    row = {
        "Supplier": "00101     ",
        "EntryNumber": "1",
        "JournalDate": "2026-06-01T00:00:00+02:00",
        "TrnValue": Decimal("-1.10"),
    }
    assert shape().record(row, "2026-06-17T08:00:00+00:00") == {
        "Supplier": "00101",
        "EntryNumber": 1,
        "JournalDate": "2026-06-01",
        "TrnValue": Decimal("-1.10"),
        "_syspro_company": "CHEM",
        "_syspro_table": "ApInvoicePay",
        "_syspro_key": "CHEM/ApInvoicePay/00101/1",
        "_syspro_timestamp": "2026-06-01T00:00:00+02:00",
        "_syspro_read_at": "2026-06-17T08:00:00+00:00",
        "_syspro_run_id": "run",
    }


def test_a_null_date_has_no_timestamp():
    record = shape().record(
        {"Supplier": "1", "EntryNumber": 1, "JournalDate": "0000-00-00", "TrnValue": 0}, "now"
    )
    assert record["_syspro_timestamp"] is None


def test_a_row_without_its_key_is_refused():
    with pytest.raises(DoubtfulRead, match="without EntryNumber"):
        shape().record({"Supplier": "1", "JournalDate": None, "TrnValue": 0}, "now")


def test_a_wrong_value_names_table_and_company():
    with pytest.raises(DoubtfulRead, match="ApInvoicePay of company CHEM"):
        shape().record({"Supplier": "1", "EntryNumber": 1, "JournalDate": None, "TrnValue": "1,5"}, "now")


def test_times_of_day_survive_in_tables_that_may_have_them():
    reader = records.reader_of(Column("At", Kind.MOMENT), midnights=False)
    assert reader("2026-06-01T10:11:12+02:00") == "2026-06-01T10:11:12+02:00"
    assert reader("2026-06-01T10:11:12") == "2026-06-01T10:11:12Z"
