"""Reading ahead: the next page is fetched while the current one is written."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

T = TypeVar("T")

#: How long to wait without a look at signals; Windows interrupts no wait that has no end.
_LOOK_UP_SECONDS = 0.5


class ReadAhead(Generic[T]):
    """An iterator that is always one item ahead of who reads it, and begins at once.

    The threads are daemons, one per item: a request that hangs must not keep the process from ending on a
    signal.

    Args:
        items: What is read; it is advanced in other threads, but never in two at a time.
        gate: How many items may be under way at the same time, over all iterators.
        waiting: Entered while the reader waits.
    """

    def __init__(
        self,
        items: Iterator[T],
        gate: threading.Semaphore,
        waiting: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._items = items
        self._gate = gate
        self._waiting = waiting
        self._pending = self._start()

    def __iter__(self) -> Iterator[T]:
        """Give the items, or raise what getting the next one raised."""
        while True:
            with self._waiting():
                while not self._pending.done():
                    wait((self._pending,), timeout=_LOOK_UP_SECONDS)
            item = self._pending.result()
            if item is None:
                return
            self._pending = self._start()
            yield item

    def _start(self) -> Future[T | None]:
        pending: Future[T | None] = Future()

        def run() -> None:
            try:
                with self._gate:
                    item = next(self._items, None)
            except BaseException as error:  # noqa: BLE001  # it is raised again where the item is wanted
                pending.set_exception(error)
            else:
                pending.set_result(item)

        threading.Thread(target=run, name="read-ahead", daemon=True).start()
        return pending
