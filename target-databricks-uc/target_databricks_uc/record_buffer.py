"""The record lines of a stream that wait to be decoded together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Lines are decoded in chunks of so many bytes: enough for Arrow, and few enough for thirty open streams.
_CHUNK_BYTES = 4_000_000


@dataclass
class RecordBuffer:
    """The lines of one stream that no batch has yet.

    Attributes:
        lines: Records as the tap wrote them.
        extracted_at: When the tap read each of them.
    """

    lines: list[bytes] = field(default_factory=list)
    extracted_at: list[str | None] = field(default_factory=list)
    _bytes: int = 0

    def add(self, records: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        """Keep records."""
        self.lines += records
        self.extracted_at += extracted_at
        self._bytes += sum(map(len, records))

    @property
    def is_full(self) -> bool:
        """Whether a chunk has come together."""
        return self._bytes >= _CHUNK_BYTES

    def clear(self) -> None:
        """Forget the records, which a batch has now."""
        self.lines, self.extracted_at, self._bytes = [], [], 0
