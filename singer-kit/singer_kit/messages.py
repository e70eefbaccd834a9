"""Reading and writing Singer messages: exact decimals, records left as bytes, one write per page.

msgspec keeps decimals exact where orjson makes floats of them, and a page costs one write instead of a write
and a flush per record (Meltano reference, "Exact decimals" and "Work per record in a tap").
"""

from __future__ import annotations

import errno
import sys
from datetime import timezone
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from singer_kit.errors import DataError, OutputClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

_encoder = msgspec.json.Encoder(decimal_format="number")
_record_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
#: What msgspec raises at bytes that it cannot read; RecursionError: too many brackets inside one another.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Envelope(msgspec.Struct, gc=False):
    """A line of Singer input; `record` and `value` are not decoded, and empty bytes when they are missing.

    Attributes:
        type: Kind of message.
        stream: Name of the stream.
        record: The record as it stands in the line.
        value: The state as it stands in the line.
        time_extracted: When the tap read the record.
    """

    type: str = ""
    stream: str | None = None
    record: msgspec.Raw = msgspec.Raw()
    value: msgspec.Raw = msgspec.Raw()
    time_extracted: str | None = None


_envelope_decoder = msgspec.json.Decoder(Envelope)


def encode(obj: Any) -> bytes:
    """Encode as JSON: decimals as numbers with all their digits, dates and times in ISO form."""
    return _encoder.encode(obj)


def decode_envelope(line: bytes | bytearray | memoryview) -> Envelope:
    """Read the outside of a Singer line.

    Raises:
        DataError: The line is not a JSON object, or a field of the envelope has the wrong type.
    """
    try:
        return _envelope_decoder.decode(line)
    except _UNREADABLE as error:
        raise DataError(f"Not a Singer message: {error}") from error


def decode_envelopes(lines: Iterable[bytes]) -> list[Envelope] | None:
    """Read the outsides of Singer lines at once; None when one of them cannot be read.

    msgspec's `decode_lines` is not faster, once it is proved that each line was one value, and it names no
    line.
    """
    try:
        return list(map(_envelope_decoder.decode, lines))
    except _UNREADABLE:
        return None


def decode_record(raw: bytes) -> dict[str, Any]:
    """Decode a JSON object; fractions become `Decimal`, so that no digit is lost.

    Raises:
        DataError: It is not a JSON object.
    """
    try:
        return _record_decoder.decode(raw)
    except InvalidOperation as error:  # whose text is a list of classes
        raise DataError("Not a JSON object: a number has an exponent beyond every decimal") from error
    except _UNREADABLE as error:
        raise DataError(f"Not a JSON object: {error}") from error


class _RecordLine(msgspec.Struct, tag_field="type", tag="RECORD", gc=False):
    """A RECORD message as it is written."""

    stream: str
    record: dict[str, Any]
    time_extracted: str


class RecordBuffer:
    """A writer of Singer messages: whole pages at once.

    Args:
        output: Where the bytes go; asked at every write, because `sys.stdout` may be redirected.
    """

    def __init__(self, output: Callable[[], BinaryIO] = lambda: sys.stdout.buffer) -> None:
        self._output = output
        self._waiting: list[bytes] = []
        self._last_state: bytes | None = None

    def add_schema(
        self,
        stream: str,
        schema: Mapping[str, Any],
        key_properties: Sequence[str] = (),
        bookmark_properties: Sequence[str] | None = None,
    ) -> None:
        """Put a SCHEMA message in front of the next thing that is written."""
        message = {"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": key_properties}
        if bookmark_properties:
            message["bookmark_properties"] = bookmark_properties
        self.add(message)

    def add(self, message: Mapping[str, Any]) -> None:
        """Put any message in front of the next thing that is written."""
        self._waiting.append(encode(message) + b"\n")

    def write_page(self, stream: str, records: Iterable[dict[str, Any]], time_extracted: datetime) -> None:
        """Write RECORD messages in one go.

        Args:
            stream: Name of the stream.
            records: The records of the page.
            time_extracted: When the page was read (aware).
        """
        extracted = time_extracted.astimezone(timezone.utc).isoformat()
        self._waiting.append(
            _encoder.encode_lines([_RecordLine(stream, record, extracted) for record in records])
        )
        self.flush()

    def write_state(self, value: Mapping[str, Any]) -> None:
        """Write a STATE message, unless it says what the last one said."""
        state = encode(value)
        if state != self._last_state:
            self._waiting.append(b'{"type":"STATE","value":' + state + b"}\n")
            self._last_state = state
        self.flush()

    def flush(self) -> None:
        """Hand over what is waiting.

        Raises:
            OutputClosedError: The reader of our output is gone.
        """
        page, self._waiting = b"".join(self._waiting), []
        if page:
            write_output(self._output(), page)


def write_output(output: BinaryIO, data: bytes) -> None:
    """Write and flush.

    Raises:
        OutputClosedError: The reader of our output is gone, or the file it goes to takes no more.
    """
    try:
        output.write(data)
        output.flush()
    except OSError as error:
        if error.errno in {errno.EPIPE, errno.EINVAL}:  # EINVAL: how Windows says it
            raise OutputClosedError("The program that reads our output has closed it") from error
        raise OutputClosedError(f"Standard output cannot be written to: {error.strerror}") from error
