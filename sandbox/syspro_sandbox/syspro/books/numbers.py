"""Running numbers of documents and journals, continued from what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syspro_sandbox.syspro.database import RowStore


class Numbers:
    """The next number of each kind; a kind's first use looks up the highest one stored."""

    def __init__(self, store: RowStore) -> None:
        self._store = store
        self._last: dict[str, int] = {}

    def next(self, kind: str, *columns: tuple[str, str], first: int = 1) -> int:
        """The next number of a kind that is stored in these columns of these tables."""
        if kind not in self._last:
            self._last[kind] = max(
                first - 1, *(self._store.highest(table, column) for table, column in columns)
            )
        self._last[kind] += 1
        return self._last[kind]

    def next_key(self, table: str, column: str, width: int, first: int) -> str:
        """The next numeric key of a table, zero-padded as SYSPRO stores it; other keys are passed over."""
        kind = f"{table}.{column}"
        if kind not in self._last:
            keys = (row[column] for row in self._store.rows(table).values())
            self._last[kind] = max((int(key) for key in keys if key.isdigit()), default=first - 1)
        self._last[kind] += 1
        return f"{self._last[kind]:0{width}d}"
