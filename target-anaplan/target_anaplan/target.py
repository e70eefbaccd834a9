"""The SDK's view of the target: settings and messages in, STATE out."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any

from singer_kit.disk import explained_disk_errors
from singer_kit.sdk_target import KitTarget
from typing_extensions import override

from target_anaplan.api.wiring import connect
from target_anaplan.preflight import check
from target_anaplan.run import Run
from target_anaplan.settings import Settings
from target_anaplan.settings_schema import CONFIG_JSONSCHEMA
from target_anaplan.sinks import AnaplanSink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.delivery import StreamSink
    from singer_kit.preflight import Finding


class TargetAnaplan(KitTarget):
    """Load any Singer streams into Anaplan: one file and one import for each mapping and run."""

    name = "target-anaplan"
    default_sink_class = AnaplanSink
    config_jsonschema = CONFIG_JSONSCHEMA

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._settings = Settings.from_config(self.config)
        self._run = Run(self._settings, self.clock, self.shutdown)

    @override
    def create_sink(
        self, *, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None = None
    ) -> AnaplanSink:
        return AnaplanSink(self, stream_name, schema, key_properties, plan=self._run.plan)

    @override
    def preflight(self) -> Sequence[Finding]:
        return check(self._settings, connect(self._settings, self.clock, self.shutdown, patient=False))

    @override
    def run(self, file_input: IO[str] | None = None) -> None:
        """Read and deliver everything; the last line of the log says what became of it."""
        with explained_disk_errors(self._settings.state_dir, "state_dir"), ExitStack() as cleanup:
            # Spool, archive and dumps hold SYSPRO's records: nobody else on the machine reads them.
            cleanup.callback(os.umask, os.umask(0o077))
            cleanup.callback(self._run.close)
            super().run(file_input)
        if self._run.did_something:
            level = logging.WARNING if self._run.has_warnings else logging.INFO
            self.logger.log(level, "%s", self._run.summary)

    @override
    def finish(self) -> None:
        self._commit()
        self._run.deliver(self._commit)

    @override
    def on_signal(self) -> None:
        """Do nothing: no import is started after a signal, and nothing is durable before its import."""

    @override
    def flush_sink(self, sink: StreamSink) -> None:
        """Do nothing: what a sink has taken is durable when its batch is delivered."""

    @override
    def fail(self, part: str, error: Exception) -> None:
        """Stop the run: what one mapping lacks is noted in its batch, all else concerns every stream."""
        raise error

    @override
    def raise_failures(self) -> None:
        if (failure := self._run.failure) is not None:
            raise failure

    def _commit(self) -> None:
        """Print the STATE that the batches delivered so far make true."""
        for name in self.sinks:
            if self._run.is_delivered(name):
                self.commits.committed(name, self.commits.received_total(name))
        self.emit_state()
