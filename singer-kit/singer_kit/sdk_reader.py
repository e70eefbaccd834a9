"""Reading a target's input: bytes, one decode per line of the outside only, and a wait that a signal ends.

The SDK's readers decode text, then all of every record. Leaving the record as bytes is a hundred times as
fast (singer-meltano.md 4.3, "envelope decode only"), and the sink decodes it once, as it needs it.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import time
from collections import Counter
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from singer_sdk.exceptions import InvalidInputLine
from singer_sdk.singerlib.encoding.base import GenericSingerReader, SingerMessageType
from typing_extensions import override

from singer_kit.errors import DataError, PermanentError
from singer_kit.messages import Envelope, decode_envelope, decode_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_kit.shutdown import Shutdown

_logger = logging.getLogger(__name__)

_READ_SIZE = 1 << 20  # a file; a pipe gives 64 KiB at a time
_DISCARD_SECONDS = 60.0


class MessageReader(GenericSingerReader[bytes]):
    """Reads Singer lines as bytes, and stops at a signal.

    Args:
        shutdown: Ends the wait for input when a signal arrives.
    """

    def __init__(self, shutdown: Shutdown) -> None:
        super().__init__()
        self._shutdown = shutdown
        self._line_number = 0

    @property
    @override
    def default_input(self) -> IO[bytes]:
        return sys.stdin.buffer

    @override
    def process_lines(
        self,
        file_input: IO[bytes] | None,
        callbacks: dict[str, Callable[[dict[str, Any]], None]],
    ) -> Counter[str]:
        """Hand every message to its callback.

        Args:
            file_input: Bytes, or text as the SDK's `--input` and test runner give it; None for stdin.
            callbacks: By message type. RECORD and STATE messages have bytes in `record` and `value`.

        Returns:
            How many messages of each type there were.

        Raises:
            InvalidInputLine: A line is not a message.
            Interrupted: A signal arrived.
        """
        counts: Counter[str] = Counter()
        for line, is_whole in self._lines(file_input):
            self._line_number += 1
            if not line.strip():
                continue
            try:
                message = self.deserialize_json(line)
            except InvalidInputLine:
                if is_whole:
                    raise
                _logger.warning(
                    "The input ends inside of a line: the tap was cut off. What came before is delivered."
                )
                break
            callback = callbacks.get(message["type"])
            if callback is None:
                self._process_unknown_message(message)
            else:
                callback(message)
            counts[message["type"]] += 1
            self._shutdown.check()
        return counts

    @override
    def deserialize_json(self, line: bytes) -> dict[str, Any]:
        """Decode a line, as far as its type asks for."""
        try:
            envelope = decode_envelope(line)
            if envelope.type == SingerMessageType.RECORD:
                return _record_message(envelope)
            if envelope.type == SingerMessageType.STATE:
                return _state_message(envelope)
            return {"type": "", **decode_record(line)}
        except DataError as error:
            raise InvalidInputLine(f"Line {self._line_number} of the input: {error}") from error

    @staticmethod
    @override
    def assert_line_requires(line_dict: dict[str, Any], requires: set[str]) -> None:
        """Refuse a message that lacks a field; unlike the SDK's, the error does not quote the record."""
        if missing := requires - set(line_dict):
            raise InvalidInputLine(
                f"A {line_dict.get('type', 'SCHEMA')} message lacks {', '.join(sorted(missing))}"
                f" (stream {line_dict.get('stream')})"
            )

    @override
    def _process_unknown_message(self, message_dict: dict[str, Any]) -> None:
        raise InvalidInputLine(
            f"Line {self._line_number} of the input: unknown message type {message_dict['type']!r}"
        )

    def _lines(self, file_input: IO[bytes] | IO[str] | None) -> Iterator[tuple[bytes, bool]]:
        """The lines, and whether each has its end: a tap that is killed leaves half a line."""
        source: Any = file_input or self._standard_input()
        binary: BinaryIO | None = getattr(source, "buffer", None)  # text that stands on bytes
        if binary is None and isinstance(source.read(0), str):
            yield from ((text.encode(), text.endswith("\n")) for text in source)
            return
        parts: list[bytes] = []
        while chunk := self._read(binary or source):
            first, *others = chunk.split(b"\n")
            parts.append(first)
            if others:
                yield b"".join(parts), True
                yield from ((line, True) for line in others[:-1])
                parts = [others[-1]]
        yield b"".join(parts), False

    def _standard_input(self) -> IO[bytes] | IO[str]:
        if sys.stdin is None:
            raise PermanentError(
                "Standard input is closed", remedy="Pipe a tap into it, or name a file with --input"
            )
        return self.default_input

    def _read(self, source: BinaryIO) -> bytes:
        try:
            descriptor = source.fileno()
        except OSError:  # bytes in memory
            descriptor = None
        with self._shutdown.reading():
            if descriptor is not None:
                self._shutdown.wait_readable(descriptor)
            chunk: bytes = source.read1(_READ_SIZE)  # type: ignore[attr-defined]  # BinaryIO is too narrow
        return chunk


def discard_rest(source: BinaryIO, seconds: float = _DISCARD_SECONDS) -> None:
    """Read what is left of the input, for so long at most.

    Meltano 4.4 ends with a stack trace of its own, a BrokenPipeError, where a loader ends while the tap
    still writes; read to the end, it says in one line that the loader failed.
    """
    descriptor = source.fileno()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if sys.platform != "win32" and not select.select([descriptor], [], [], left)[0]:
            return
        if not os.read(descriptor, _READ_SIZE):
            return


def _record_message(envelope: Envelope) -> dict[str, Any]:
    message: dict[str, Any] = {"type": envelope.type, "time_extracted": envelope.time_extracted}
    if envelope.stream is not None:
        message["stream"] = envelope.stream
    if envelope.record:
        message["record"] = bytes(envelope.record)
    return message


def _state_message(envelope: Envelope) -> dict[str, Any]:
    message: dict[str, Any] = {"type": envelope.type}
    if envelope.value:
        message["value"] = bytes(envelope.value)
    return message
