"""The SDK shell of a stream: hands its lines to batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.sdk_sink import KitSink
from singer_sdk.exceptions import MissingKeyPropertiesError
from typing_extensions import override

from target_databricks_uc.errors import MissingKeyError
from target_databricks_uc.record_buffer import RecordBuffer
from target_databricks_uc.table_design import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from singer_sdk import Target

    from target_databricks_uc.batch import Batch
    from target_databricks_uc.loader import Loader
    from target_databricks_uc.naming import TableOwners
    from target_databricks_uc.settings import Settings


class DatabricksSink(KitSink):
    """The records of one stream on their way into batches.

    Args:
        target: For the SDK alone.
        stream_name: Name of the stream.
        schema: Its JSON schema.
        key_properties: Its key.
        bookmark_properties: What its bookmark follows, which is mostly the date by which it is asked.
        settings: The settings.
        owners: Which stream has which table.
        loader: Gives the loader, which is made when the first record comes.
    """

    def __init__(
        self,
        target: Target,
        *,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
        bookmark_properties: Sequence[str],
        settings: Settings,
        owners: TableOwners,
        loader: Callable[[], Loader],
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self._table = Table.from_schema(
            stream_name, self.schema, self.key_properties, bookmark_properties, settings
        )
        owners.claim(self._table.name, stream_name)
        self._loader = loader
        self._buffer = RecordBuffer()
        #: The batch under way; it outlives a failure.
        self.batch: Batch | None = None

    @property
    @override
    def is_full(self) -> bool:
        return self.batch is not None and self.batch.is_full

    @override
    def take_many(self, records: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        self._buffer.add(records, extracted_at)
        if self._buffer.is_full:
            self._write_buffer()

    def _write_buffer(self) -> None:
        if self.batch is None:
            self.batch = self._loader().new_batch(self._table)
        try:
            self.batch.add(self._buffer.lines, self._buffer.extracted_at)
        except MissingKeyError as error:
            raise MissingKeyPropertiesError(f"{self.stream_name}: {error}") from error
        self._buffer.clear()

    def close_batch(self) -> Batch | None:
        """End the batch under way, so that it can be loaded; None when no record has come."""
        if self._buffer.lines:
            self._write_buffer()
        if self.batch is not None:
            self.batch.close()
        return self.batch

    @override
    def flush(self) -> None:
        batch = self.close_batch()
        if batch is None:
            return
        if not batch.loaded and batch.error is None:
            self._loader().load([batch])
        if batch.error is not None:
            raise batch.error
        self.batch = None
