"""The SDK's view of the target: settings, messages in, STATE out."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from singer_kit.errors import PartialFailure, PermanentError
from singer_kit.sdk_target import KitTarget
from singer_sdk import typing as th
from typing_extensions import override

from target_anaplan import settings as s
from target_anaplan.delivery.file_locks import RunFolder
from target_anaplan.delivery.tally import describe
from target_anaplan.plan.routing import Plan
from target_anaplan.sinks import AnaplanSink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_kit.preflight import Finding
    from singer_kit.sdk_target import KitSink

    from target_anaplan.api.model_objects import Catalogue
    from target_anaplan.api.wiring import Connection
    from target_anaplan.plan.routing import Batch
    from target_anaplan.run import Delivery

_MAPPING = th.ObjectType(additional_properties=True)


class TargetAnaplan(KitTarget):
    """Loads any streams into Anaplan: one file and one import for each mapping and run."""

    name = "target-anaplan"
    default_sink_class = AnaplanSink
    config_jsonschema = th.PropertiesList(
        th.Property(
            "auth_method",
            th.StringType,
            default="basic",
            allowed_values=["basic"],
            description="How to log in: `basic` is a user's name and password",
        ),
        th.Property("username", th.StringType, description="E-mail address of the Anaplan user"),
        th.Property("password", th.StringType, secret=True, description="Password of that user"),
        th.Property(
            "workspace_id",
            th.StringType,
            required=True,
            description="Id of the workspace, 32 hexadecimal digits",
        ),
        th.Property(
            "model_id", th.StringType, required=True, description="Id of the model, 32 hexadecimal digits"
        ),
        th.Property(
            "api_url",
            th.StringType,
            default=s.DEFAULT_API_URL,
            description="Integration API of your region, with its version",
        ),
        th.Property(
            "auth_url",
            th.StringType,
            default=s.DEFAULT_AUTH_URL,
            description="Authentication service of your region",
        ),
        th.Property("mappings", th.ArrayType(_MAPPING), description="Mappings, as in a mapping file"),
        th.Property(
            "mapping_file",
            th.StringType,
            description="Mapping file (YAML), relative to the Meltano project or the working folder",
        ),
        th.Property(
            "unmapped_streams",
            th.StringType,
            default="fail",
            allowed_values=["fail", "skip"],
            description="What to do with a stream that no mapping takes: `fail` or `skip`",
        ),
        th.Property(
            "state_dir",
            th.StringType,
            description="Folder for spool and archive; by default `var/target-anaplan` below the Meltano"
            " project or the working folder",
        ),
        th.Property(
            "chunk_megabytes",
            th.IntegerType(minimum=1, maximum=50),
            default=10,
            description="Size of an upload's chunks before compression",
        ),
        th.Property(
            "upload_threads",
            th.IntegerType(minimum=1, maximum=16),
            default=4,
            description="How many chunks are uploaded at the same time",
        ),
        th.Property(
            "requests_per_minute",
            th.IntegerType(minimum=1, maximum=s.MAX_REQUESTS_PER_MINUTE),
            default=s.MAX_REQUESTS_PER_MINUTE,
            description="Requests in any minute; 600 is the whole tenant's budget",
        ),
        th.Property(
            "reserve_requests_per_minute",
            th.IntegerType(minimum=0, maximum=s.MAX_REQUESTS_PER_MINUTE),
            default=60,
            description="How many of them are left to people and other integrations",
        ),
        th.Property(
            "lock_wait_seconds",
            th.IntegerType(minimum=0),
            default=600,
            description="How long to wait for a locked or busy model, or for another run on this machine",
        ),
        th.Property(
            "task_timeout_seconds",
            th.IntegerType(minimum=1),
            default=3600,
            description="How long an import may wait in Anaplan's queue, and how long it may run",
        ),
        th.Property(
            "locale",
            th.StringType,
            default="en_US",
            description="Locale in which Anaplan reports an import's outcome",
        ),
        th.Property(
            "minimum_tls",
            th.StringType,
            default="1.2",
            allowed_values=["1.2", "1.3"],
            description="Oldest TLS version to accept; 1.3 is used where offered",
        ),
        th.Property(
            "allow_http",
            th.BooleanType,
            default=False,
            description="Accept plain http to hosts other than this machine",
        ),
    ).to_dict()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = s.Settings.from_config(self.config)
        self._run_id = secrets.token_hex(4)
        self._folder = RunFolder(self.settings.state_dir / "spool", self._run_id)
        self.plan = Plan(self.settings, lambda: self.catalogue, self._folder.path)

    @cached_property
    def connection(self) -> Connection:
        """Anaplan; built when there is a record to deliver."""
        from target_anaplan.api.wiring import connect  # noqa: PLC0415  # costs start-up time

        self._folder.open()
        return connect(self.settings, self.clock, self.shutdown)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the model offers, once it is known that the model takes imports."""
        catalogue = self.connection.catalogue
        catalogue.check_model()
        return catalogue

    @cached_property
    def delivery(self) -> Delivery:
        """Delivers the plan's batches."""
        from target_anaplan.run import Delivery  # noqa: PLC0415  # costs start-up time

        return Delivery(
            self.settings,
            self.plan,
            lambda: self.connection,
            clock=self.clock,
            shutdown=self.shutdown,
            run_id=self._run_id,
        )

    @override
    def preflight(self) -> Sequence[Finding]:
        from target_anaplan.api.wiring import connect  # noqa: PLC0415  # costs start-up time
        from target_anaplan.preflight import examine  # noqa: PLC0415  # costs start-up time

        return examine(self.settings, connect(self.settings, self.clock, self.shutdown, patient=False))

    @override
    def run(self, file_input: IO[str] | None = None) -> None:
        """Reads and delivers everything; the last line of the log says what became of it."""
        with ExitStack() as cleanup, self._explained_disk_errors():
            cleanup.callback(self._folder.close)
            cleanup.callback(self.plan.close)
            cleanup.callback(self._logout)
            super().run(file_input)
        if "connection" in vars(self) or self.plan.deletions:
            level = logging.WARNING if self.delivery.total.quarantined else logging.INFO
            self.logger.log(level, "%s", self._summary())

    def _logout(self) -> None:
        if "connection" in vars(self):
            self.connection.client.logout()

    @override
    def finish(self) -> None:
        self._commit()
        self.delivery.deliver(lambda _batch: self._commit())

    @override
    def on_signal(self) -> None:
        """Nothing: no import is started after a signal, and nothing received is durable before its import."""

    @override
    def flush_sink(self, sink: KitSink) -> None:
        """Nothing: what a sink has taken is durable when its batch is delivered."""

    @override
    def fail(self, part: str, error: Exception) -> None:
        """Stops the run: what one mapping lacks is noted in its batch, all else concerns every stream."""
        raise error

    @override
    def raise_failures(self) -> None:
        failed = [batch for batch in self.plan.batches.values() if batch.error is not None]
        if not failed:
            return
        reasons = "; ".join(f"{batch.name}: {batch.error}" for batch in failed)
        if any(batch.done and batch.binding for batch in self.plan.batches.values()):
            raise PartialFailure(f"Delivered in part ({self._summary()}); {len(failed)} failed: {reasons}")
        raise PermanentError(f"Nothing was delivered: {reasons}")

    def _commit(self) -> None:
        """Prints the STATE that the batches delivered so far make true."""
        for name in self.sinks:
            batches: list[Batch] = self.plan.batches_of(name)
            if all(batch.done for batch in batches):
                self.commits.committed(name, self.commits.received_total(name))
        self.emit_state()

    def _summary(self) -> str:
        total = self.delivery.total
        text = describe(total)
        if self.plan.deletions:
            text += f", {self.plan.deletions} deletions not applied"
        if total.quarantined:
            text += f": {total.quarantined} rows in quarantine, see {self.settings.state_dir / 'batches'}"
        return text

    @contextmanager
    def _explained_disk_errors(self) -> Iterator[None]:
        """A full or read-only disk is no bug.

        Raises:
            PermanentError: In place of an `OSError`.
        """
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise PermanentError(
                f"Cannot write below {self.settings.state_dir} (setting `state_dir`): {reason}. Make"
                " room or choose another"
                " folder; what was not delivered comes again in the next run"
            ) from error
