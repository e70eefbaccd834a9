"""Ending a process on a signal without tearing what it is doing.

The SDK's handler drains its sinks *inside* the handler: a signal that lands in a batch runs the batch a
second time, empty, aborts the first one and exits 0 (Meltano reference, "Signals in a stock target"). Here a
signal only notes itself; the code decides where it may stop. The one exception is waiting for input: it would
never end.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

#: The signals that ask a process to end, as far as the platform knows them (SIGBREAK: Windows).
TERMINATION_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)


class Interrupted(BaseException):
    """The process was asked to end; like `KeyboardInterrupt` nothing but the end of the process may catch it.

    Args:
        signum: Number of the signal.
    """

    def __init__(self, signum: int) -> None:
        self.signum = signum
        super().__init__(f"Ended by {signal.Signals(signum).name}")

    @property
    def exit_code(self) -> int:
        """The shell's convention for a process that a signal ended."""
        return 128 + self.signum


class Shutdown:
    """The first signal that asked the process to end; later ones change nothing."""

    def __init__(self) -> None:
        self.requested: int | None = None
        self._reading = False
        self._wakeup: int | None = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Handle the termination signals inside the block; before and after it they do what they did."""
        previous = {signum: signal.signal(signum, self._handle) for signum in TERMINATION_SIGNALS}
        try:
            with self._wakeup_pipe():
                yield
        finally:
            for signum, handler in previous.items():
                signal.signal(signum, handler)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Mark a stretch in which nothing can be torn: a signal ends it at once.

        Signals reach the main thread alone; in another thread it only does not begin after a signal.

        Raises:
            Interrupted: A signal arrived inside, or had arrived before.
        """
        if threading.current_thread() is not threading.main_thread():
            self.check()
            yield
            return
        outer, self._reading = self._reading, True
        try:
            self.check()
            yield
        finally:
            self._reading = outer

    def check(self) -> None:
        """Stop here if a signal asked for it.

        Raises:
            Interrupted: A signal has arrived.
        """
        if self.requested is not None:
            raise Interrupted(self.requested)

    def wait_readable(self, descriptor: int) -> None:
        """Inside `reading`, block until the descriptor has data or a signal arrives.

        A signal between the last bytecode and the system call of a plain `read` would be seen only after the
        read. The interpreter writes signals into the wake-up pipe, so that `select` sees both (a self-pipe).
        """
        if self._wakeup is not None:
            select.select([descriptor, self._wakeup], [], [])

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        del frame
        if self.requested is None:
            self.requested = signum
            if self._reading:
                raise Interrupted(signum)

    @contextmanager
    def _wakeup_pipe(self) -> Iterator[None]:
        if sys.platform == "win32":  # selects sockets only, so there reading waits for the next line
            yield
            return
        self._wakeup, writer = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(writer, False)
        previous = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(previous)
            os.close(writer)
            os.close(self._wakeup)
            self._wakeup = None
