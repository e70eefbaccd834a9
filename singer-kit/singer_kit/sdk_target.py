"""The SDK shell of a target: records stay bytes, STATE follows durable data, signals end it cleanly.

The SDK prints STATE only when it drains everything, drains inside its signal handler, drops incoming `_sdc_*`
fields and spends most of its time validating dicts (singer-meltano.md 1.6, 4.1). What is overridden for that
is listed in README.md.
"""

from __future__ import annotations

import abc
import atexit
import copy
import os
import sys
from typing import IO, TYPE_CHECKING, Any

import click
from singer_sdk import Sink, Target
from singer_sdk.exceptions import InvalidJSONSchema, RecordsWithoutSchemaException
from singer_sdk.mapper import RemoveRecordTransform
from singer_sdk.plugin_base import _ConfigInput
from singer_sdk.singerlib.encoding.base import SingerMessageType
from singer_sdk.sinks.core import JSONSchemaValidator
from typing_extensions import override

from singer_kit.clock import SystemClock
from singer_kit.commit import CommitQueue
from singer_kit.errors import DataError, KitError, PartialFailureError, PermanentError, reasons
from singer_kit.messages import decode_record, encode, write_output
from singer_kit.preflight import report
from singer_kit.sdk_plugin import KitPlugin, changes_nothing
from singer_kit.sdk_reader import MessageReader, discard_rest
from singer_kit.shutdown import Interrupted, Shutdown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_kit.clock import Clock

#: Meltano sets it for a loader.
_LOADER_VARIABLE = "MELTANO_LOADER_NAME"
#: The stream that `meltano config test` sends to a loader.
_MELTANO_TEST_STREAM = "meltano_test_stream"


class KitSink(Sink):
    """Takes records as bytes; what it has taken becomes durable in `flush`.

    `is_full` is the SDK's (`max_size` records) unless a subclass counts something else.
    """

    #: When (monotonic) the oldest record that is not durable yet was taken.
    waiting_since: float | None = None

    def take_many(self, records: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        """Receive records that stood one behind the other.

        Args:
            records: Each record's JSON, as the tap wrote it.
            extracted_at: For each record, when the tap read it, as the tap wrote it.
        """
        for record, extracted in zip(records, extracted_at, strict=True):
            self.take(record, extracted)

    def take(self, record: bytes, time_extracted: str | None) -> None:
        """Receive a record (until every sink has `take_many`)."""
        raise NotImplementedError

    @abc.abstractmethod
    def flush(self) -> None:
        """Make everything taken so far durable, or raise; may be called again after an `Interrupted`."""

    @override
    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        self.take_many([encode(record)], [None])

    @override
    def process_batch(self, context: dict[str, Any]) -> None:
        self.flush()

    @override
    def clean_up(self) -> None:
        """Report the count of records, with those that no flush has reported."""
        self.record_counter_metric.increment(self.current_size)
        super().clean_up()

    @override
    def get_validator(self) -> None:
        """None: whoever decodes the records validates them. The schema itself is checked here.

        Raises:
            DataError: The stream's schema is not a JSON schema.
        """
        try:
            JSONSchemaValidator(self.schema)
        except InvalidJSONSchema as error:
            reason = str(error).removeprefix("Schema Validation Error: ").partition("\n")[0]
            raise DataError(f"The schema of {self.stream_name} is no JSON schema: {reason}") from error

    @override
    def _add_sdc_metadata_to_schema(self) -> None:
        """Do nothing: which `_sdc_*` columns there are, the sink decides."""

    @override
    def _remove_sdc_metadata_from_schema(self) -> None:
        """Do nothing: an incoming `_sdc_deleted_at` must reach the sink."""


class KitTarget(KitPlugin, Target):
    """A target whose sinks are `KitSink`s."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what `singer_sdk.Target` takes."""
        self.shutdown = Shutdown()
        self.clock: Clock = SystemClock(self.shutdown)
        self.commits = CommitQueue()
        #: What failed (a stream, or what the subclass delivers by), and why.
        self.failed: dict[str, str] = {}
        self._unmapped: set[str] = set()
        self._oldest_waiting: float | None = None
        self._warned_versions: set[str] = set()
        kwargs.setdefault("message_reader", MessageReader(self.shutdown))
        super().__init__(**kwargs)

    # Hooks

    @property
    def max_batch_age(self) -> float | None:
        """Seconds after which a sink that has taken a record is flushed, full or not; None for no limit."""
        return None

    def create_sink(
        self, *, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None = None
    ) -> KitSink:
        """Make the sink of a stream, with what it needs: a sink keeps no target.

        The SDK has this hook, in the same form, from 0.55 on.

        Args:
            stream_name: Name of the stream.
            schema: Its JSON schema.
            key_properties: Its key; None or empty where it has none.
        """
        return self.get_sink_class(stream_name)(  # type: ignore[return-value]
            target=self, stream_name=stream_name, schema=schema, key_properties=key_properties
        )

    def finish(self) -> None:
        """Deliver what is left at the end of input; when one sink fails, the others still deliver."""
        self._flush_all()

    def on_signal(self) -> None:
        """Deliver what can be delivered quickly after a signal; by default all that was received."""
        self._flush_all()

    # Delivery

    @property
    def sinks(self) -> Mapping[str, KitSink]:
        """The open sinks by stream."""
        return self._sinks_active  # type: ignore[return-value]

    def flush_sink(self, sink: KitSink) -> None:
        """Make durable what a sink has taken, and print the STATE that this makes true."""
        name = sink.stream_name
        if name in self.failed or not sink.current_size:
            return
        total = self.commits.received_total(name)
        try:
            with sink.batch_processing_timer:
                sink.flush()
        except KitError as error:
            self.fail(name, error)
            return
        sink.record_counter_metric.increment(sink.current_size)
        sink.mark_drained()
        self._restart_waiting(sink)
        self.commits.committed(name, total)
        self.emit_state()

    def fail(self, part: str, error: Exception) -> None:
        """Note that a part failed: its further records are only counted, so no later STATE is printed."""
        self.logger.warning("%s: %s", part, error)  # the run's last line is the error
        self.failed[part] = str(error)
        if sink := self.sinks.get(part):
            self._restart_waiting(sink)

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

    def _flush_all(self) -> None:
        unexpected: Exception | None = None
        for sink in list(self.sinks.values()):
            try:
                self.flush_sink(sink)
            except Exception as error:  # noqa: BLE001, PERF203  # a bug in one sink; raised when the others are safe
                unexpected = unexpected or error
        if unexpected is not None:
            raise unexpected

    def _restart_waiting(self, sink: KitSink) -> None:
        sink.waiting_since = None
        self._oldest_waiting = min(
            (other.waiting_since for other in self.sinks.values() if other.waiting_since is not None),
            default=None,
        )

    def _flush_aged(self) -> None:
        limit = self.max_batch_age
        if limit is None or self._oldest_waiting is None:
            return
        now = self.clock.monotonic()
        if now - self._oldest_waiting < limit:
            return
        for sink in list(self.sinks.values()):
            if sink.waiting_since is not None and now - sink.waiting_since >= limit:
                self.flush_sink(sink)

    @override
    def process_endofpipe(self) -> None:
        try:
            self.finish()
        finally:
            self._close()
        self.raise_failures()

    def _close(self) -> None:
        self.emit_state()
        for sink in self.sinks.values():
            sink.clean_up()

    # Messages

    @override
    def get_sink(
        self,
        stream_name: str,
        *,
        record: dict[str, Any] | None = None,
        schema: dict[str, Any] | None = None,
        key_properties: Sequence[str] | None = None,
    ) -> Sink:
        """Give the sink of a stream; a new schema flushes the old sink first.

        The SDK keeps the old one until the next drain and may never clean it up (singer-meltano.md 1.6).
        """
        sink = self.sinks.get(stream_name)
        if schema is None:
            self._assert_sink_exists(stream_name)
            return self._sinks_active[stream_name]
        if sink is not None:
            if sink.original_schema == schema and list(sink.key_properties) == list(key_properties or ()):
                return sink
            self.logger.info("The schema of %s has changed: delivering what came before it.", stream_name)
            self.flush_sink(sink)
            if stream_name in self.failed:
                return sink
            sink.clean_up()
        opened = self.create_sink(stream_name=stream_name, schema=schema, key_properties=key_properties)
        opened.setup()
        self._sinks_active[stream_name] = opened
        return opened

    @override
    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "schema"})
        stream, schema = message_dict["stream"], message_dict["schema"]
        if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
            raise DataError(
                f"The schema of {stream} is no JSON schema with `properties`",
                remedy="Correct the tap",
            )
        if stream == _MELTANO_TEST_STREAM:
            self._answer_config_test()
            return
        keys = message_dict.get("key_properties")
        self.mapper.register_raw_stream_schema(stream, schema, keys)
        maps = self.mapper.stream_maps[stream]
        self._unmapped.discard(stream)
        if all(map(changes_nothing, maps)):
            self._unmapped.add(stream)
        for stream_map in maps:
            alias = stream_map.stream_alias
            if isinstance(stream_map, RemoveRecordTransform) or alias in self.failed:
                continue
            try:
                self.get_sink(
                    alias,
                    schema=stream_map.transformed_schema,
                    key_properties=stream_map.transformed_key_properties,
                )
            except KitError as error:
                self.fail(alias, error)

    def _answer_config_test(self) -> None:
        if report(self.preflight(), plugin=self.name):
            raise PermanentError("The connection test failed", remedy="Do what the lines above say")

    @override
    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "record"})
        stream, raw = message_dict["stream"], message_dict["record"]
        time_extracted = message_dict["time_extracted"]
        if stream in self._unmapped:
            self._deliver(stream, raw, time_extracted)
            return
        if stream == _MELTANO_TEST_STREAM:
            return
        if stream not in self.mapper.stream_maps:
            raise RecordsWithoutSchemaException(f"A record of {stream} came before the schema of the stream.")
        record = decode_record(raw)
        for stream_map in self.mapper.stream_maps[stream]:
            mapped = stream_map.transform(copy.copy(record))
            if mapped is not None:
                self._deliver(stream_map.stream_alias, encode(mapped), time_extracted)

    def _deliver(self, stream: str, record: bytes, time_extracted: str | None) -> None:
        self.commits.received(stream)
        if stream in self.failed:
            return
        sink = self.sinks[stream]
        try:
            sink.take_many([record], [time_extracted])
        except KitError as error:
            self.fail(stream, error)
            return
        sink.tally_record_read()
        if sink.is_full:
            self.flush_sink(sink)
        elif self.max_batch_age is not None:
            self._note_waiting(sink)
            self._flush_aged()

    def _note_waiting(self, sink: KitSink) -> None:
        if sink.waiting_since is None:
            sink.waiting_since = self.clock.monotonic()
            if self._oldest_waiting is None:
                self._oldest_waiting = sink.waiting_since

    @override
    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"value"})
        self.commits.put_state(message_dict["value"])
        self._flush_aged()
        self.emit_state()

    @override
    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        """Ignore it, with a warning: it would delete every row of the stream that this run does not send."""
        stream = message_dict.get("stream", "")
        if stream not in self._warned_versions:
            self._warned_versions.add(stream)
            self.logger.warning(
                "%s: ACTIVATE_VERSION is not supported and ignored; no row is deleted.", stream
            )

    @override
    def _process_batch_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream")
        raise PermanentError(
            f"The tap sends BATCH messages (stream {stream}), which {self.name} does not read",
            remedy="Remove `batch_config` from the settings of the tap",
        )

    # Command line

    def run(self, file_input: IO[str] | None = None) -> None:
        """Read to the end of input, or to a signal.

        Args:
            file_input: Where the messages are; standard input when None.

        Raises:
            Interrupted: A signal ended it; what `on_signal` delivered is behind the printed STATE.
        """
        with self.shutdown.installed():
            try:
                counts = self.process_lines(file_input)
            except Interrupted:
                self.on_signal()
                self._close()
                raise
            self.process_endofpipe()
            self.shutdown.check()
        self.logger.info("Done: %d records of %d streams.", counts[SingerMessageType.RECORD], len(self.sinks))

    @override
    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Load what comes in."""
        super(Target, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        config = config or _ConfigInput()
        try:
            cls(config=config.config, parse_env_config=config.parse_env).run(file_input)
        except Exception:
            if _LOADER_VARIABLE in os.environ and file_input is None and sys.stdin is not None:
                atexit.register(discard_rest, sys.stdin.buffer)  # behind the line that says what is wrong
            raise

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: bool) -> None:  # noqa: FBT001  # click's form
        """`--test` connects and reports; nothing is written."""
        del param
        if value:
            cls._exit_with_report(ctx)

    @override
    @classmethod
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        command.params.append(
            click.Option(
                ["--test"],
                is_flag=True,
                help="Connect and say what works and what does not; nothing is written.",
                callback=cls.cb_test,
                expose_value=False,
            )
        )
        return command
