"""Locks between the runs of one machine.

A model's file has one content per user and nothing in Anaplan locks it: two runs that upload to one file
import each other's rows (Anaplan reference 2.5).
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextmanager
def hold_files(folder: Path, model_id: str, file_ids: Iterable[str], wait_seconds: int) -> Iterator[None]:
    """Holds files of a model from upload to the end of the import.

    They are taken in one order, so that two runs never wait for each other.

    Raises:
        MappingFailedError: Another run holds one for too long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for file_id in sorted(set(file_ids)):
            stack.enter_context(_hold(folder / f"{model_id}-{file_id}.lock", file_id, wait_seconds))
        yield


@contextmanager
def _hold(path: Path, file_id: str, wait_seconds: int) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise MappingFailedError(
            f"another run on this machine has been using the file {file_id} of the model for {wait_seconds} s"
            " (`lock_wait_seconds`)"
        ) from error
    try:
        yield
    finally:
        lock.release()


class RunFolder:
    """The folder in which one run spools, locked while the run lives.

    Args:
        parent: The folder of all runs.
        run_id: Names this one.
    """

    def __init__(self, parent: Path, run_id: str) -> None:
        self.path = parent / run_id
        self._lock = FileLock(parent / f"{run_id}.lock", timeout=0)

    def open(self) -> None:
        """Creates the folder, and removes those that dead runs left behind."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for path in self.path.parent.glob("*.lock"):
            stale = FileLock(path, timeout=0)
            try:
                stale.acquire()
            except Timeout:
                continue
            self._remove(path.with_suffix(""), stale)
        self._lock.acquire()
        self.path.mkdir()

    def close(self) -> None:
        """Removes the folder with all that is in it."""
        if self._lock.is_locked:
            self._remove(self.path, self._lock)

    @staticmethod
    def _remove(folder: Path, lock: FileLock) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)
