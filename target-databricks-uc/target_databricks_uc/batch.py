"""A batch: the records of one stream that one statement brings into its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from target_databricks_uc.load_log import Tally
from target_databricks_uc.record_encoder import Arrival, Encoder, arrow_schema, date_range, sum_decimals
from target_databricks_uc.staging_volume import FileWriter
from target_databricks_uc.table_design import DELETED_AT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    import pyarrow as pa

    from target_databricks_uc.loader import Loader
    from target_databricks_uc.table_design import Table


class Batch:
    """Records of one stream on their way into its table by one statement.

    Args:
        loader: Loads it.
        table: The stream's table.
        number: Unique in the run, over all streams.
    """

    def __init__(self, loader: Loader, table: Table, number: int) -> None:
        self.table = table
        self.id = f"{loader.id}/{number:06d}"
        self.folder = loader.volume.batch_folder(table.name, number)
        self.tally = Tally(loader.clock.now())
        #: Why it is not in its table.
        self.error: Exception | None = None
        self.loaded = False
        self._loader = loader
        self._number = number
        self._encoder = Encoder(table, loader.settings.deletes, loader.settings.validate_records)
        self._schema = arrow_schema(table)
        self._writer: FileWriter | None = None
        self.uploads: list[Future[None]] = []

    def add(self, lines: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        """Write records to the current file; a full file goes on its way at once.

        Raises:
            KitError: A record does not fit.
        """
        loader = self._loader
        first = loader.take_sequences(len(lines))
        arrival = Arrival(
            batch_id=self.id,
            first_sequence=first,
            received_at=self.tally.started_at,
            batched_at=loader.clock.now(),
            sync_started_at=loader.started_ms,
            extracted_at=extracted_at,
        )
        chunk = self._encoder.encode(lines, arrival)
        self._count(chunk, first, first + len(lines) - 1)
        if not chunk.num_rows:
            return
        if self._writer is None:
            name = f"{len(self.tally.files) + 1:06d}.parquet"
            self._writer = FileWriter(loader.spool / f"{self._number:06d}-{name}", self._schema)
        if self._writer.write(chunk) >= loader.settings.file_bytes:
            self.close()

    def _count(self, chunk: pa.Table, first: int, last: int) -> None:
        tally = self.tally
        tally.rows += chunk.num_rows
        tally.deleted += pc.count(chunk[DELETED_AT]).as_py()
        tally.first_sequence = tally.first_sequence or first
        tally.last_sequence = last
        tally.add(sum_decimals(chunk), date_range(chunk))

    @property
    def is_full(self) -> bool:
        """Whether it has as many files as a batch may have."""
        return len(self.tally.files) >= self._loader.settings.batch_files

    def close(self) -> None:
        """End the current file, if there is one, and send it on its way."""
        writer, self._writer = self._writer, None
        if writer is not None:
            name = writer.path.name.partition("-")[2]
            self.tally.files[name] = writer.close()
            self.uploads.append(self._loader.upload(writer.path, f"{self.folder}/{name}"))
