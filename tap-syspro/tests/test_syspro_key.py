"""`_syspro_key`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tap_syspro import syspro_key


@given(st.lists(st.text(), min_size=1))
def test_a_key_decodes_to_exactly_its_parts(parts):
    assert syspro_key.decode(syspro_key.encode(parts)) == parts


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_different_parts_have_different_keys(one, other):
    assert (syspro_key.encode(one) == syspro_key.encode(other)) is (one == other)


def test_keys_stay_readable():
    assert (
        syspro_key.encode(["CHEM", "ApInvoice", "000000000000101", "A/7 50%"])
        == "CHEM/ApInvoice/000000000000101/A%2F7 50%25"
    )
