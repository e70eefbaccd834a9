"""`_syspro_key`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_syspro import record_key
from tap_syspro.errors import DoubtfulReadError


@given(st.lists(st.text(), min_size=1))
def test_a_key_decodes_to_exactly_its_parts(parts):
    assert record_key.decode(record_key.encode(parts)) == parts


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_different_parts_have_different_keys(one, other):
    assert (record_key.encode(one) == record_key.encode(other)) is (one == other)


def test_keys_stay_readable():
    assert (
        record_key.encode(["CHEM", "ApInvoice", "000000000000101", "A/7 50%"])
        == "CHEM/ApInvoice/000000000000101/A%2F7 50%25"
    )


def test_two_rows_with_the_same_key_are_doubted():
    with pytest.raises(DoubtfulReadError, match="holds two rows with the key b") as raised:
        record_key.check_distinct("T", ["a", "b", "b"], "")
    assert raised.value.setting == "tables"


def test_the_last_key_of_the_page_before_counts():
    assert record_key.check_distinct("T", ["a", "b"], "") == "b"
    with pytest.raises(DoubtfulReadError, match="the key b"):
        record_key.check_distinct("T", ["b", "c"], "b")
