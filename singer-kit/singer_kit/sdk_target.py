"""The SDK shell of a target: messages in, STATE behind durable data out, and a clean end on a signal.

The SDK prints STATE only when it drains everything, and drains inside its signal handler (Meltano reference,
"STATE of a stock target" and "Signals in a stock target"). What is overridden for that is listed in
README.md.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

import click
from singer_sdk import Target
from singer_sdk.plugin_base import _ConfigInput
from typing_extensions import override

from singer_kit.cli import explain
from singer_kit.clock import SystemClock
from singer_kit.delivery import Delivery
from singer_kit.errors import DataError, KitError, PermanentError
from singer_kit.input import discard_rest
from singer_kit.preflight import report
from singer_kit.progress import Progress
from singer_kit.runs import Run
from singer_kit.sdk_maps import TargetMaps
from singer_kit.sdk_plugin import KitPlugin
from singer_kit.sdk_reader import MessageReader
from singer_kit.shutdown import Interrupted, Shutdown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_sdk import Sink

    from singer_kit.clock import Clock
    from singer_kit.sdk_sink import KitSink

#: Meltano sets it for a loader.
_LOADER_VARIABLE = "MELTANO_LOADER_NAME"
#: The stream that `meltano config test` sends to a loader.
_MELTANO_TEST_STREAM = "meltano_test_stream"


class KitTarget(KitPlugin, Delivery, Target):
    """A target whose sinks are `KitSink`s.

    What it received, delivered and failed to deliver is `Delivery`'s, with the hooks `finish`, `on_signal`
    and `max_batch_age`.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Take what `singer_sdk.Target` takes."""
        self.shutdown = Shutdown()
        self.clock: Clock = SystemClock(self.shutdown)
        self._warned_versions: set[str] = set()
        Delivery.__init__(self)
        kwargs.setdefault("message_reader", MessageReader(self.shutdown))
        Target.__init__(self, **kwargs)

    @cached_property
    def _maps(self) -> TargetMaps:
        return TargetMaps(self.mapper)

    @cached_property
    def _progress(self) -> Progress:
        return Progress(self.logger.info, self.clock, "Receiving")

    # Sinks

    @property
    @override
    def sinks(self) -> Mapping[str, KitSink]:
        """The open sinks by stream."""
        return self._sinks_active  # type: ignore[return-value]

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

        The SDK keeps the old one until the next drain and may never clean it up (Meltano reference, "Replaced
        sinks").
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

    # Messages

    @override
    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "schema"})
        stream, schema = message_dict["stream"], message_dict["schema"]
        if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
            raise DataError(
                f"The schema of {stream} is no JSON schema with `properties`", remedy="Correct the tap"
            )
        if stream == _MELTANO_TEST_STREAM:
            self._answer_config_test()
            return
        for mapped in self._maps.register(stream, schema, message_dict.get("key_properties")):
            if mapped.name in self.failed:
                continue
            try:
                self.get_sink(mapped.name, schema=mapped.schema, key_properties=mapped.key_properties)
            except KitError as error:
                self.fail(mapped.name, error)

    def _answer_config_test(self) -> None:
        if report(self.preflight(), plugin=self.name):
            raise PermanentError("The connection test failed", remedy="Do what the lines above say")

    @override
    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        """Take a run of records, as `MessageReader` makes it."""
        run = Run(message_dict["stream"], message_dict["records"], message_dict["extracted_at"])
        if run.stream == _MELTANO_TEST_STREAM:
            return
        try:
            mapped_runs = self._maps.apply(run)
        except KitError as error:
            self._fail_mapped(run, error)
            return
        for mapped in mapped_runs:
            self.take(mapped)
        self._progress.add(len(run.records))

    def _fail_mapped(self, run: Run, error: KitError) -> None:
        """Fail what the records lead to; they are counted, so no STATE behind them is printed."""
        for name in self._maps.names(run.stream):
            self.commits.received(name, len(run.records))
            if name not in self.failed:
                self.fail(name, error)

    @override
    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"value"})
        self.put_state(message_dict["value"])

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

    @override
    def process_endofpipe(self) -> None:
        try:
            self.finish()
        finally:
            self.close()
        self.raise_failures()

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
                self.process_lines(file_input)
            except Interrupted:
                self.on_signal()
                self.close()
                raise
            self.process_endofpipe()
            self.shutdown.check()
        self.logger.info("Done: %s, streams: %d.", self._progress.summary, len(self.sinks))

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
        except Exception as error:
            if _LOADER_VARIABLE in os.environ and file_input is None and sys.stdin is not None:
                cls._outlast_tap(error)
            raise

    @classmethod
    def _outlast_tap(cls, error: Exception) -> None:
        """Read on until the tap has ended: what is wrong is said now, and again as the run's last line."""

        def tell() -> None:
            for line in explain(error, cls.name):
                cls.logger.error("%s", line)
            cls.logger.info("Waiting for the tap to end; nothing is delivered any more.")

        discard_rest(sys.stdin.buffer, tell)

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: bool) -> None:  # noqa: FBT001  # click's form
        """Answer `--test` with a report; nothing is written."""
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
