"""Records that are marked as deleted: counted, and kept out of every file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_kit import contract

if TYPE_CHECKING:
    from collections.abc import Mapping


class Deletions:
    """The deleted records of a run; with `on_delete: ignore` they change nothing.

    Attributes:
        count: How many came in.
    """

    def __init__(self) -> None:
        self.count = 0

    def sort_out(self, record: Mapping[str, Any]) -> bool:
        """Count a record that is marked as deleted.

        Returns:
            Whether it is one.
        """
        if record.get(contract.DELETED_AT):
            self.count += 1
            return True
        return False
