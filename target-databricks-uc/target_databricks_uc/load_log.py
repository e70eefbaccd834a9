"""The table `_loads`: which batch came when, from how many files, with which sums; the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from singer_kit.contract import DELETED_AT
from singer_kit.errors import clause
from singer_kit.messages import encode

from target_databricks_uc import sql
from target_databricks_uc.errors import DeniedError, Outcome, StatementError
from target_databricks_uc.table_design import Column
from target_databricks_uc.types import BIGINT, STRING, TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from target_databricks_uc.warehouse import Warehouse

#: Digits of the widest decimal of Arrow.
_MAX_DIGITS = 76
#: The column that came to the table later.
STAGED_SUMS = "staged_sums"
#: The columns of the table.
COLUMNS = (
    Column("run_id", STRING, description="The run of the target"),
    Column("stream", STRING, description="The Singer stream"),
    Column("table_name", STRING, description="The table it went into"),
    Column("batch_id", STRING, description="What _sdc_batch_id of its rows says"),
    Column("load_method", STRING, description="MERGE or COPY INTO"),
    Column("path", STRING, description="Where its files were staged"),
    Column("files", BIGINT, description="How many files"),
    Column("bytes", BIGINT, description="Their size"),
    Column("rows_staged", BIGINT, description="Records in them"),
    Column("rows_deleted", BIGINT, description="Records among them that tell of a deletion"),
    Column(
        "rows_changed",
        BIGINT,
        description="Rows of the table that the statement inserted, updated or deleted",
    ),
    Column("rows_skipped", BIGINT, description="Keys that met a newer row"),
    Column("first_sequence", BIGINT, description="Lowest _sdc_sequence"),
    Column("last_sequence", BIGINT, description="Highest _sdc_sequence"),
    Column(
        STAGED_SUMS,
        STRING,
        description="Sum of every DECIMAL column over the staged records, repeated keys and "
        "deletions included, as JSON: no total of the table",
    ),
    Column("dates", STRING, description="First and last day of every DATE column, as JSON"),
    Column("started_at", TIMESTAMP, description="When the first record of the batch arrived"),
    Column("committed_at", TIMESTAMP, description="When the statement had succeeded"),
    Column("statement_id", STRING, description="The statement in the query history"),
)


@dataclass
class BatchTotals:
    """What is counted while a batch is written.

    Attributes:
        started_at: When its first record arrived.
        files: Sizes of its files by name.
        rows: Records staged.
        deleted: Deletions among them.
        first_sequence: Lowest sequence.
        last_sequence: Highest sequence.
        sums: Sum of every DECIMAL column.
        dates: First and last day of every DATE column.
    """

    started_at: datetime
    files: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    deleted: int = 0
    first_sequence: int = 0
    last_sequence: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    dates: dict[str, tuple[date, date]] = field(default_factory=dict)

    def add(self, chunk: pa.Table, first_sequence: int, last_sequence: int) -> None:
        """Count a chunk of records."""
        self.rows += chunk.num_rows
        self.deleted += pc.count(chunk[DELETED_AT]).as_py()
        self.first_sequence = self.first_sequence or first_sequence
        self.last_sequence = last_sequence
        for name, value in sum_decimals(chunk).items():
            self.sums[name] = self.sums.get(name, 0) + value
        for name, (first, last) in date_range(chunk).items():
            known = self.dates.get(name, (first, last))
            self.dates[name] = (min(first, known[0]), max(last, known[1]))


def sum_decimals(chunk: pa.Table) -> dict[str, Decimal]:
    """The sum of every DECIMAL column."""
    sums = {}
    for one in chunk.schema:
        if pa.types.is_decimal(one.type):
            wide = pa.decimal256(_MAX_DIGITS, one.type.scale)  # no sum of a chunk overflows it
            sums[one.name] = pc.sum(chunk[one.name].cast(wide)).as_py() or Decimal(0)
    return sums


def date_range(chunk: pa.Table) -> dict[str, tuple[date, date]]:
    """The first and last day of every DATE column that has one."""
    ranges = {}
    for one in chunk.schema:
        if pa.types.is_date(one.type):
            first, last = pc.min(chunk[one.name]).as_py(), pc.max(chunk[one.name]).as_py()
            if first is not None:
                ranges[one.name] = (first, last)
    return ranges


@dataclass(frozen=True)
class LoadEntry:
    """A row of `_loads`: a batch that is in its table.

    Attributes:
        run_id: The run.
        stream: The stream.
        table: The table.
        batch_id: The batch.
        method: How it was loaded.
        path: Where its files were staged.
        totals: What it held.
        changed: Rows that the statement changed.
        skipped: Keys that met a newer row.
        committed_at: When the statement had succeeded.
        statement_id: The statement.
    """

    run_id: str
    stream: str
    table: str
    batch_id: str
    method: str
    path: str
    totals: BatchTotals
    changed: int | None
    skipped: int
    committed_at: datetime
    statement_id: str

    def as_row(self) -> dict[str, str | None]:
        """The values by column, as text."""
        totals = self.totals
        return {
            "run_id": self.run_id,
            "stream": self.stream,
            "table_name": self.table,
            "batch_id": self.batch_id,
            "load_method": self.method,
            "path": self.path,
            "files": str(len(totals.files)),
            "bytes": str(sum(totals.files.values())),
            "rows_staged": str(totals.rows),
            "rows_deleted": str(totals.deleted),
            "rows_changed": None if self.changed is None else str(self.changed),
            "rows_skipped": str(self.skipped),
            "first_sequence": str(totals.first_sequence),
            "last_sequence": str(totals.last_sequence),
            STAGED_SUMS: encode(totals.sums).decode(),
            "dates": encode(totals.dates).decode(),
            "started_at": totals.started_at.isoformat(),
            "committed_at": self.committed_at.isoformat(),
            "statement_id": self.statement_id,
        }


@dataclass(frozen=True)
class LoadLog:
    """The table of loads.

    Attributes:
        warehouse: Runs its statements.
        name: Qualified name of the table.
    """

    warehouse: Warehouse
    name: str

    def open(self) -> int:
        """See to it that entries can be written; the table is made if it is not there.

        A batch whose entry is refused is in its table all the same, and comes again with the next run: rows
        without key would double from run to run.

        Returns:
            The highest sequence used so far.

        Raises:
            KitError: They cannot be written.
        """
        last = self._last_sequence()
        try:
            self._prove_writable()
        except StatementError as error:
            if error.outcome is not Outcome.DENIED:
                raise
            raise DeniedError(
                f"The table {self.name} may not be written: {clause(error.problem)}",
                remedy=f"Run GRANT SELECT, MODIFY ON TABLE {self.name} for the service principal",
            ) from error
        return last

    def _prove_writable(self) -> None:
        statement, what = sql.prove_writable(self.name, STAGED_SUMS), "Looking whether _loads may be written"
        try:
            self.warehouse.ask(statement, what)
        except StatementError as error:
            if error.outcome is not Outcome.LACKING:
                raise
            added = [column for column in COLUMNS if column.name == STAGED_SUMS]
            self._make(sql.add_columns(self.name, added), "Adding a column to the table of loads")
            self.warehouse.ask(statement, what)

    def _last_sequence(self) -> int:
        try:
            rows = self.warehouse.ask(sql.last_sequence(self.name), "Reading the table of loads").rows
        except StatementError as error:
            if error.outcome is not Outcome.MISSING:
                raise
            self._make(sql.create_audit_table(self.name, COLUMNS), "Making the table of loads")
            return 0
        return int(rows[0]["last_sequence"] or 0)

    def _make(self, statement: str, what: str) -> None:
        try:
            self.warehouse.ask(statement, what)
        except StatementError as error:
            if error.outcome is not Outcome.EXISTS:  # another run was faster
                raise

    def write(self, entries: Sequence[LoadEntry]) -> None:
        """Write entries, all in one statement."""
        rows = [entry.as_row() for entry in entries]
        self.warehouse.execute(sql.insert_loads(self.name, COLUMNS, rows), "Writing the table of loads", {})
