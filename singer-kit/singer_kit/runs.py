"""RECORD messages of one stream that stand one behind the other, taken together.

What is asked of records (counting, failures, sizes, ages) is asked once for a run instead of once for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from singer_kit.messages import decode_envelopes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.messages import Envelope

RECORD: Final = "RECORD"
STATE: Final = "STATE"

_KIND_AND_STREAM = attrgetter("type", "stream")


@dataclass(frozen=True)
class Run:
    """Records of one stream with no other message between them.

    Attributes:
        stream: Name of the stream.
        records: Each record's JSON, as the tap wrote it.
        extracted_at: For each record, when the tap read it, as the tap wrote it.
    """

    stream: str
    records: list[bytes]
    extracted_at: list[str | None]


@dataclass(frozen=True)
class State:
    """A STATE message.

    Attributes:
        value: The state's JSON, as the tap wrote it.
    """

    value: bytes


def read_runs(lines: Sequence[bytes]) -> list[Run | State] | None:
    """Read lines at once.

    Args:
        lines: Lines without their ends.

    Returns:
        The messages in order; None where the lines are to be read one by one, because something other than
        complete RECORD and STATE messages is among them: a SCHEMA, a blank line, a faulty line.
    """
    envelopes = decode_envelopes(lines)
    if envelopes is None:
        return None
    messages: list[Run | State] = []
    for (kind, stream), group in groupby(envelopes, _KIND_AND_STREAM):
        if kind == RECORD and stream is not None:
            run = _run(stream, list(group))
            if not all(run.records):
                return None
            messages.append(run)
        elif kind == STATE:
            values = [bytes(envelope.value) for envelope in group]
            if not all(values):
                return None
            messages += map(State, values)
        else:
            return None
    return messages


def _run(stream: str, envelopes: list[Envelope]) -> Run:
    return Run(
        stream,
        [bytes(envelope.record) for envelope in envelopes],
        [envelope.time_extracted for envelope in envelopes],
    )


def read_message(envelope: Envelope) -> Run | State | None:
    """Give the RECORD (a run of one) or STATE of an envelope, or None when it is none or lacks a field."""
    if envelope.type == RECORD and envelope.stream is not None and envelope.record:
        return _run(envelope.stream, [envelope])
    if envelope.type == STATE and envelope.value:
        return State(bytes(envelope.value))
    return None
