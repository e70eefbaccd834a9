"""The staged files of a batch: written chunk by chunk, and closed when they are large enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from target_databricks_uc.spool import spool_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa


class ParquetFiles:
    """The files of one batch, of which one is written at a time.

    Args:
        folder: Where they stand locally.
        prefix: What their local names begin with.
        schema: Their columns.
        file_bytes: Size at which a file is closed and the next one begins.
        on_closed: Told of each closed file: where it stands, its name without the prefix, its size.
    """

    def __init__(
        self,
        folder: Path,
        prefix: str,
        schema: pa.Schema,
        file_bytes: int,
        on_closed: Callable[[Path, str, int], None],
    ) -> None:
        self._folder = folder
        self._prefix = prefix
        self._schema = schema
        self._file_bytes = file_bytes
        self._on_closed = on_closed
        self._number = 0
        self._open: ParquetFile | None = None

    def write(self, chunk: pa.Table) -> None:
        """Append rows to the file under way.

        Raises:
            PermanentError: The disk refuses.
        """
        if self._open is None:
            self._number += 1
            self._open = ParquetFile(self._folder / f"{self._prefix}{self._name}", self._schema)
        if self._open.write(chunk) >= self._file_bytes:
            self.close()

    def close(self) -> None:
        """End the file under way, if there is one.

        Raises:
            PermanentError: The disk refuses.
        """
        file, self._open = self._open, None
        if file is not None:
            self._on_closed(file.path, self._name, file.close())

    @property
    def _name(self) -> str:
        return f"{self._number:06d}.parquet"


class ParquetFile:
    """One file; each chunk is a row group, so memory stays flat.

    Args:
        path: Where it stands locally.
        schema: Its columns.

    Raises:
        PermanentError: The disk refuses; so do the methods.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        with spool_errors(path.parent):
            # Without the embedded Arrow schema, which Spark ignores anyway (Databricks reference,
            # "Dictionaries in Parquet").
            self._writer = pq.ParquetWriter(path, schema, compression="zstd", store_schema=False)

    def write(self, chunk: pa.Table) -> int:
        """Append rows; the size of the file so far."""
        with spool_errors(self.path.parent):
            self._writer.write_table(chunk)
            return self.path.stat().st_size

    def close(self) -> int:
        """Finish the file; its size."""
        with spool_errors(self.path.parent):
            self._writer.close()
            return self.path.stat().st_size
