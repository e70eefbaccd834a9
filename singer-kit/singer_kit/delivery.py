"""What a target has received, what of it is durable, what failed, and which STATE may be printed for it."""

from __future__ import annotations

import abc
import sys
from typing import TYPE_CHECKING, Protocol

from singer_kit.commit import CommitQueue
from singer_kit.errors import KitError, PartialFailureError, PermanentError, reasons
from singer_kit.messages import write_output

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping, Sequence

    from singer_kit.clock import Clock
    from singer_kit.runs import Run


class StreamSink(Protocol):
    """What a delivery asks of a sink; `KitSink` is one."""

    stream_name: str

    @property
    def current_size(self) -> int:
        """How many records it has taken and not made durable."""
        ...

    @property
    def is_full(self) -> bool:
        """Whether it is to be flushed before it takes more."""
        ...

    def take_many(self, records: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        """Receive records that stood one behind the other."""
        ...

    def tally_record_read(self, count: int) -> None:
        """Count records that it has taken."""
        ...

    def flush_counted(self) -> None:
        """Make everything taken so far durable, and count it."""
        ...

    def clean_up(self) -> None:
        """End its work."""
        ...


class Delivery(abc.ABC):
    """The part of a target that knows of sinks and STATE, but neither of messages nor of the SDK.

    Attributes:
        clock: Where time passes.
        commits: What was received and what is durable, by stream.
        failed: What failed (a stream, or what the subclass delivers by), and why.
    """

    logger: logging.Logger
    clock: Clock

    def __init__(self) -> None:
        self.commits = CommitQueue()
        self.failed: dict[str, str] = {}
        #: When (monotonic) the oldest record that is not durable yet was taken, by stream; the oldest first.
        self._waiting_since: dict[str, float] = {}

    @property
    @abc.abstractmethod
    def sinks(self) -> Mapping[str, StreamSink]:
        """The open sinks by stream."""

    # Hooks

    @property
    def max_batch_age(self) -> float | None:
        """Seconds after which a sink that has taken a record is flushed, full or not; None for no limit."""
        return None

    def finish(self) -> None:
        """Deliver what is left at the end of input; when one sink fails, the others still deliver."""
        self._flush_all()

    def on_signal(self) -> None:
        """Deliver what can be delivered quickly after a signal; by default all that was received."""
        self._flush_all()

    # What the subclass may call and override

    def flush_sink(self, sink: StreamSink) -> None:
        """Make durable what a sink has taken, and print the STATE that this makes true."""
        name = sink.stream_name
        if name in self.failed or not sink.current_size:
            return
        total = self.commits.received_total(name)
        try:
            sink.flush_counted()
        except KitError as error:
            self.fail(name, error)
            return
        self._waiting_since.pop(name, None)
        self.commits.committed(name, total)
        self.emit_state()

    def fail(self, part: str, error: Exception) -> None:
        """Note that a part failed: its further records are only counted, so no later STATE is printed."""
        self.logger.warning("%s: %s", part, error)  # the run's last line is the error
        self.failed[part] = str(error)
        self._waiting_since.pop(part, None)

    def emit_state(self) -> None:
        """Print the newest STATE all of whose records are durable, if there is a new one."""
        if (state := self.commits.release()) is not None:
            write_output(sys.stdout.buffer, state + b"\n")

    def raise_failures(self) -> None:
        """Say how the run ended.

        Raises:
            PartialFailureError: Some streams failed.
            PermanentError: All of them did.
        """
        if not self.failed:
            return
        why = reasons(self.failed.items())
        if any(name not in self.failed for name in self.sinks):
            raise PartialFailureError(f"Delivered in part, {len(self.failed)} failed: {why}")
        raise PermanentError(f"Nothing was delivered: {why}")

    # What the messages ask for

    def take(self, run: Run) -> None:
        """Hand records to their sink; flush it when it is full, and others when they are old."""
        count = len(run.records)
        self.commits.received(run.stream, count)
        if run.stream in self.failed:
            return
        sink = self.sinks[run.stream]
        try:
            sink.take_many(run.records, run.extracted_at)
        except KitError as error:
            self.fail(run.stream, error)
            return
        sink.tally_record_read(count)
        if sink.is_full:
            self.flush_sink(sink)
        elif self.max_batch_age is not None:
            self._waiting_since.setdefault(run.stream, self.clock.monotonic())
            self._flush_aged()

    def put_state(self, value: bytes) -> None:
        """Keep a STATE until the records before it are durable."""
        self.commits.put_state(value)
        self._flush_aged()
        self.emit_state()

    def close(self) -> None:
        """Print the last STATE and end the work of the sinks."""
        self.emit_state()
        for sink in self.sinks.values():
            sink.clean_up()

    def _flush_all(self) -> None:
        unexpected: Exception | None = None
        for sink in list(self.sinks.values()):
            try:
                self.flush_sink(sink)
            except Exception as error:  # noqa: BLE001, PERF203  # a bug in one sink; raised when the others are safe
                unexpected = unexpected or error
        if unexpected is not None:
            raise unexpected

    def _flush_aged(self) -> None:
        limit = self.max_batch_age
        if limit is None:
            return
        now = self.clock.monotonic()
        for name, since in list(self._waiting_since.items()):
            if now - since < limit:
                return
            self.flush_sink(self.sinks[name])
