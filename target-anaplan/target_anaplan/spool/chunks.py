"""The file that is uploaded: one gzip member a chunk, so that it is archived byte for byte as it was sent.

Any gzip reader opens it as one file.
"""

from __future__ import annotations

import os
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Chunks of one file (Anaplan reference, "Chunks").
MAX_CHUNKS = 1000
#: Bytes of one chunk before compression.
MAX_CHUNK_BYTES = 50 * 1000 * 1000

_GZIP = 31
_SUFFIX = ".csv.gz"


@dataclass(frozen=True)
class SealedFile:
    """What is uploaded.

    Attributes:
        path: Where it is.
        chunks: Start and size of each gzip member.
        rows: Rows without the header.
        size: Bytes before compression.
        replaced: Rows that a later one of the same key replaced.
    """

    path: Path
    chunks: tuple[tuple[int, int], ...]
    rows: int
    size: int
    replaced: int

    @property
    def keys_path(self) -> Path:
        """The file beside it that names the record of each row."""
        return keys_path(self.path)

    @property
    def chunk_count(self) -> int:
        """How many chunks it has."""
        return len(self.chunks)

    def chunk(self, number: int) -> bytes:
        """The compressed bytes of one chunk."""
        start, size = self.chunks[number]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(size)


@contextmanager
def synced(path: Path) -> Iterator[BinaryIO]:
    """A new file that is on the disk when it is closed, its name included."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    if os.name == "posix":  # elsewhere folders cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def keys_path(path: Path) -> Path:
    """The file that names the records beside a sealed file."""
    return path.with_name(f"{path.name.removesuffix(_SUFFIX)}.keys.gz")


def chunk_size(file_size: int, wanted: int) -> int:
    """The size of a file's chunks before compression: as wanted, or larger where there would be too many.

    Raises:
        MappingFailedError: The file is too big for Anaplan.
    """
    size = max(wanted, -(-file_size // (MAX_CHUNKS - 1)))
    if size > MAX_CHUNK_BYTES:
        raise MappingFailedError(
            f"The rows have {file_size} bytes, more than Anaplan takes in one file",
            remedy="Split the stream into several mappings or runs",
        )
    return size


class ChunkWriter:
    """A file written in chunks of whole lines.

    Args:
        file: Where to.
        chunk_bytes: Size of a chunk before compression; one line may be longer.
    """

    def __init__(self, file: BinaryIO, chunk_bytes: int) -> None:
        self._file = file
        self._chunk_bytes = chunk_bytes
        self._packer = zlib.compressobj(wbits=_GZIP)
        self._start = 0
        self._filled = 0
        self._chunks: list[tuple[int, int]] = []
        self.size = 0

    def write(self, line: bytes) -> None:
        """Write a line; it begins a new chunk when it does not fit into the open one."""
        length = len(line)
        if self._filled and self._filled + length > self._chunk_bytes:
            self._end_chunk()
            self._filled, self._packer = 0, zlib.compressobj(wbits=_GZIP)
        self._file.write(self._packer.compress(line))
        self._filled += length
        self.size += length

    def finish(self) -> tuple[tuple[int, int], ...]:
        """End the last chunk.

        Returns:
            Start and size of each chunk.
        """
        self._end_chunk()
        return tuple(self._chunks)

    def _end_chunk(self) -> None:
        self._file.write(self._packer.flush())
        end = self._file.tell()
        self._chunks.append((self._start, end - self._start))
        self._start = end
