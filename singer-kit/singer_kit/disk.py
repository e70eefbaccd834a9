"""A full or read-only disk, told in one line that names the setting of the folder."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from singer_kit.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def explained_disk_errors(folder: Path, setting: str) -> Iterator[None]:
    """Turn what the disk refuses inside the block into an error for the user.

    An error of the network is an `OSError` as well (requests' and urllib3's own have no number); it passes.

    Args:
        folder: Where the block reads and writes.
        setting: Name of the setting that chooses the folder.

    Raises:
        PermanentError: In place of an `OSError` or a `sqlite3.Error`.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not _is_of_the_disk(error):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise PermanentError(
            f"The disk refuses to read or write below {folder}: {reason}",
            setting=setting,
            remedy="Make room, or choose another folder; what was not delivered comes again in the next run",
        ) from error


def _is_of_the_disk(error: Exception) -> bool:
    if isinstance(error, (ConnectionError, TimeoutError, socket.gaierror)):
        return False
    return isinstance(error, sqlite3.Error) or getattr(error, "errno", None) is not None
