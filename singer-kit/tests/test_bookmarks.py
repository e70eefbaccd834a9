from decimal import Decimal

import pytest
from singer_kit.bookmarks import merge_bookmark


def test_what_is_not_named_stays():
    bookmark = {"companies": {"A": {"replication_key_value": 1, "sweep": "x"}, "B": {"x": 2}}, "other": [1]}
    merge_bookmark(bookmark, {"companies": {"A": {"replication_key_value": 5}, "C": {"new": None}}})
    assert bookmark == {
        "companies": {"A": {"replication_key_value": 5, "sweep": "x"}, "B": {"x": 2}, "C": {"new": None}},
        "other": [1],
    }


def test_the_update_is_not_aliased():
    update = {"companies": {"A": {"value": 1}}}
    bookmark = {}
    merge_bookmark(bookmark, update)
    merge_bookmark(bookmark, {"companies": {"A": {"value": 2}}})
    assert update == {"companies": {"A": {"value": 1}}}


@pytest.mark.parametrize("value", [1.5, Decimal("1.5")])
def test_fractions_are_refused(value):
    with pytest.raises(TypeError, match=r"bookmark value: .* is a fraction"):
        merge_bookmark({}, {"companies": {"A": {"value": value}}})
