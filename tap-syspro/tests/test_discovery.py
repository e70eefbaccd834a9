"""Streams from what a company offers, the known tables and the setting `tables`."""

from __future__ import annotations

import pytest
from singer_kit.errors import SettingsError
from tap_syspro.discovery import define_streams
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet
from tap_syspro.settings import TableSetting
from tap_syspro.tables import Method


def entity_set(name, columns, key=()):
    return EntitySet(name, {column: Column(column, ColumnKind.TEXT) for column in columns}, tuple(key))


def define(*sets, tables=()):
    return {each.table.stream: each for each in define_streams({one.name: one for one in sets}, tables)}


def test_a_known_table_has_its_key_where_metadata_has_none():
    streams = define(entity_set("ApInvoicePay", ["Supplier", "Invoice", "EntryNumber", "JournalDate"]))
    assert streams["ap_invoice_payments"].key_properties == [
        "_syspro_company",
        "Supplier",
        "Invoice",
        "EntryNumber",
    ]
    assert streams["ap_invoice_payments"].selected


def test_a_longer_key_in_metadata_is_believed():
    columns = ["TrnYear", "TrnMonth", "Journal", "EntryNumber", "SubEntry"]
    streams = define(entity_set("ApJnlDistrib", columns, columns))
    assert streams["ap_postings"].key_properties[1:] == columns


def test_custom_forms_are_streams_keyed_as_their_table():
    streams = define(entity_set("ApSupplier+", ["Supplier", "Rating"]))
    assert streams["ap_supplier_custom"].key_properties == ["_syspro_company", "Supplier"]
    assert streams["ap_supplier_custom"].selected


def test_other_entity_sets_are_there_and_not_selected():
    streams = define(entity_set("InvMovements", ["A", "B"], ["A"]))
    assert streams["inv_movements"].table.method is Method.SNAPSHOT
    assert not streams["inv_movements"].selected


def test_unknown_columns_pass_through():
    new = EntitySet(
        "ApSupplier",
        {"Supplier": Column("Supplier", ColumnKind.TEXT), "New8": Column("New8", ColumnKind.INTEGER)},
        (),
    )
    schema = define(new)["suppliers"].schema
    assert schema["properties"]["New8"] == {"type": ["integer", "null"]}


def test_a_missing_method_column_means_snapshot(caplog):
    streams = define(entity_set("ApInvoice", ["Supplier", "Invoice", "InvoiceDate"]))
    assert streams["ap_invoices"].table.method is Method.SNAPSHOT
    assert "MthInvBal1" in caplog.text


def test_the_user_names_what_we_do_not_know():
    wanted = TableSetting("InvMovements", stream="movements", key=("A", "B"), date_column="EntryDate")
    streams = define(entity_set("InvMovements", ["A", "B", "EntryDate"]), tables=[wanted])
    assert streams["movements"].table.method is Method.WINDOW
    assert streams["movements"].key_properties == ["_syspro_company", "A", "B"]
    assert streams["movements"].selected


def test_the_user_may_have_a_known_table_read_whole():
    columns = ["Supplier", "Invoice", "EntryNumber", "JournalDate"]
    wanted = TableSetting("ApInvoicePay", method=Method.SNAPSHOT)
    assert (
        define(entity_set("ApInvoicePay", columns), tables=[wanted])["ap_invoice_payments"].replication_key
        is None
    )


def test_a_method_that_cannot_be_is_refused():
    with pytest.raises(SettingsError, match="nothing says its fiscal period"):
        define(entity_set("X", ["A"]), tables=[TableSetting("X", key=("A",), method=Method.PERIODS)])


def test_names_that_would_be_the_same_are_told_apart():
    streams = define(
        entity_set("A_B", ["X"]),
        entity_set("A-B", ["X"]),
        entity_set("Suppliers", ["X"]),
        entity_set("ApSupplier", ["Supplier"]),
    )
    assert streams["suppliers"].table.name == "ApSupplier"
    assert set(streams) == {"suppliers", "suppliers_2", "a_b", "a_b_2"}
