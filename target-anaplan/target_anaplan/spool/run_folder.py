"""The folder in which one run spools, locked while the run lives; those of dead runs are removed."""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock, Timeout


class RunFolder:
    """The folder of one run.

    Args:
        parent: The folder of all runs.
        run_id: Names this one.
    """

    def __init__(self, parent: Path, run_id: str) -> None:
        self.path = parent / run_id
        self._lock = FileLock(parent / f"{run_id}.lock", timeout=0)

    def open(self) -> list[str]:
        """Create the folder, and remove those that dead runs left behind.

        Returns:
            The ids of those runs.
        """
        dead: list[str] = []
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for path in self.path.parent.glob("*.lock"):
            stale = FileLock(path, timeout=0)
            try:
                stale.acquire()
            except Timeout:
                continue
            self._remove(path.with_suffix(""), stale)
            dead.append(path.stem)
        self._lock.acquire()
        self.path.mkdir()
        return dead

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        if self._lock.is_locked:
            self._remove(self.path, self._lock)

    @staticmethod
    def _remove(folder: Path, lock: FileLock) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)
