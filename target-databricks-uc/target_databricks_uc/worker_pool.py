"""The threads that upload files and load tables side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

#: Tables that load, and files that are uploaded, at the same time.
_WORKERS = 8


class WorkerPool(ThreadPoolExecutor):
    """The threads of a run."""

    def __init__(self) -> None:
        super().__init__(_WORKERS, thread_name_prefix="load")

    def stop(self) -> None:
        """Start nothing more, and wait for what is under way."""
        self.shutdown(cancel_futures=True)
