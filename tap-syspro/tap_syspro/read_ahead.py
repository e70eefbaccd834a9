"""Reading ahead: how many companies are read at a time, in which order rows come, how pages overlap.

Rows are delivered company by company, in the order of the setting `companies`. Behind the company that is
delivered, others have begun, so that `concurrency` are under way. Each fetches its next page while the
current one is written, and no further.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

T = TypeVar("T")
C = TypeVar("C")

#: How long to wait without a look at signals; Windows interrupts no wait that has no end.
_LOOK_UP_SECONDS = 0.5


def begun_ahead(companies: Iterable[C], begin: Callable[[C], T], concurrency: int) -> Iterator[T]:
    """Begin up to `concurrency` companies, of which the first is delivered; give them in their order.

    Args:
        companies: The companies.
        begin: Begins the read of one.
        concurrency: How many are under way at the same time.
    """
    waiting = deque(companies)
    begun: deque[T] = deque()
    while waiting or begun:
        while waiting and len(begun) < concurrency:
            begun.append(begin(waiting.popleft()))
        yield begun.popleft()


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
