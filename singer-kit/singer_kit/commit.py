"""Which STATE may be printed.

A STATE may be printed only when *every* record received before it, in all sinks, is durable (ARCHITECTURE.md,
"When STATE is printed"). The SDK prints the newest STATE after draining all sinks, hence only every five
minutes or at the end of input, and what is printed late is lost when a run is interrupted (Meltano reference,
"STATE of a stock target" and "Interrupted runs"). This queue gives each STATE as early as it is true.
"""

from __future__ import annotations

from collections import Counter, deque


class CommitQueue:
    """STATE messages in order of arrival, each with the counts of records received before it.

    Args:
        max_pending: How many STATEs are kept. Beyond it every other one is forgotten: releasing a later STATE
            instead is always right, only coarser, and memory stays bounded however long a sink takes.
    """

    def __init__(self, max_pending: int = 1024) -> None:
        self._max_pending = max_pending
        self._received: Counter[str] = Counter()
        self._durable: Counter[str] = Counter()
        self._pending: deque[tuple[bytes, Counter[str]]] = deque()

    def received(self, stream: str, count: int = 1) -> None:
        """Note records that arrived for a stream."""
        self._received[stream] += count

    def received_total(self, stream: str) -> int:
        """How many records of the stream have arrived so far."""
        return self._received[stream]

    def put_state(self, raw: bytes) -> None:
        """Queue the bytes of a STATE behind the records received so far.

        The bytes are never decoded, so that they pass through untouched: the SDK dies of a STATE that holds a
        fraction (Meltano reference, "Fractions in STATE").
        """
        if self._pending and self._pending[-1][1] == self._received:
            self._pending.pop()
        self._pending.append((raw, self._received.copy()))
        if len(self._pending) > self._max_pending:
            kept = reversed(list(self._pending)[::-2])
            self._pending = deque(kept)

    def committed(self, stream: str, total: int) -> None:
        """Note that the first `total` records of a stream are durable.

        Args:
            stream: The stream.
            total: Cumulative count since the start of the run; a smaller one than before changes nothing.

        Raises:
            ValueError: More records are claimed than were received.
        """
        if total > self._received[stream]:
            msg = f"{total} records of {stream} cannot be durable: {self._received[stream]} were received"
            raise ValueError(msg)
        self._durable[stream] = max(total, self._durable[stream])

    def release(self) -> bytes | None:
        """Take out the newest STATE that is true now.

        Returns:
            Its bytes, or None when nothing became true since the last call. A stream that never commits (a
            failed one) holds back every STATE that follows its first record.
        """
        released = None
        while self._pending and self._pending[0][1] <= self._durable:
            released = self._pending.popleft()[0]
        return released
