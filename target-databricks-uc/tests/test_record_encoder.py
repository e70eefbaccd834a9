"""Record lines to Arrow to Parquet and back: nothing changes on the way."""

import tempfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from singer_kit.errors import DataError
from singer_kit.messages import encode
from target_databricks_uc.arrow_types import arrow_schema
from target_databricks_uc.errors import MissingKeyError
from target_databricks_uc.parquet_files import ParquetFile
from target_databricks_uc.record_encoder import Arrival, Encoder
from target_databricks_uc.table_design import Table

from .configured import settings_of

PROPERTIES = {
    "id": {"type": "integer"},
    "price": {"type": ["number", "null"], "x-sql-datatype": "DECIMAL(20,6)"},
    "day": {"type": ["string", "null"], "format": "date"},
    "at": {"type": ["string", "null"], "format": "date-time"},
    "name": {"type": ["string", "null"]},
    "ratio": {"type": ["number", "null"]},
    "flag": {"type": ["boolean", "null"]},
    "tree": {"type": ["object", "null"]},
}
NOW = datetime(2026, 6, 17, 8, tzinfo=timezone.utc)
BATCH = Arrival("run/000001", 100, NOW, NOW, 1, [])


def encoder(properties=PROPERTIES, *, deletes="soft", strict=True, required=()):
    schema = {"properties": properties, "required": list(required)}
    return Encoder(Table.from_schema("t", schema, ["id"], [], settings_of()), deletes, strict)


moments = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001  # the zone is drawn separately
    datetime(9999, 12, 30),  # noqa: DTZ001  # likewise
    timezones=st.sampled_from([timezone.utc, timezone(timedelta(hours=-7))]),
)
rows = st.fixed_dictionaries(
    {"id": st.integers(-(2**63), 2**63 - 1)},
    optional={
        "price": st.none() | st.decimals("-99999999999999", "99999999999999", places=6),
        "day": st.none() | st.dates(),
        "at": st.none() | moments,
        "name": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
        "ratio": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "flag": st.none() | st.booleans(),
        "tree": st.none()
        | st.dictionaries(st.text("ab ", max_size=3), st.none() | st.integers() | st.text("ü", max_size=2)),
    },
)


@settings(max_examples=60)
@given(st.lists(rows, min_size=1, max_size=20))
def test_what_is_read_back_from_parquet_equals_the_records(records):
    one = encoder()
    chunk = one.encode([encode(record) for record in records], BATCH)
    with tempfile.TemporaryDirectory() as folder:
        writer = ParquetFile(Path(folder) / "f.parquet", arrow_schema(one.table))
        writer.write(chunk)
        writer.close()
        found = pq.read_table(writer.path).to_pylist()
    assert [row.pop("_sdc_sequence") for row in found] == list(range(100, 100 + len(records)))
    for record, row in zip(records, found, strict=True):
        assert row.pop("_sdc_batch_id") == "run/000001"
        assert row.pop("_sdc_deleted_at") is None
        tree = row.pop("tree")
        assert (None if tree is None else msgspec.json.decode(tree)) == record.pop("tree", None)
        assert row == {**dict.fromkeys(PROPERTIES.keys() - {"tree"}), **record}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b'{"b": [1, 2.50], "a": "x y"}', '{"b":[1,2.50],"a":"x y"}'),
        (b'{"Z\\u00fcrich": [2.50, "\\ud83d\\ude00", "a\\u0022"]}', '{"Zürich":[2.50,"\U0001f600","a\\""]}'),
        (b"1.10", "1.10"),
        (b'"plain \\u00fc"', "plain ü"),
        (b"null", None),
        (b"true", "true"),
    ],
)
def test_what_has_no_single_type_becomes_text_with_every_digit(value, text):
    one = encoder({"id": {"type": "integer"}, "any": {}})
    assert one.encode([b'{"id":1,"any":' + value + b"}"], BATCH)["any"].to_pylist() == [text]


@pytest.mark.parametrize("time", ["2026-06-17T08:00:00", "2026-06-17T08:00:00Z", "2026-06-17T10:00:00+02:00"])
def test_a_time_without_zone_is_utc(time):
    assert encoder().encode([encode({"id": 1, "at": time})], BATCH)["at"].to_pylist() == [NOW]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (
            {"id": 7, "price": Decimal("1.1234567")},
            r"Record id=7: property price: 1\.1234567 does not fit DECIMAL",
        ),
        ({"id": 7, "price": "x"}, r"Record id=7: property price: "),
        ({"id": 2**63}, r"Record id=9223372036854775808: property id: .* does not fit BIGINT"),
        ({"id": 7, "day": "2026-02-30"}, r"Record id=7: property day: Invalid"),
        ({"id": 7, "name": 5}, r"Record id=7: property name: Expected `str \| null`, got `int`"),
        ({"id": 7, "flag": "true"}, r"property flag"),
    ],
)
def test_an_error_names_record_and_property(record, words):
    with pytest.raises(DataError, match=words):
        encoder().encode([b'{"id":1}', encode(record)], BATCH)


def test_numbers_as_text_are_taken_when_validation_is_off():
    chunk = encoder(strict=False).encode([b'{"id":"7","flag":"true"}'], BATCH)
    assert (chunk["id"].to_pylist(), chunk["flag"].to_pylist()) == ([7], [True])


def test_a_missing_key_is_an_error_of_its_own():
    with pytest.raises(MissingKeyError, match="id is missing"):
        encoder().encode([b'{"price":1}'], BATCH)


def test_required_properties_are_asked_of_records_but_not_of_deletions():
    gone = b'{"id":1,"_sdc_deleted_at":"2026-06-17T08:00:00Z"}'
    assert encoder(required=["name"]).encode([gone], BATCH)["_sdc_deleted_at"].to_pylist() == [NOW]
    assert encoder(required=["name"], strict=False).encode([b'{"id":1}'], BATCH).num_rows == 1
    with pytest.raises(DataError, match="property name is missing"):
        encoder(required=["name"]).encode([b'{"id":1}'], BATCH)


def test_ignored_deletions_use_up_their_sequence():
    gone = b'{"id":1,"_sdc_deleted_at":"2026-06-17T08:00:00Z"}'
    chunk = encoder(deletes="ignore").encode([gone, b'{"id":2}'], BATCH)
    assert (chunk["id"].to_pylist(), chunk["_sdc_sequence"].to_pylist()) == ([2], [101])


@pytest.mark.parametrize(
    "line", [b'{"id":1,"name":"\xff"}', b'{"id":1,"name":"\\ud800"}', b'{"id":1,"tree":"\\ud800"}']
)
def test_what_is_not_utf8_is_refused(line):
    with pytest.raises(DataError, match="UTF-8"):
        encoder().encode([line], BATCH)
