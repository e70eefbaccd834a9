"""Staged files in the volume: uploaded, removed when loaded, and swept away where a run died."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from singer_kit.errors import KitError
from singer_kit.run_id import started_at

from target_databricks_uc.errors import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.files import DirectoryEntry

    from target_databricks_uc.workspace import Workspace

logger = logging.getLogger(__name__)

#: The folder in the volume that is ours; nothing outside of it is ever listed or removed.
PREFIX = "target-databricks-uc"
#: How long the files of a run that died are kept, so that a load still running on the warehouse can end.
ORPHAN_AGE = timedelta(days=7)


@dataclass(frozen=True)
class StagingVolume:
    """Our folder in a volume.

    Attributes:
        workspace: The way there.
        root: Path of the volume, `/Volumes/catalog/schema/volume`.
        run_id: Id of this run.
    """

    workspace: Workspace
    root: str
    run_id: str

    def batch_folder(self, stream: str, batch: int) -> str:
        """The folder of a batch, never used for another one: COPY INTO skips a path that it knows."""
        return f"{self._stream_folder(stream)}/{self.run_id}/{batch:06d}"

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
