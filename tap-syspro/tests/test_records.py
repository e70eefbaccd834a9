"""The record contract, without a server."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet
from tap_syspro.records import shape_of
from tap_syspro.tables import BY_NAME


def shape(columns=("Supplier", "EntryNumber", "JournalDate", "TrnValue"), **further):
    known = [
        Column("Supplier", ColumnKind.TEXT),
        Column("EntryNumber", ColumnKind.DECIMAL, precision=10, scale=0),
        Column("JournalDate", ColumnKind.MOMENT),
        Column("TrnValue", ColumnKind.DECIMAL, precision=14, scale=2),
    ]
    table = replace(BY_NAME["ApInvoicePay"], key=("Supplier", "EntryNumber"), **further)
    entity_set = EntitySet(table.name, {column.name: column for column in known}, table.key)
    types = entity_set.columns
    return shape_of(table, entity_set, types=types, company="CHEM", columns=columns, run_id="run")


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
    with pytest.raises(DoubtfulReadError, match="without EntryNumber"):
        shape().record({"Supplier": "1", "JournalDate": None, "TrnValue": 0}, "now")


def test_a_wrong_value_names_table_and_company():
    with pytest.raises(DoubtfulReadError, match="ApInvoicePay of company CHEM"):
        shape().record({"Supplier": "1", "EntryNumber": 1, "JournalDate": None, "TrnValue": "1,5"}, "now")


def test_a_column_that_a_company_lacks_is_null():
    record = shape(("Supplier", "NewIn8")).record({"Supplier": "1", "EntryNumber": 1}, "now")
    assert record["NewIn8"] is None


def test_the_columns_needed_are_those_selected_the_key_and_the_date_followed():
    assert shape(("TrnValue",)).source_columns == {"TrnValue", "Supplier", "EntryNumber", "JournalDate"}


def test_where_no_date_is_followed_there_is_no_timestamp():
    record = shape(date_column="").record({"Supplier": "1", "EntryNumber": 1}, "now")
    assert record["_syspro_timestamp"] is None


def test_the_rowversion_is_the_timestamp_where_no_date_is_followed():
    columns = {"K": Column("K", ColumnKind.TEXT), "TimeStamp": Column("TimeStamp", ColumnKind.BINARY)}
    table = BY_NAME["ApSupplier"]
    offered = EntitySet(table.name, columns | {"Supplier": Column("Supplier", ColumnKind.TEXT)}, table.key)
    made = shape_of(table, offered, types=offered.columns, company="A", columns=("K",), run_id="run")
    assert made.record({"Supplier": "1", "TimeStamp": "AAE="}, "now")["_syspro_timestamp"] == "AAE="


def test_values_are_read_as_the_stream_declares_them():
    """One company has text where another has a number: both come as text."""
    table = BY_NAME["ApSupplier"]
    number = {
        "Supplier": Column("Supplier", ColumnKind.TEXT),
        "UserField1": Column("UserField1", ColumnKind.INTEGER),
    }
    offered = EntitySet(table.name, number, table.key)
    types = number | {"UserField1": Column("UserField1", ColumnKind.TEXT)}
    made = shape_of(table, offered, types=types, company="A", columns=("UserField1",), run_id="run")
    assert made.record({"Supplier": "1", "UserField1": 7}, "now")["UserField1"] == "7"
