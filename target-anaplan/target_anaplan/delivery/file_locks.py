"""Locks on the model's files between the runs of one machine.

A model's file has one content per user and nothing in Anaplan locks it: two runs that upload to one file
import each other's rows (Anaplan reference, "Private files").
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@contextmanager
def hold_files(folder: Path, model_id: str, file_ids: Iterable[str], wait_seconds: int) -> Iterator[None]:
    """Hold files of a model from upload to the end of the import.

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
            f"Another run on this machine has held the file {file_id} of the model for {wait_seconds} s",
            setting="lock_wait_seconds",
            remedy="Let the other run end, or wait longer for it",
        ) from error
    try:
        yield
    finally:
        lock.release()
