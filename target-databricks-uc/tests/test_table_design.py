"""The design of tables: order of columns, layout, names."""

import pytest
from singer_kit.errors import DataError
from target_databricks_uc.table_design import Table

from .configured import settings_of

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
    return Table.from_schema(
        "Ap_Invoices", {"properties": properties}, keys, bookmarks, settings_of(**settings)
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
