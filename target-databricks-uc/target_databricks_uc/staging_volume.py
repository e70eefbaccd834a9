"""Parquet files on their way: written to a temporary folder, uploaded to the volume, removed when loaded."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from singer_kit.errors import KitError, PermanentError

from target_databricks_uc.errors import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.files import DirectoryEntry

    from target_databricks_uc.workspace import Workspace

logger = logging.getLogger(__name__)

#: The folder in the volume that is ours; nothing outside of it is ever listed or removed.
PREFIX = "target-databricks-uc"
#: How long the files of a run that died are kept, so that a load still running on the warehouse can end.
ORPHAN_AGE = timedelta(days=7)
_RUN_TIME = "%Y%m%dT%H%M%SZ"


def run_id(now: datetime, suffix: str) -> str:
    """An id that sorts by time and begins with a digit: readers skip names that begin with `_` or `.`."""
    return f"{now.astimezone(timezone.utc).strftime(_RUN_TIME)}-{suffix}"


def started_at(run: str) -> datetime | None:
    """When a run began, by its id; None for a folder that no run of ours made."""
    try:
        return datetime.strptime(run.partition("-")[0], _RUN_TIME).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


class FileWriter:
    """One Parquet file, written chunk by chunk: each is a row group, so memory stays flat.

    Args:
        path: Where the file stands locally.
        schema: Its columns.

    Raises:
        PermanentError: The file cannot be written; so do the methods.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        with self._disk():
            # Without the embedded Arrow schema, which Spark ignores anyway (local-warehouse.md 6).
            self._writer = pq.ParquetWriter(path, schema, compression="zstd", store_schema=False)

    def write(self, chunk: pa.Table) -> int:
        """Append rows; the size of the file so far."""
        with self._disk():
            self._writer.write_table(chunk)
            return self.path.stat().st_size

    def close(self) -> int:
        """Finish the file; its size."""
        with self._disk():
            self._writer.close()
            return self.path.stat().st_size

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PermanentError(f"{self.path.parent} cannot be written to (see TMPDIR): {error}.") from error


@dataclass(frozen=True)
class Volume:
    """Our folder in a volume.

    Attributes:
        workspace: The way there.
        root: Path of the volume, `/Volumes/catalog/schema/volume`.
        run: Id of this run.
    """

    workspace: Workspace
    root: str
    run: str

    def batch_folder(self, stream: str, batch: int) -> str:
        """The folder of a batch, never used for another one: COPY INTO skips a path that it knows."""
        return f"{self._stream_folder(stream)}/{self.run}/{batch:06d}"

    def _stream_folder(self, stream: str) -> str:
        return f"{self.root}/{PREFIX}/{stream.lstrip('_') or 'stream'}"

    def upload(self, local: Path, target: str) -> None:
        """Upload a file, the same bytes again if need be, and remove it locally."""

        def put(client: WorkspaceClient) -> None:
            with local.open("rb") as content:
                client.files.upload(target, content, overwrite=True)

        try:
            self.workspace.call(put, f"Uploading {target}")
        except AbsentError:  # whether an upload makes the folders above it is written nowhere
            folder = target.rpartition("/")[0]
            self.workspace.call(lambda client: client.files.create_directory(folder), f"Making {folder}")
            self.workspace.call(put, f"Uploading {target}")
        local.unlink()

    def remove_batch(self, folder: str, files: Iterable[str]) -> None:
        """Remove a loaded batch, and folders that this leaves empty; if that fails, a later sweep does it."""
        try:
            for name in files:
                self._delete_file(f"{folder}/{name}")
            self._delete_folder(folder)
        except KitError as error:
            logger.warning("Staged files are left for a later run to remove: %s", error)
            return
        run_folder = folder.rpartition("/")[0]
        with suppress(KitError):  # not empty: another batch or another run is at work there
            self._delete_folder(run_folder)
            self._delete_folder(run_folder.rpartition("/")[0])

    def sweep(self, now: datetime) -> None:
        """Remove what runs left behind that died more than a week ago."""
        try:
            for stream_folder in self._folders(f"{self.root}/{PREFIX}"):
                for folder in self._folders(stream_folder):
                    started = started_at(folder.rpartition("/")[2])
                    if started is not None and now - started > ORPHAN_AGE:
                        logger.info("Removing staged files of a run that died: %s", folder)
                        self._remove_tree(folder)
        except KitError as error:
            logger.warning("Staged files of earlier runs could not be removed: %s", error)

    def _remove_tree(self, folder: str) -> None:
        for entry in self._entries(folder):
            if entry.is_directory:
                self._remove_tree(str(entry.path))
            else:
                self._delete_file(str(entry.path))
        self._delete_folder(folder)

    def _folders(self, folder: str) -> list[str]:
        return [str(entry.path).rstrip("/") for entry in self._entries(folder) if entry.is_directory]

    def _entries(self, folder: str) -> list[DirectoryEntry]:
        with suppress(AbsentError):
            return self.workspace.call(
                lambda client: list(client.files.list_directory_contents(folder)), f"Listing {folder}"
            )
        return []

    def _delete_file(self, path: str) -> None:
        with suppress(AbsentError):  # already gone
            self.workspace.call(lambda client: client.files.delete(path), f"Removing {path}")

    def _delete_folder(self, path: str) -> None:
        with suppress(AbsentError):
            self.workspace.call(lambda client: client.files.delete_directory(path), f"Removing {path}")
