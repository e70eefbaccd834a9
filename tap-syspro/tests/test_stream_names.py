"""Names of streams that nobody has named."""

from __future__ import annotations

import pytest
from tap_syspro.stream_names import distinct, stream_name


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


def test_a_name_that_occurs_again_is_numbered():
    assert distinct(["a", "b", "a", "a"]) == ["a", "b", "a_2", "a_3"]


def test_a_number_that_is_taken_is_passed_over():
    assert distinct(["a", "a_2", "a"]) == ["a", "a_2", "a_3"]
