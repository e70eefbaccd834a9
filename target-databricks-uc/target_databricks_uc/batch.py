"""A batch: the records of one stream that one statement brings into its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_databricks_uc.arrow_types import arrow_schema
from target_databricks_uc.load_log import BatchTotals
from target_databricks_uc.parquet_files import ParquetFiles
from target_databricks_uc.record_encoder import Arrival, Encoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from singer_kit.clock import Clock

    from target_databricks_uc.sequences import Sequences
    from target_databricks_uc.settings import Settings
    from target_databricks_uc.spool import Spool
    from target_databricks_uc.staging_volume import StagingVolume
    from target_databricks_uc.table_design import Table


@dataclass(frozen=True)
class BatchContext:
    """What all batches of a run share.

    Attributes:
        run_id: Id of the run.
        started_at: When the run started, in milliseconds.
        settings: The settings.
        clock: Where time passes.
        sequences: Gives each record its sequence.
        spool: Where files are written.
        volume: Where they are uploaded to.
        uploads: Uploads a file while the next one is written.
    """

    run_id: str
    started_at: int
    settings: Settings
    clock: Clock
    sequences: Sequences
    spool: Spool
    volume: StagingVolume
    uploads: Executor


class Batch:
    """Records of one stream on their way into its table by one statement.

    Args:
        context: What all batches share.
        table: The stream's table.
        number: Unique in the run, over all streams.
    """

    def __init__(self, context: BatchContext, table: Table, number: int) -> None:
        settings = context.settings
        self.table = table
        self.id = f"{context.run_id}/{number:06d}"
        #: Where its files are staged in the volume.
        self.folder = context.volume.batch_folder(table.name, number)
        self.totals = BatchTotals(context.clock.now())
        self.uploads: list[Future[None]] = []
        self.loaded = False
        #: Why it is not in its table.
        self.error: Exception | None = None
        self._context = context
        self._encoder = Encoder(table, settings.deletes, settings.validate_records)
        self._files = ParquetFiles(
            context.spool.folder, f"{number:06d}-", arrow_schema(table), settings.file_bytes, self._send
        )

    def add(self, lines: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        """Write records to the file under way; a full file goes on its way at once.

        Raises:
            KitError: A record does not fit.
        """
        context = self._context
        first = context.sequences.take(len(lines))
        arrival = Arrival(
            batch_id=self.id,
            first_sequence=first,
            received_at=self.totals.started_at,
            batched_at=context.clock.now(),
            sync_started_at=context.started_at,
            extracted_at=extracted_at,
        )
        chunk = self._encoder.encode(lines, arrival)
        self.totals.add(chunk, first, first + len(lines) - 1)
        if chunk.num_rows:
            self._files.write(chunk)

    def _send(self, local: Path, name: str, size: int) -> None:
        """Begin to upload a closed file."""
        volume = self._context.volume
        self.totals.files[name] = size
        self.uploads.append(self._context.uploads.submit(volume.upload, local, f"{self.folder}/{name}"))

    @property
    def is_full(self) -> bool:
        """Whether it has as many files as a batch may have."""
        return len(self.totals.files) >= self._context.settings.batch_files

    def close(self) -> None:
        """End the file under way, if there is one, and send it on its way."""
        self._files.close()
