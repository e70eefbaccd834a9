"""The SDK shell of a stream: collects its lines and hands them to batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_kit.sdk_target import KitSink
from typing_extensions import override

from target_databricks_uc.table_design import Table

if TYPE_CHECKING:
    from target_databricks_uc.batch import Batch
    from target_databricks_uc.target import TargetDatabricksUc

#: Lines are decoded in chunks of so many bytes: enough for Arrow, and few enough for thirty open streams.
_CHUNK_BYTES = 4_000_000


class DatabricksSink(KitSink):
    """Receives the records of one stream."""

    def __init__(self, target: TargetDatabricksUc, stream_name: str, **kwargs: Any) -> None:
        """Take what `singer_sdk.Sink` takes."""
        super().__init__(target=target, stream_name=stream_name, **kwargs)
        self._target = target
        self._table = Table.from_schema(
            stream_name,
            self.schema,
            self.key_properties,
            target.bookmark_properties.get(stream_name, ()),
            target.settings,
        )
        target.claim_table(self._table)
        self._lines: list[bytes] = []
        self._extracted_at: list[str | None] = []
        self._line_bytes = 0
        #: The batch under way; it outlives a failure.
        self.batch: Batch | None = None

    @property
    @override
    def is_full(self) -> bool:
        return self.batch is not None and self.batch.is_full

    @override
    def take(self, record: bytes, time_extracted: str | None) -> None:
        self._lines.append(record)
        self._extracted_at.append(time_extracted)
        self._line_bytes += len(record)
        if self._line_bytes >= _CHUNK_BYTES:
            self._write_lines()

    def _write_lines(self) -> None:
        if self.batch is None:
            self.batch = self._target.loader.new_batch(self._table)
        self.batch.add(self._lines, self._extracted_at)
        self._lines, self._extracted_at, self._line_bytes = [], [], 0

    def close_batch(self) -> Batch | None:
        """End the batch under way, so that it can be loaded; None when no record has come."""
        if self._lines:
            self._write_lines()
        if self.batch is not None:
            self.batch.close()
        return self.batch

    @override
    def flush(self) -> None:
        batch = self.close_batch()
        if batch is None:
            return
        if not batch.loaded:
            self._target.loader.load([batch])
        if batch.error is not None:
            raise batch.error
        self.batch = None
