"""Names that Unity Catalog accepts, and whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.errors import DataError
from target_databricks_uc.naming import TableOwners, column_name, column_names, quote, table_name


@pytest.mark.parametrize(
    ("stream", "table"),
    [
        ("ap_invoices", "ap_invoices"),
        ("public-Orders", "public_orders"),
        ("test:SpecialChars!in?attributes", "test_specialchars_in_attributes"),
        ("Zählung", "zählung"),
    ],
)
def test_tables(stream, table):
    assert table_name(stream) == table


@pytest.mark.parametrize(
    ("prop", "kept", "snake"),
    [
        ("MthInvBal1", "MthInvBal1", "mth_inv_bal1"),
        ("_syspro_key", "_syspro_key", "_syspro_key"),
        ("Net value (EUR)", "Net_value__EUR_", "net_value__eur_"),
        ("GLCode", "GLCode", "gl_code"),
        ("a.b`c", "a_b_c", "a_b_c"),
    ],
)
def test_columns(prop, kept, snake):
    assert (column_name(prop, "keep"), column_name(prop, "snake")) == (kept, snake)


@given(st.text(min_size=1, max_size=400))
def test_every_column_name_is_accepted(prop):
    name = column_name(prop, "keep")
    assert 0 < len(name.encode()) <= 255
    assert not set(name) & set(" ,;{}()\n\t=.`")
    assert column_name(name, "keep") == name


def test_long_names_stay_apart():
    one, other = column_name("x" * 300 + "1", "keep"), column_name("x" * 300 + "2", "keep")
    assert one != other


@pytest.mark.parametrize("props", [("Amount", "amount"), ("a b", "a_b")])
def test_properties_that_would_share_a_column_are_refused(props):
    with pytest.raises(DataError, match="would share the column"):
        column_names(props, "keep")


def test_quoting():
    assert quote("main", "a`b") == "`main`.`a``b`"


@pytest.mark.parametrize(("table", "owner"), [("good", "Good"), ("_loads", "the target's audit trail")])
def test_a_table_belongs_to_one_stream(table, owner):
    owners = TableOwners()
    owners.claim("good", "Good")
    owners.claim("good", "Good")
    with pytest.raises(DataError, match=f"The table {table} belongs to {owner} already"):
        owners.claim(table, "good")
