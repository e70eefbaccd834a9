"""Locks on the model's files between the runs of one user of one machine.

A model's file has one content per user and nothing in Anaplan locks it: two runs that upload to one file
import each other's rows (Anaplan reference, "Private files"). So the locks lie in one folder, whatever the
`state_dir` of a run.
"""

from __future__ import annotations

import getpass
import hashlib
import logging
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_kit.clock import Clock

_LOOK_SECONDS = 1.0

_logger = logging.getLogger(__name__)


@contextmanager
def hold_files(
    model: tuple[str, str], file_ids: Iterable[str], wait_seconds: int, clock: Clock
) -> Iterator[None]:
    """Hold files of a model from upload to the end of the import.

    They are taken in one order, so that two runs never wait for each other.

    Args:
        model: The address of Anaplan, and the model's id.
        file_ids: The files.
        wait_seconds: How long to wait for another run.
        clock: Where that wait passes; a signal ends it.

    Raises:
        MappingFailedError: Another run holds one for too long.
        Interrupted: A signal came.
    """
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        for file_id in sorted(set(file_ids)):
            name = hashlib.sha256("\n".join((*model, file_id)).encode()).hexdigest()[:32]
            lock = FileLock(folder / f"{name}.lock")
            _acquire(lock, file_id, wait_seconds, clock)
            stack.callback(lock.release)
        yield


def _folder() -> Path:
    user = hashlib.sha256(getpass.getuser().encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"target-anaplan-locks-{user}"


def _acquire(lock: FileLock, file_id: str, wait_seconds: int, clock: Clock) -> None:
    began = clock.monotonic()
    told = False
    while not _try(lock):
        waited = clock.monotonic() - began
        if waited >= wait_seconds:
            raise MappingFailedError(
                f"Another run on this machine has held the file {file_id} of the model for {wait_seconds} s",
                setting="lock_wait_seconds",
                remedy="Let the other run end, or wait longer for it",
            )
        if not told:
            told = True
            _logger.warning("Waiting for another run that holds the file %s of the model", file_id)
        clock.sleep(min(_LOOK_SECONDS, wait_seconds - waited))
    if told:
        _logger.info("Waited %.0f s for the file %s", clock.monotonic() - began, file_id)


def _try(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
