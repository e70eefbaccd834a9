"""Requests that are held until somebody lets them go."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from syspro_sandbox.faults.seen_request import SeenRequest


@dataclass(frozen=True, eq=False)
class Held:
    """A request that waits.

    Attributes:
        name: What it is held as.
        request: The request.
        let_go: Lets it go on; from any thread.
    """

    name: str
    request: SeenRequest
    let_go: Callable[[], object]


class Holds:
    """The requests that wait, whatever thread their server runs in."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: list[Held] = []

    @property
    def held(self) -> list[Held]:
        """Those that wait now, the longest first."""
        with self._changed:
            return list(self._held)

    async def hold(self, name: str, request: SeenRequest, at_most: float) -> bool:
        """Wait until the name is released, or for so many seconds.

        Returns:
            Whether it was released.
        """
        loop = asyncio.get_running_loop()
        released = asyncio.Event()
        entry = Held(name, request, lambda: loop.call_soon_threadsafe(released.set))
        with self._changed:
            self._held.append(entry)
            self._changed.notify_all()
        try:
            await asyncio.wait_for(released.wait(), at_most)
        except asyncio.TimeoutError:
            return False
        finally:
            with self._changed:
                if entry in self._held:
                    self._held.remove(entry)
        return True

    def find(self, name: str, count: int, timeout: float) -> list[SeenRequest]:
        """The requests held under a name, after waiting at most so many seconds for so many of them."""

        def found() -> list[SeenRequest]:
            return [each.request for each in self._held if each.name == name]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= count, timeout)
            return found()

    def release(self, name: str | None) -> int:
        """Let go all that are held under a name, or all; returns how many."""
        with self._changed:
            chosen = [each for each in self._held if name in {None, each.name}]
            self._held = [each for each in self._held if each not in chosen]
        for each in chosen:
            each.let_go()
        return len(chosen)
