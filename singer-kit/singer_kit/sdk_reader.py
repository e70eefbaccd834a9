"""The SDK shell of a target's reader: blocks of lines in, runs of records and other messages out.

The SDK's readers decode text, then all of every record. Leaving the record as bytes is a hundred times as
fast (Meltano reference, "Envelopes alone"), and the sink decodes it once, as it needs it.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import IO, TYPE_CHECKING, Any

from singer_sdk.exceptions import InvalidInputLine
from singer_sdk.singerlib.encoding.base import GenericSingerReader
from typing_extensions import override

from singer_kit.errors import DataError, clause
from singer_kit.input import read_blocks, standard_input
from singer_kit.messages import decode_envelope, decode_record
from singer_kit.runs import RECORD, STATE, Run, State, read_message, read_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from singer_kit.shutdown import Shutdown

    Callbacks = dict[str, Callable[[dict[str, Any]], None]]

_logger = logging.getLogger(__name__)


class MessageReader(GenericSingerReader[bytes]):
    """A reader of Singer lines as bytes, which stops at a signal.

    Args:
        shutdown: Ends the wait for input when a signal arrives.
    """

    def __init__(self, shutdown: Shutdown) -> None:
        super().__init__()
        self._shutdown = shutdown
        self._line_number = 0
        self._counts: Counter[str] = Counter()

    @property
    @override
    def default_input(self) -> IO[bytes]:
        return standard_input()

    @override
    def process_lines(self, file_input: IO[bytes] | None, callbacks: Callbacks) -> Counter[str]:
        """Hand every message to its callback.

        Args:
            file_input: Bytes, or text as the SDK's `--input` and test runner give it; None for stdin.
            callbacks: By message type. RECORD messages come in runs, `{"stream", "records", "extracted_at"}`
                with bytes in `records`; a STATE message has bytes in `value`.

        Returns:
            How many messages of each type there were.

        Raises:
            InvalidInputLine: A line is not a message.
            Interrupted: A signal arrived.
        """
        self._counts = Counter()
        for block in read_blocks(file_input or self.default_input, self._shutdown):
            *lines, rest = block.split(b"\n")
            runs = read_runs(lines)
            if runs is None:
                self._process_one_by_one(lines, callbacks)
            else:
                self._line_number += len(lines)
                for message in runs:
                    self._process(_as_dict(message), callbacks)
            if rest:
                self._process_rest(rest, callbacks)
        return self._counts

    def _process_one_by_one(self, lines: Sequence[bytes], callbacks: Callbacks) -> None:
        for line in lines:
            self._line_number += 1
            if line.strip():
                self._process(self.deserialize_json(line), callbacks)

    def _process_rest(self, line: bytes, callbacks: Callbacks) -> None:
        """Take a last line that has no end; a tap that was killed leaves half a line."""
        self._line_number += 1
        try:
            message = self.deserialize_json(line)
        except InvalidInputLine:
            if _is_whole(line):
                raise
            if line.strip():
                _logger.warning(
                    "The input ends inside of a line: the tap was cut off. What came before is delivered."
                )
            return
        self._process(message, callbacks)

    def _process(self, message: dict[str, Any], callbacks: Callbacks) -> None:
        kind = message["type"]
        callback = callbacks.get(kind)
        if callback is None:
            self._process_unknown_message(message)
        else:
            callback(message)
        self._counts[kind] += len(message["records"]) if kind == RECORD else 1
        self._shutdown.check()

    @override
    def deserialize_json(self, line: bytes) -> dict[str, Any]:
        """Decode a line, as far as its type asks for."""
        try:
            envelope = decode_envelope(line)
            if message := read_message(envelope):
                return _as_dict(message)
            fields = {"type": "", **decode_record(line)}
        except DataError as error:
            raise InvalidInputLine(f"Line {self._line_number} of the input: {clause(str(error))}") from error
        if envelope.type == RECORD:
            named = {name: value for name, value in fields.items() if value is not None}
            self.assert_line_requires(named, {"stream", "record"})
        return fields

    @override
    def assert_line_requires(  # type: ignore[override]  # static in the SDK, which calls it on the reader
        self, line_dict: dict[str, Any], requires: set[str]
    ) -> None:
        """Refuse a message that lacks a field; unlike the SDK's, the error does not quote the record."""
        if missing := requires - set(line_dict):
            raise InvalidInputLine(
                f"Line {self._line_number} of the input: a {line_dict['type']} message lacks "
                f"{', '.join(sorted(missing))} (stream {line_dict.get('stream')})"
            )

    @override
    def _process_unknown_message(self, message_dict: dict[str, Any]) -> None:
        raise InvalidInputLine(
            f"Line {self._line_number} of the input: unknown message type {message_dict['type']!r}"
        )


def _is_whole(line: bytes) -> bool:
    """Whether nothing is cut off; Python reads what we refuse, such as the NaN that it writes itself."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _as_dict(message: Run | State) -> dict[str, Any]:
    if isinstance(message, State):
        return {"type": STATE, "value": message.value}
    return {
        "type": RECORD,
        "stream": message.stream,
        "records": message.records,
        "extracted_at": message.extracted_at,
    }
