"""The SDK shell of the target: when what is loaded, and what a signal or a failed stream ends."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, ClassVar

from singer_kit.errors import PartialFailureError, reasons
from singer_kit.sdk_plugin import KitPlugin
from singer_kit.sdk_target import KitTarget
from singer_kit.shutdown import Interrupted
from singer_sdk.helpers.capabilities import CapabilitiesEnum, TargetCapabilities
from typing_extensions import override

from target_databricks_uc.naming import TableOwners
from target_databricks_uc.settings import Settings
from target_databricks_uc.settings_schema import CONFIG_JSONSCHEMA
from target_databricks_uc.sinks import DatabricksSink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.delivery import StreamSink
    from singer_kit.preflight import Finding

    from target_databricks_uc.loader import Loader


class TargetDatabricksUc(KitTarget):
    """Load any Singer streams into typed tables of Unity Catalog."""

    name = "target-databricks-uc"
    package_name = "target-databricks-uc"
    default_sink_class = DatabricksSink
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        *KitPlugin.capabilities,
        TargetCapabilities.VALIDATE_RECORDS,
    ]
    config_jsonschema: ClassVar[dict[str, Any]] = CONFIG_JSONSCHEMA

    def __init__(self, **kwargs: Any) -> None:
        """Take what `singer_sdk.Target` takes."""
        super().__init__(**kwargs)
        self._bookmark_properties: dict[str, Sequence[str]] = {}
        self._owners = TableOwners()

    @cached_property
    def settings(self) -> Settings:
        """The settings, typed."""
        return Settings.from_config(self.config)

    @cached_property
    def loader(self) -> Loader:
        """What loads; it brings pyarrow and databricks.sdk, which no start without records needs."""
        from target_databricks_uc.loader import Loader  # noqa: PLC0415  # heavy

        return Loader(self.settings, self.clock)

    @property
    @override
    def max_batch_age(self) -> float:
        return self.settings.batch_seconds

    @override
    def preflight(self) -> Sequence[Finding]:
        from target_databricks_uc.preflight import check  # noqa: PLC0415  # heavy, as above

        return check(self.settings, self.clock)

    @override
    def create_sink(
        self, *, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None = None
    ) -> DatabricksSink:
        return DatabricksSink(
            self,
            stream_name=stream_name,
            schema=schema,
            key_properties=key_properties,
            bookmark_properties=self._bookmark_properties.get(stream_name, ()),
            settings=self.settings,
            owners=self._owners,
            loader=lambda: self.loader,
        )

    @override
    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        if bookmarks := message_dict.get("bookmark_properties"):
            self._bookmark_properties[message_dict.get("stream", "")] = bookmarks
        super()._process_schema_message(message_dict)

    @override
    def fail(self, part: str, error: Exception) -> None:
        if self._started_loader and self._started_loader.failure_scope.ends_run(error):
            raise error
        super().fail(part, error)

    @override
    def raise_failures(self) -> None:
        super().raise_failures()
        skipped = self._started_loader.skipped if self._started_loader else {}
        if skipped:
            why = reasons(
                (stream, f"{keys:,} key{'s' if keys > 1 else ''} already had a newer row, which was kept")
                for stream, keys in skipped.items()
            )
            raise PartialFailureError(
                f"Delivered, but not every row was written: {why}",
                remedy="Look at `rows_skipped` in `_loads`, and at the clocks of the machines that load",
            )

    @override
    def flush_sink(self, sink: StreamSink) -> None:
        """Load what all sinks have taken, side by side, when one of them is full, old or at its end.

        A STATE is true when everything before it is loaded: one record that waits in another stream would
        hold it back however many batches of this one are loaded, and all of them would come again after a
        kill.
        """
        if sink.stream_name in self.failed or not sink.current_size:
            return
        waiting = [one for one in self._open_sinks() if one.current_size]
        self._load_together(waiting)
        unexpected: Exception | None = None
        for one in waiting:
            try:
                super().flush_sink(one)
            except Exception as error:  # noqa: BLE001, PERF203  # raised when the others have their STATE
                unexpected = unexpected or error
        if unexpected is not None:
            raise unexpected

    def _load_together(self, sinks: Sequence[DatabricksSink]) -> None:
        """Load side by side; each sink's `flush` then finds its batch loaded or failed."""
        batches = []
        for sink in sinks:
            with suppress(Exception):  # `flush` meets it again, and reports it
                if (batch := sink.close_batch()) and not batch.loaded and batch.error is None:
                    batches.append(batch)
        if batches:
            self.loader.load(batches)

    @override
    def finish(self) -> None:
        try:
            super().finish()
        except Interrupted:
            self.on_signal()
            raise
        if self._started_loader:
            self._started_loader.sweep()

    def _open_sinks(self) -> list[DatabricksSink]:
        return [
            sink
            for sink in self.sinks.values()
            if isinstance(sink, DatabricksSink) and sink.stream_name not in self.failed
        ]

    @property
    def _started_loader(self) -> Loader | None:
        """The loader, if a record has needed it."""
        return self.__dict__.get("loader")

    @override
    def on_signal(self) -> None:
        """Load nothing more: a cold warehouse outlives the patience of whoever sent the signal.

        The records come again, as no STATE behind them was printed.
        """
        if self._started_loader:
            self._started_loader.abandon([sink.batch for sink in self._open_sinks() if sink.batch])

    @override
    def run(self, file_input: IO[str] | None = None) -> None:
        _ = self.settings  # what is wrong with them is said once, before anything is read
        try:
            super().run(file_input)
        finally:
            if self._started_loader:
                self._started_loader.close()
