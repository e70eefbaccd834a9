"""A target's input as blocks of lines, and a wait for more of it that a signal ends."""

from __future__ import annotations

import os
import select
import sys
import time
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from singer_kit.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_kit.shutdown import Shutdown

#: Bytes asked for at once: what a pipe gives; more of a file would not stay in the processor's cache.
_READ_SIZE = 1 << 16
#: How long the rest of the input is read after a failure.
DISCARD_SECONDS = 60.0


def standard_input() -> BinaryIO:
    """Standard input as bytes.

    Raises:
        PermanentError: There is none.
    """
    if sys.stdin is None:  # the interpreter's way to say that the descriptor is not open
        raise PermanentError(
            "Standard input is closed", remedy="Pipe a tap into it, or name a file with --input"
        )
    return sys.stdin.buffer


def read_blocks(source: IO[bytes] | IO[str], shutdown: Shutdown) -> Iterator[bytes]:
    """Read blocks of whole lines as they come; no block waits for more than its last line's end.

    Args:
        source: Bytes, or text as the SDK's `--input` and test runner give it.
        shutdown: Ends the wait for input when a signal arrives.

    Yields:
        Lines, each with its end; last, if it is there, a line without one: a tap that is killed leaves half a
        line.

    Raises:
        Interrupted: A signal arrived.
    """
    parts: list[bytes] = []
    while chunk := _read(source, shutdown):
        end = chunk.rfind(b"\n") + 1
        if not end:
            parts.append(chunk)
            continue
        yield b"".join((*parts, chunk[:end]))
        parts = [chunk[end:]]
    if rest := b"".join(parts):
        yield rest


def _read(source: Any, shutdown: Shutdown) -> bytes:
    binary = getattr(source, "buffer", source)  # the bytes on which text stands
    if not hasattr(binary, "read1"):  # text in memory
        text: str = binary.read(_READ_SIZE)
        return text.encode()
    try:
        descriptor = binary.fileno()
    except OSError:  # bytes in memory
        descriptor = None
    with shutdown.reading():
        if descriptor is not None:
            shutdown.wait_readable(descriptor)
        chunk: bytes = binary.read1(_READ_SIZE)
    return chunk


def discard_rest(source: BinaryIO, before: Callable[[], object], seconds: float = DISCARD_SECONDS) -> None:
    """Read what is left of the input, for so long at most.

    Meltano 4.4 ends with a stack trace of its own, a BrokenPipeError, where a loader ends while the tap
    still writes; read to the end, it says in one line that the loader failed.

    Args:
        source: The input.
        before: Called first, unless nothing is left.
        seconds: How long to read.
    """
    descriptor = source.fileno()
    if _is_readable(descriptor, 0) and not os.read(descriptor, _READ_SIZE):
        return
    before()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if not _is_readable(descriptor, left) or not os.read(descriptor, _READ_SIZE):
            return


def _is_readable(descriptor: int, seconds: float) -> bool:
    """Whether a read returns at once, with data or the end, within so long; on Windows it may block."""
    return sys.platform == "win32" or bool(select.select([descriptor], [], [], seconds)[0])
