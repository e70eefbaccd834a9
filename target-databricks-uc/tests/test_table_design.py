"""The design of tables: order of columns, layout, names."""

import pytest
from singer_kit.errors import DataError
from target_databricks_uc.schema_evolution import plan_change
from target_databricks_uc.settings import Settings
from target_databricks_uc.table_design import Table
from target_databricks_uc.target import TargetDatabricksUc

TEXT, DAY = {"type": "string"}, {"type": ["string", "null"], "format": "date"}
INVOICE = {
    "Supplier": TEXT,
    "DueDate": DAY,
    "InvoiceDate": DAY,
    "Paid": {"type": "boolean"},
    "_syspro_company": TEXT,
    "_sdc_deleted_at": {"type": ["string", "null"], "format": "date-time"},
    "_sdc_batched_at": {"type": "string"},
}


def design(properties=INVOICE, keys=("_syspro_company", "Supplier"), bookmarks=(), **settings):
    config = {"host": "https://h", "client_id": "i", "client_secret": "s-Secret", "warehouse_id": "w"}
    target = TargetDatabricksUc(config={**config, "catalog": "main", "schema": "s", **settings})
    return Table.from_schema(
        "Ap_Invoices", {"properties": properties}, keys, bookmarks, Settings.from_config(target.config)
    )


def names(table):
    return [column.name for column in table.columns]


def test_layout_comes_first_then_keys_then_the_rest_then_our_own():
    assert names(design(bookmarks=["InvoiceDate"])) == [
        "_syspro_company",
        "InvoiceDate",
        "Supplier",
        "DueDate",
        "Paid",
        "_sdc_batch_id",
        "_sdc_sequence",
        "_sdc_deleted_at",
    ]


@pytest.mark.parametrize(
    ("options", "layout"),
    [
        ({"bookmarks": ["DueDate"]}, ("_syspro_company", "DueDate")),
        ({}, ("_syspro_company", "InvoiceDate")),  # a document's date, where no bookmark is one
        ({"bookmarks": ["_syspro_read_at"]}, ("_syspro_company", "InvoiceDate")),
        ({"properties": {"Supplier": TEXT, "DueDate": DAY}, "keys": ()}, ()),
        ({"layout_columns": ["DueDate", "Paid", "nowhere"]}, ("DueDate",)),
        ({"layout_columns": []}, ()),
        ({"layout": "none"}, ()),
        ({"column_case": "snake"}, ("_syspro_company", "invoice_date")),
    ],
)
def test_layout(options, layout):
    assert design(**options).layout == layout


def test_a_key_must_be_a_property():
    with pytest.raises(DataError, match="lacks the key Nothing"):
        design(keys=("Nothing",))


def test_a_table_as_designed_needs_no_change():
    table = design()
    existing = {column.name: column.type.sql.lower() for column in table.columns}
    change = plan_change(table, existing, "widen")
    assert not change.is_needed
    assert names(change.table) == names(table)


def test_a_key_is_never_moved_to_another_column():
    existing = {column.name: column.type.sql.lower() for column in design().columns} | {"Supplier": "bigint"}
    with pytest.raises(DataError, match="part of the key"):
        plan_change(design(), existing, "new_column")


def test_columns_of_another_spelling_are_the_same():
    existing = {column.name.upper(): column.type.sql.lower() for column in design().columns}
    change = plan_change(design(), existing, "widen")
    assert not change.is_needed
    assert change.table.keys == ("_SYSPRO_COMPANY", "SUPPLIER")
    assert change.table.column("DUEDATE").source == "DueDate"
