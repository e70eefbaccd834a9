import errno
import io
import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.errors import DataError, OutputClosedError
from singer_kit.messages import (
    RecordBuffer,
    decode_envelope,
    decode_envelopes,
    decode_record,
    encode,
    write_output,
)

READ_AT = datetime(2026, 6, 17, 10, 0, tzinfo=timezone(timedelta(hours=2)))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**20), max_value=10**20)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), DECIMALS, st.text())


class Output(io.BytesIO):
    """Output that counts its writes."""

    writes = 0

    def write(self, data):
        self.writes += 1
        return super().write(data)


@given(st.dictionaries(st.text(), VALUES))
def test_records_come_back_exactly(record):
    assert decode_record(encode(record)) == record


@pytest.mark.parametrize("text", ["12345678901234567.890123456789", "1.10", "1E+3", "-0.00"])
def test_decimals_keep_their_digits(text):
    assert encode({"a": Decimal(text)}) == b'{"a":%s}' % text.encode()
    assert str(decode_record(b'{"a":%s}' % text.encode())["a"]) == text


def test_dates_are_iso():
    assert encode([date(2026, 6, 17), READ_AT]) == b'["2026-06-17","2026-06-17T10:00:00+02:00"]'


def test_the_envelope_leaves_the_record_as_it_is():
    raw = b'{"x" : 1.10, "y": "\\u00e9"}'
    envelope = decode_envelope(
        b'{"type": "RECORD","stream":"a", "record": %s, "time_extracted": "t", "version": 1}' % raw
    )
    assert bytes(envelope.record) == raw
    assert (envelope.type, envelope.stream, envelope.time_extracted) == ("RECORD", "a", "t")
    assert bytes(envelope.value) == b""


@pytest.mark.parametrize(
    "line", [b"", b"[1]", b'{"type": "RECORD"', b'{"type": 1}', b'{"type":"\xff"}', b"nonsense"]
)
def test_what_is_no_message_is_a_data_error(line):
    with pytest.raises(DataError, match="Not a Singer message"):
        decode_envelope(line)


@pytest.mark.parametrize("raw", [b"[]", b"null", b'{"a":', b'{"a": NaN}'])
def test_what_is_no_record_is_a_data_error(raw):
    with pytest.raises(DataError, match="Not a JSON object"):
        decode_record(raw)


def test_a_page_is_one_write_with_the_schema_before_it():
    output = Output()
    buffer = RecordBuffer(lambda: output)
    buffer.add_schema("a", {"properties": {}}, ["id"], ["date"])
    assert output.writes == 0
    buffer.write_page("a", [{"id": 1}, {"id": 2}], READ_AT)
    assert output.writes == 1
    schema, *records = map(json.loads, output.getvalue().splitlines())
    assert schema == {
        "type": "SCHEMA",
        "stream": "a",
        "schema": {"properties": {}},
        "key_properties": ["id"],
        "bookmark_properties": ["date"],
    }
    moment = "2026-06-17T08:00:00+00:00"
    assert records == [
        {"type": "RECORD", "stream": "a", "record": {"id": n}, "time_extracted": moment} for n in (1, 2)
    ]


def test_a_state_that_says_the_same_is_not_repeated():
    output = Output()
    buffer = RecordBuffer(lambda: output)
    for value in ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 1}):
        buffer.write_state(value)
    assert [json.loads(line)["value"] for line in output.getvalue().splitlines()] == [
        {"a": 1},
        {"a": 2},
        {"a": 1},
    ]


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EINVAL])
def test_a_reader_that_is_gone_ends_the_output(number):
    class Closed(io.BytesIO):
        def write(self, data):
            raise OSError(number, "gone")

    with pytest.raises(OutputClosedError):
        write_output(Closed(), b"x")


def test_a_full_disk_ends_the_output_in_words():
    class Full(io.BytesIO):
        def flush(self):
            raise OSError(errno.ENOSPC, "No space left")

    with pytest.raises(OutputClosedError, match=r"Standard output cannot be written to: No space left\."):
        write_output(Full(), b"x")


@pytest.mark.parametrize("value", [b"1e999999999999999999999", b"[" * 20_000 + b"]" * 20_000])
def test_what_no_value_can_hold_is_a_data_error(value):
    raw = b'{"a":%s}' % value
    with pytest.raises(DataError, match="Not a JSON object"):
        decode_record(raw)


def test_brackets_without_end_are_no_message():
    line = b'{"type":"RECORD","stream":"a","record":%s}' % (b"[" * 20_000 + b"]" * 20_000)
    assert decode_envelopes([line]) is None
    with pytest.raises(DataError, match="Not a Singer message"):
        decode_envelope(line)
