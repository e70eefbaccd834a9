"""Rows by what became of them: every row that was sent has exactly one outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from target_anaplan.errors import InDoubtError


@dataclass
class Tally:
    """Rows by what became of them; the outcomes of one file add up to the rows sent.

    Attributes:
        sent: Rows in the file.
        accepted: Rows taken as they are.
        ignored: Rows that changed nothing.
        warned: Rows loaded without a value that Anaplan did not take.
        rejected: Rows not taken.
        unverified: Rows of which Anaplan does not say what became of them.
        refused: Rows that could not be written into the file, so were never sent.
        replaced: Rows that a later one of the same key replaced, so were never sent.
    """

    sent: int = 0
    accepted: int = 0
    ignored: int = 0
    warned: int = 0
    rejected: int = 0
    unverified: int = 0
    refused: int = 0
    replaced: int = 0

    @property
    def quarantined(self) -> int:
        """Rows that did not arrive as they were meant to."""
        return self.warned + self.rejected + self.refused

    def settle(self, marks: RowMarks) -> None:
        """Take over what became of the rows that were sent.

        Raises:
            InDoubtError: There are more outcomes than rows.
        """
        self.warned, self.rejected = marks.warned, marks.rejected
        # A row that one import ignored may be one that another rejected, when several read the file.
        self.ignored = min(marks.ignored, max(0, self.sent - self.warned - self.rejected))
        rest = self.sent - self.ignored - self.warned - self.rejected
        if rest < 0:
            raise InDoubtError(f"Anaplan tells of more rows than were sent: {describe(self)}")
        self.accepted, self.unverified = (rest, 0) if marks.verified else (0, rest)

    def add(self, other: Tally) -> None:
        """Add up."""
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


class RowMarks:
    """Which rows of one file were rejected or loaded with a warning, by the imports that read it.

    Args:
        rows: Rows in the file.

    Attributes:
        ignored: Rows that changed nothing.
        verified: Whether every import accounts for all rows.
        contradictions: Rows of dumps whose cells are not those of the line they name.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.ignored = 0
        self.verified = True
        self.contradictions = 0
        self._rejected = bytearray(rows // 8 + 1)
        self._warned = bytearray(rows // 8 + 1)
        self._unknown = [0, 0]
        self._merged = False

    @property
    def rejected(self) -> int:
        """Rows that some import did not take."""
        return _count(self._rejected) + self._unknown[False]

    @property
    def warned(self) -> int:
        """Other rows that some import took without a bad value."""
        only = int.from_bytes(self._warned, "little") & ~int.from_bytes(self._rejected, "little")
        return only.bit_count() + self._unknown[True]

    def mark(self, position: int | None, *, warning: bool) -> None:
        """Mark the n-th row, counted from 1, or one that nobody can tell."""
        if position is None:
            self._unknown[warning] += 1
            return
        place, bit = divmod(position - 1, 8)
        (self._warned if warning else self._rejected)[place] |= 1 << bit

    def merge(self, other: RowMarks, *, ignored: int, verified: bool = True) -> None:
        """Add the marks of one more import; a row counts as ignored when all of them ignored it.

        Args:
            other: The rows that it rejected.
            ignored: How many it ignored.
            verified: Whether it accounts for all of them.
        """
        self.verified = self.verified and verified
        for mine, theirs in ((self._rejected, other._rejected), (self._warned, other._warned)):
            both = int.from_bytes(mine, "little") | int.from_bytes(theirs, "little")
            mine[:] = both.to_bytes(len(mine), "little")
        self._unknown = [max(pair) for pair in zip(self._unknown, other._unknown, strict=True)]
        self.ignored = min(self.ignored, ignored) if self._merged else ignored
        self._merged = True


def _count(bits: bytearray) -> int:
    return int.from_bytes(bits, "little").bit_count()


def describe(tally: Tally) -> str:
    """A tally in words, without the zeros."""
    words = {
        "accepted": tally.accepted,
        "unchanged or not loadable (ignored)": tally.ignored,
        "loaded without a bad value": tally.warned,
        "rejected": tally.rejected,
        "not counted by Anaplan (unverified)": tally.unverified,
        "not writable": tally.refused,
        "replaced by a later one": tally.replaced,
    }
    told = (f", {count:,} {word}" for word, count in words.items() if count)
    return f"{tally.sent:,} rows sent{''.join(told)}"
