"""Streams from `$metadata`."""

from __future__ import annotations

import pytest
from singer_kit.errors import SettingsError
from tap_syspro.discovery import discover, stream_name
from tap_syspro.odata.metadata import Column, EntitySet, Kind, parse
from tap_syspro.settings import Settings, TableSetting
from tap_syspro.tables import Method

DOCUMENT = b"""<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="S" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityType Name="T">
<Key><PropertyRef Name="K"/><PropertyRef Name="L"/></Key>
<Property Name="K" Type="Edm.String" MaxLength="15"/>
<Property Name="L" Type="Edm.Decimal" Precision="4" Scale="0"/>
<Property Name="D" Type="Edm.DateTimeOffset">
<Annotation Term="Org.OData.Core.V1.Description" String="When"/></Property>
<Property Name="M" Type="Edm.String" MaxLength="max"/><Property Name="Odd" Type="S.Enum"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="T+" EntityType="S.T"/></EntityContainer></Schema>
</edmx:DataServices></edmx:Edmx>"""


def test_metadata_is_read():
    (entity_set,) = parse(DOCUMENT).values()
    assert entity_set.name == "T+"
    assert entity_set.key == ("K", "L")
    assert entity_set.columns["K"] == Column("K", Kind.TEXT, max_length=15)
    assert entity_set.columns["L"] == Column("L", Kind.DECIMAL, precision=4, scale=0)
    assert entity_set.columns["D"] == Column("D", Kind.MOMENT, description="When")
    assert entity_set.columns["M"].max_length is None
    assert entity_set.columns["Odd"].kind is Kind.OTHER


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT[:300],
        b"<html><body>Sign in</body></html>",
        b"",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    ],
    ids=["cut", "web page", "empty", "entities"],
)
def test_what_is_no_metadata_is_refused(document):
    with pytest.raises(ValueError, match=r"\$metadata"):
        parse(document)


def entity_set(name, columns, key=()):
    return EntitySet(name, {column: Column(column, Kind.TEXT) for column in columns}, tuple(key))


def define(*sets, tables=()):
    return {each.table.stream: each for each in discover({one.name: one for one in sets}, tables)}


def test_the_catalogue_gives_the_key_where_metadata_has_none():
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
        "ApSupplier", {"Supplier": Column("Supplier", Kind.TEXT), "New8": Column("New8", Kind.INTEGER)}, ()
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


@pytest.mark.parametrize(
    ("table", "stream"),
    [
        ("InvMovements", "inv_movements"),
        ("ApSupplier+", "ap_supplier_custom"),
        ("TblApTerms", "tbl_ap_terms"),
        ("BAQ View-1", "baq_view_1"),
    ],
)
def test_names_of_streams(table, stream):
    assert stream_name(table) == stream


def test_names_that_would_be_the_same_are_told_apart():
    streams = define(
        entity_set("A_B", ["X"]),
        entity_set("A-B", ["X"]),
        entity_set("Suppliers", ["X"]),
        entity_set("ApSupplier", ["Supplier"]),
    )
    assert streams["suppliers"].table.name == "ApSupplier"
    assert set(streams) == {"suppliers", "suppliers_2", "a_b", "a_b_2"}


def config(**values):
    return {
        "odata_url": "https://syspro.example.com/o",
        "odata_username": "u",
        "odata_password": "never-sent",
        "companies": ["A"],
        **values,
    }


def test_the_company_is_appended_or_put_in_its_place():
    assert Settings.from_config(config()).company_url("A 1") == "https://syspro.example.com/o/A%201"
    inside = Settings.from_config(config(odata_url="https://{company}.example.com/x/"))
    assert inside.company_url("A") == "https://A.example.com/x"


def test_the_password_is_not_in_the_settings_text():
    assert "s3cret" not in repr(Settings.from_config(config(odata_password="s3cret-word")))


def test_companies_are_trimmed_and_named_once():
    assert Settings.from_config(config(companies=["A ", "B", "A"])).companies == ("A", "B")
