"""What if rows share a key."""

from __future__ import annotations

import pytest
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.table_keys import check_distinct


def test_two_rows_with_the_same_key_are_doubted():
    with pytest.raises(DoubtfulReadError, match="holds two rows with the key b") as raised:
        check_distinct("T", ["a", "b", "b"], "")
    assert raised.value.setting == "tables"


def test_the_last_key_of_the_page_before_counts():
    assert check_distinct("T", ["a", "b"], "") == "b"
    with pytest.raises(DoubtfulReadError, match="the key b"):
        check_distinct("T", ["b", "c"], "b")
