"""The SDK shell of the target: settings, and when what is loaded."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, ClassVar

from singer_kit.errors import DataError
from singer_kit.sdk_plugin import KitPlugin
from singer_kit.sdk_target import KitTarget
from singer_kit.shutdown import Interrupted
from singer_sdk import typing as th
from singer_sdk.helpers.capabilities import CapabilitiesEnum, TargetCapabilities
from typing_extensions import override

from target_databricks_uc.load_log import TABLE as LEDGER_TABLE
from target_databricks_uc.settings import MAX_FILE_MEGABYTES, Settings
from target_databricks_uc.sinks import DatabricksSink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.preflight import Finding

    from target_databricks_uc.loader import Loader
    from target_databricks_uc.table_design import Table


class TargetDatabricksUc(KitTarget):
    """Loads any stream into typed tables of Unity Catalog."""

    name = "target-databricks-uc"
    package_name = "target-databricks-uc"
    default_sink_class = DatabricksSink
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        *KitPlugin.capabilities,
        TargetCapabilities.VALIDATE_RECORDS,
    ]
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property(
            "host",
            th.StringType,
            required=True,
            description="Address of the workspace, such as https://dbc-a1b2c3d4.cloud.databricks.com.",
        ),
        th.Property(
            "auth_method",
            th.StringType,
            default="oauth-m2m",
            allowed_values=["oauth-m2m", "pat"],
            description="oauth-m2m: client credentials of a service principal; pat: personal access token.",
        ),
        th.Property("client_id", th.StringType, description="Application id of the service principal."),
        th.Property(
            "client_secret", th.StringType, secret=True, description="OAuth secret of the service principal."
        ),
        th.Property(
            "account_id",
            th.StringType,
            description="Takes the token from this account (account-level login) instead of the workspace.",
        ),
        th.Property(
            "token", th.StringType, secret=True, description="Personal access token, for auth_method pat."
        ),
        th.Property("warehouse_id", th.StringType, description="Id of the SQL warehouse that loads."),
        th.Property("warehouse_name", th.StringType, description="Its name, where the id is not given."),
        th.Property("catalog", th.StringType, required=True, description="Catalog of the tables."),
        th.Property(
            "schema",
            th.StringType,
            required=True,
            description="Schema of the tables; made if it is not there.",
        ),
        th.Property(
            "volume",
            th.StringType,
            default="landing",
            description="Volume in that schema through which files pass; made if it is not there.",
        ),
        th.Property(
            "load_method",
            th.StringType,
            default="upsert",
            allowed_values=["upsert", "append-only"],
            description="upsert: merge by key (streams without key are appended); append-only: keep every "
            "record. overwrite is not available yet.",
        ),
        th.Property(
            "layout",
            th.StringType,
            default="cluster",
            allowed_values=["cluster", "partition", "none"],
            description="How new tables are laid out: CLUSTER BY, PARTITIONED BY, or neither.",
        ),
        th.Property(
            "layout_columns",
            th.ArrayType(th.StringType),
            description="At most four columns to lay tables out by; a table uses those that it has. "
            "Default: _syspro_company and the stream's date.",
        ),
        th.Property(
            "deletes",
            th.StringType,
            default="soft",
            allowed_values=["soft", "hard", "ignore"],
            description="What a deleted record does. soft: set _sdc_deleted_at; hard: delete the row; "
            "ignore: nothing.",
        ),
        th.Property(
            "on_type_change",
            th.StringType,
            default="widen",
            allowed_values=["widen", "fail", "new_column"],
            description="When a property no longer fits its column. widen: widen the column, or fail; fail: "
            "always fail; new_column: widen, or load into a new column beside it.",
        ),
        th.Property(
            "column_case",
            th.StringType,
            default="keep",
            allowed_values=["keep", "snake"],
            description="keep: columns are named as the properties; snake: InvoiceDate becomes invoice_date.",
        ),
        th.Property(
            "file_megabytes",
            th.IntegerType(minimum=1, maximum=MAX_FILE_MEGABYTES),
            default=32,
            description="Size at which a staged Parquet file is closed and uploaded.",
        ),
        th.Property(
            "batch_files",
            th.IntegerType(minimum=1, maximum=1000),
            default=16,
            description="Files of one table after which they are loaded.",
        ),
        th.Property(
            "batch_minutes",
            th.IntegerType(minimum=1),
            default=15,
            description="Minutes after a table's first record at which what has come is loaded.",
        ),
        th.Property(
            "add_record_metadata",
            th.BooleanType,
            default=False,
            description="Add _sdc_extracted_at, _sdc_received_at, _sdc_batched_at, _sdc_table_version and "
            "_sdc_sync_started_at to every table.",
        ),
        th.Property(
            "validate_records",
            th.BooleanType,
            default=True,
            description="Refuse records that lack required properties or hold numbers and booleans as text.",
        ),
        th.Property(
            "allow_http",
            th.BooleanType,
            default=False,
            description="Accept a plain http address that is not on this machine.",
        ),
    ).to_dict()

    def __init__(self, **kwargs: Any) -> None:
        """Take what `singer_sdk.Target` takes."""
        super().__init__(**kwargs)
        #: What each stream's bookmark follows, which is mostly the date by which it is asked.
        self.bookmark_properties: dict[str, Sequence[str]] = {}
        self._streams_by_table = {LEDGER_TABLE: "the target's audit trail"}

    @cached_property
    def settings(self) -> Settings:
        """The settings, typed."""
        return Settings.from_config(self.config)

    @cached_property
    def loader(self) -> Loader:
        """What loads; it brings pyarrow and databricks.sdk, which no start without records needs."""
        from target_databricks_uc.loader import Loader  # noqa: PLC0415

        return Loader(self.settings, self.clock, self.shutdown)

    @property
    @override
    def max_batch_age(self) -> float:
        return self.settings.batch_seconds

    @override
    def preflight(self) -> Sequence[Finding]:
        from target_databricks_uc.preflight import check  # noqa: PLC0415  # heavy, as above

        return check(self.settings, self.clock)

    def claim_table(self, table: Table) -> None:
        """Reserve a table for its stream.

        Raises:
            DataError: Another stream has it, or the target itself.
        """
        other = self._streams_by_table.setdefault(table.name, table.stream)
        if other != table.stream:
            raise DataError(
                f"The table {table.name} belongs to {other} already. Rename the stream with a stream map."
            )

    @override
    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        if bookmarks := message_dict.get("bookmark_properties"):
            self.bookmark_properties[message_dict.get("stream", "")] = bookmarks
        super()._process_schema_message(message_dict)

    @override
    def fail(self, part: str, error: Exception) -> None:
        if "loader" in self.__dict__ and error is self.loader.unusable:
            raise error  # no stream can be delivered: one line, not one for each
        super().fail(part, error)

    @override
    def finish(self) -> None:
        """Load all tables side by side; `flush_sink` then finds each batch loaded or failed."""
        batches = []
        for sink in self._open_sinks():
            with suppress(Exception):  # `flush` meets it again, and reports it
                if batch := sink.close_batch():
                    batches.append(batch)
        if batches:
            try:
                self.loader.load(batches)
            except Interrupted:
                self.loader.abandon(batches)
                raise
        super().finish()
        if batches:
            self.loader.sweep()

    def _open_sinks(self) -> list[DatabricksSink]:
        return [
            sink
            for sink in self.sinks.values()
            if isinstance(sink, DatabricksSink) and sink.stream_name not in self.failed
        ]

    @override
    def on_signal(self) -> None:
        """Load nothing more: a cold warehouse outlives the patience of whoever sent the signal.

        The records come again, as no STATE behind them was printed.
        """
        if "loader" in self.__dict__:
            self.loader.abandon([sink.batch for sink in self._open_sinks() if sink.batch])

    @override
    def run(self, file_input: IO[str] | None = None) -> None:
        _ = self.settings  # what is wrong with them is said once, before anything is read
        try:
            super().run(file_input)
        finally:
            if "loader" in self.__dict__:
                self.loader.close()
