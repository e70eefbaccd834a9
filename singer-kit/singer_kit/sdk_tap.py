"""The SDK shell of a tap: pages instead of records, whole-input-state STATE, signals between pages.

The SDK works record by record (mask, type conformance, write, flush), writes progress markers and signposts
into bookmarks, keeps nothing of the input state but bookmarks, and exits 0 on SIGTERM (Meltano reference,
"Work per record in a tap" and "Bookmarks of a stock tap"). What is overridden for that is listed in
README.md.
"""

from __future__ import annotations

import abc
import copy
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, ClassVar

from singer_sdk import Stream, Tap, metrics
from singer_sdk.helpers._catalog import pop_deselected_record_properties
from singer_sdk.helpers._util import load_json
from singer_sdk.helpers.capabilities import CapabilitiesEnum, TapCapabilities
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.plugin_base import _ConfigInput
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE, REPLICATION_INCREMENTAL
from singer_sdk.singerlib.encoding.base import GenericSingerWriter
from singer_sdk.singerlib.messages import Message, StateMessage
from singer_sdk.tap_base import CliTestOptionValue
from typing_extensions import Self, override

from singer_kit.bookmarks import merge_bookmark
from singer_kit.clock import SystemClock
from singer_kit.errors import KitError, PartialFailureError, PermanentError, SettingsError, clause, reasons
from singer_kit.messages import RecordBuffer, encode
from singer_kit.progress import Progress
from singer_kit.sdk_maps import changes_nothing, explained_map_errors
from singer_kit.sdk_plugin import KitPlugin
from singer_kit.shutdown import Interrupted, Shutdown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping
    from datetime import datetime

    import click

    from singer_kit.clock import Clock

Record = dict[str, Any]

_TEST_HELP = "Connect and say what works and what does not. --test=schema writes the SCHEMA messages."


@dataclass(frozen=True)
class Page:
    """Records that were read together, and how far the stream is read behind them.

    Attributes:
        records: The records; an empty page still says that its part of the stream was read.
        time_extracted: When the page was read (aware).
        bookmark_update: Merged in depth into the stream's bookmark, written as STATE right behind the page.
        context: What the records have in common beside their stream, such as `{"company": "A"}`: the metrics
            carry it, so that they can be summed by it.
    """

    records: list[Record]
    time_extracted: datetime
    bookmark_update: Mapping[str, Any] | None = None
    context: Mapping[str, Any] | None = None


class _MessageWriter(GenericSingerWriter[bytes, Message]):
    """The way of the SDK's own messages (SCHEMA, the first STATE) through the same buffer as the pages."""

    def __init__(self, buffer: RecordBuffer) -> None:
        self._buffer = buffer

    @override
    def serialize_message(self, message: Message) -> bytes:
        return encode(message.to_dict())

    @override
    def write_message(self, message: Message) -> None:
        if isinstance(message, StateMessage):
            self._buffer.write_state(message.value)
        else:
            self._buffer.add(message.to_dict())
            self._buffer.flush()


class KitTap(KitPlugin, Tap):
    """A tap whose streams are `KitStream`s."""

    dynamic_catalog = True  # discovery asks the source, so it needs valid settings

    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        *KitPlugin.capabilities,
    ]

    def __init__(self, **kwargs: Any) -> None:
        """Take what `singer_sdk.Tap` takes."""
        self.shutdown = Shutdown()
        self.clock: Clock = SystemClock(self.shutdown)
        self.output = RecordBuffer()
        self._failures: list[tuple[str, str]] = []
        self._anything_read = False
        #: How many records each stream has given.
        self.read: Counter[str] = Counter()
        super().__init__(message_writer=_MessageWriter(self.output), **kwargs)

    @override
    def setup_mapper(self) -> None:
        _ = self.catalog  # discovery, whose errors are not the maps'
        with explained_map_errors():
            super().setup_mapper()

    # State

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        """Take over the whole input state, with streams, companies and keys that this run does not know.

        A finished `meltano run` replaces the stored state, so what STATE leaves out is forgotten
        (Meltano reference, "State of a finished run"); the SDK keeps nothing but `bookmarks`.
        """
        self._state |= copy.deepcopy(state)  # type: ignore[typeddict-item]  # in place: the streams hold it

    @override
    def _reset_state_progress_markers(self) -> None:
        """Do nothing: this tap writes no progress markers, and another's are not ours to remove."""

    def write_state(self) -> None:
        """Write STATE, unless the last one said the same."""
        self.output.write_state(self.state)

    # Failures

    def fail(self, part: str, message: str) -> None:
        """Note that a part could not be read; the others go on.

        Args:
            part: The stream, or `stream company`.
            message: One line for the user.
        """
        self.logger.warning("%s: %s", part, message)  # the run's last line is the error
        self._failures.append((part, message))

    @property
    def failures(self) -> list[str]:
        """What failed: one line for each part (a stream, or a company of a stream)."""
        return [f"{part}: {message}" for part, message in self._failures]

    def note_read(self) -> None:
        """Note that some part was read."""
        self._anything_read = True

    def raise_failures(self) -> None:
        """Say how the sync ended.

        Raises:
            PartialFailureError: Some parts failed.
            PermanentError: All of them did.
        """
        if not self.failures:
            return
        if self._anything_read:
            raise PartialFailureError(f"Read in part, {len(self.failures)} failed: {reasons(self._failures)}")
        raise PermanentError(f"Nothing could be read: {reasons(self._failures)}")

    # Command line

    @override
    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
    ) -> None:
        """Sync; a signal ends it between two pages, behind the STATE of the last one."""
        super(Tap, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        config = config or _ConfigInput()
        tap = cls(
            config=config.config,
            parse_env_config=config.parse_env,
            state=_load("--state", state),
            catalog=_load("--catalog", catalog),
        )
        with tap.shutdown.installed():
            try:
                tap.sync_all()
            except Interrupted:
                tap.write_state()
                raise
        tap.raise_failures()
        tap.logger.info("Done: %s records, streams: %d.", f"{tap.read.total():,}", len(tap.read))

    @override
    @classmethod
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        [option] = (param for param in command.params if param.name == "test")
        option.help = _TEST_HELP
        return command

    @override
    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Answer `--test` with a report, `--test=schema` with the SCHEMA messages; no record is read.

        The SDK's `--test` syncs one record of each stream to stdout and says nothing in words.
        """
        if value == CliTestOptionValue.Disabled.value:
            return
        if value == CliTestOptionValue.Schema.value:
            super().cb_test(ctx, param, value)
            return
        cls._exit_with_report(ctx)


def _load(option: str, file: IO[str] | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        content = load_json(file.read())
    except ValueError as error:
        raise SettingsError(f"The file of {option} is not JSON: {error}") from error
    _check_shape(option, content)
    return content


def _check_shape(option: str, content: Any) -> None:
    """Refuse what would be read as a catalog without streams, or as no state at all.

    Raises:
        SettingsError: The file is not what the option asks for.
    """
    if option == "--catalog":
        if not isinstance(content, dict) or not isinstance(content.get("streams"), list):
            raise SettingsError(
                "The file of --catalog has no list `streams`", remedy="Make it with --discover"
            )
        return
    bookmarks = content.get("bookmarks", {}) if isinstance(content, dict) else None
    if not isinstance(bookmarks, dict) or not all(isinstance(part, dict) for part in bookmarks.values()):
        raise SettingsError(
            "The file of --state is not the STATE of a Singer tap",
            remedy="Give the last `value` of a STATE message, or leave the option out to read everything",
        )


class _Counters:
    """The counts of a stream's records, one for each context, reported as metrics at the end.

    Args:
        make: Gives a counter.
    """

    def __init__(self, make: Callable[[], metrics.Counter]) -> None:
        self._make = make
        self._counters: dict[tuple[tuple[str, Any], ...], metrics.Counter] = {}
        self._totals: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._counters:
            self.add(None, 0)
        for counter in self._counters.values():
            counter.exit()

    def add(self, context: Mapping[str, Any] | None, count: int) -> None:
        """Count records of a context."""
        key = tuple((context or {}).items())
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = self._make()
            counter.with_context(dict(context) if context else None)
        counter.increment(count)
        self._totals[" ".join(str(value) for _, value in key)] += count

    @property
    def summary(self) -> str:
        """The counts by context, where there are several."""
        if len(self._totals) < 2:  # noqa: PLR2004  # then the stream's total says it
            return ""
        return f" ({', '.join(f'{name} {count:,}' for name, count in self._totals.items())})"


class KitStream(Stream):
    """A stream with one hook: `pages`."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the pages hold what the schema says

    _tap: KitTap

    @abc.abstractmethod
    def pages(self, context: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Read the stream.

        A `KitError` fails the stream, `self.fail(company, message)` one part of it; the tap reads on. A
        signal closes the generator after the page at hand: `finally` is the place for a log-off.

        Args:
            context: Always None; streams have no partitions in the SDK's sense.
        """

    @property
    def full_table(self) -> bool:
        """Whether the user chose FULL_TABLE in the catalog: all rows, every run."""
        return self.replication_method == REPLICATION_FULL_TABLE

    @property
    def bookmark(self) -> Mapping[str, Any]:
        """The stream's part of the state, as far as this run has written it."""
        bookmark: Mapping[str, Any] = self._tap.state.get("bookmarks", {}).get(self.name, {})
        return bookmark

    def fail(self, part: str, message: str) -> None:
        """Note that a part of the stream (a company) could not be read, and go on with the others."""
        if self.ABORT_AT_RECORD_COUNT is not None:  # a dry run tells its caller
            raise PermanentError(f"The stream {self.name} could not be read for {part}: {clause(message)}")
        self._tap.fail(f"{self.name} {part}", message)

    @property
    @override
    def replication_method(self) -> str:
        """What the catalog says, INCREMENTAL when it says nothing."""
        return self.forced_replication_method or REPLICATION_INCREMENTAL

    @override
    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[Record]:
        for page in self.pages(context):
            yield from page.records

    @override
    def get_replication_key_signpost(self, context: Mapping[str, Any] | None = None) -> None:
        """Give none, so that the SDK writes no signpost into the bookmark."""

    @override
    def get_batch_config(self, config: Mapping[str, Any]) -> None:
        """Offer no BATCH (Meltano reference, "BATCH messages")."""

    @override
    def finalize_state_progress_markers(self, state: dict[str, Any] | None = None) -> None:
        """Do nothing: the bookmark is final after every page."""

    @override
    def _sync_records(
        self, context: Mapping[str, Any] | None = None, *, write_messages: bool = True
    ) -> Generator[Record, Any, Any]:
        failures = len(self._tap.failures)
        try:
            self._sync_pages(context)
        except KitError as error:
            if self.ABORT_AT_RECORD_COUNT is not None:
                raise
            self._tap.fail(self.name, str(error))
        if len(self._tap.failures) == failures:
            self._tap.note_read()
        self._tap.write_state()
        yield from ()

    def _sync_pages(self, context: Mapping[str, Any] | None) -> None:
        self._tap.shutdown.check()
        limit = self.ABORT_AT_RECORD_COUNT
        progress = Progress(self.logger.info, self._tap.clock, f"Reading {self.name}")
        self._tap.read[self.name] += 0
        with (
            _Counters(self.get_record_counter) as counters,
            self.get_sync_timer(),
            closing(self.pages(context)) as pages,
        ):
            for page in pages:
                self._tap.note_read()
                records = page.records if limit is None else page.records[: limit - progress.count]
                self._write_page(records, page.time_extracted)
                counters.add(page.context, len(records))
                progress.add(len(records))
                self._tap.read[self.name] += len(records)
                if limit is not None and progress.count >= limit:
                    return  # a dry run; the page may be cut, so its bookmark would lie
                if page.bookmark_update is not None:
                    bookmarks = self._tap.state.setdefault("bookmarks", {})
                    merge_bookmark(bookmarks.setdefault(self.name, {}), page.bookmark_update)
                self._tap.write_state()
                self._tap.shutdown.check()
        self.logger.info("%s: %s%s.", self.name, progress.summary, counters.summary)

    def _write_page(self, records: list[Record], time_extracted: datetime) -> None:
        if not all(self.mask.values()):
            for record in records:
                pop_deselected_record_properties(record, self.schema, self.mask)
        for stream_map in self.stream_maps:
            if changes_nothing(stream_map):
                self._write_records(stream_map.stream_alias, records, time_extracted)
                continue
            with explained_map_errors(self.name):
                mapped = [new for record in records if (new := stream_map.transform(record)) is not None]
                self._write_records(stream_map.stream_alias, mapped, time_extracted)

    def _write_records(self, name: str, records: list[Record], time_extracted: datetime) -> None:
        if records:
            self._tap.output.write_page(name, records, time_extracted)
