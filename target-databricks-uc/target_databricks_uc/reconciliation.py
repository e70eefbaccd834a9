"""Whether what was staged has arrived; asked of the warehouse only where counts differ."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_databricks_uc import sql
from target_databricks_uc.errors import ArrivalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_databricks_uc.settings import Deletes
    from target_databricks_uc.statement_execution import Row
    from target_databricks_uc.table_design import Table
    from target_databricks_uc.warehouse import Warehouse

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciliation:
    """The comparison of a batch with its table.

    Attributes:
        warehouse: Runs its statements.
        name: Qualified name of the table.
        table: The table as it is.
        batch_id: The batch.
        folder: Where it is staged.
        staged: Records in its files, as they were written.
        tags: Query tags.
    """

    warehouse: Warehouse
    name: str
    table: Table
    batch_id: str
    folder: str
    staged: int
    tags: Mapping[str, str]

    def check_merged(self, changed: int | None, deletes: Deletes) -> int:
        """Account for every key of a batch that was merged; how many of them met a newer row.

        As many changed rows as staged records leave no room for doubt. Fewer have good reasons: keys that
        come several times, deletions of rows that are not there, newer rows.

        Args:
            changed: Rows that the statement changed, by its own count; None where it gave none.
            deletes: What a deleted record does.

        Raises:
            ArrivalError: Records or keys are missing.
        """
        if changed == self.staged:
            return 0
        found = self._ask(sql.reconcile(self.name, self.table, self.folder, self.batch_id, deletes))
        read, keys, written, newer, absent = (
            int(found[name] or 0) for name in ("records", "keys", "written", "newer", "absent")
        )
        if read != self.staged:
            raise self._error(f"{read} were found there by the statement that loads them")
        if written + newer + absent != keys:
            raise self._error(
                f"which have {keys} keys, {written} keys came into the table {self.table.name}, "
                f"{newer} met a newer row, and {absent} deletions had no row"
            )
        if newer:
            logger.warning("%s: %d keys already had a newer row, which was kept.", self.table.name, newer)
        return newer

    def check_appended(self, changed: int | None) -> None:
        """Account for every record of a batch that was appended.

        Args:
            changed: Rows that the statement appended, by its own count: none when it had been sent twice.

        Raises:
            ArrivalError: Records are missing, or there are too many.
        """
        if changed == self.staged:
            return
        found = int(self._ask(sql.count_batch(self.name, self.batch_id))["records"] or 0)
        if found != self.staged:
            raise self._error(f"{found} came into the table {self.table.name}")

    def _ask(self, statement: str) -> Row:
        return self.warehouse.execute(
            statement, f"Counting what came into {self.table.name}", self.tags
        ).rows[0]

    def _error(self, seen: str) -> ArrivalError:
        return ArrivalError(
            f"Of {self.staged} records staged in {self.folder}, {seen}",
            remedy="Compare the table with the files, which are kept; the records come again in the next run",
        )
