"""The record contract: a row as OData gives it becomes the record that is delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_kit import contract

from tap_syspro.column_types import has_dates_only, reader_of
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.syspro_key import key_of
from tap_syspro.values import raw_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tap_syspro.odata.metadata import Column, EntitySet
    from tap_syspro.tables import Table

#: A row as OData gave it.
Row = dict[str, Any]

#: Last column of every SYSPRO table, where the service shows it (SYSPRO reference, "Rowversion").
ROWVERSION = "TimeStamp"


@dataclass(frozen=True)
class RecordShape:
    """Everything that is the same for all records of one table and company.

    Attributes:
        company: Id of the company.
        table: Name of the table.
        readers: The columns delivered, each with its reader.
        key_readers: The columns of the key in their order, each with its reader.
        timestamp: The column that `_syspro_timestamp` repeats, if any.
        timestamp_is_date: Whether that column is a date.
        run_id: Id of this run.
    """

    company: str
    table: str
    readers: Mapping[str, Callable[[Any], object]]
    key_readers: Mapping[str, Callable[[Any], object]]
    timestamp: str | None
    timestamp_is_date: bool
    run_id: str

    @property
    def source_columns(self) -> set[str]:
        """The columns without which no record can be made."""
        return {*self.readers, *self.key_readers, *([self.timestamp] if self.timestamp else [])}

    def record(self, row: Row, read_at: str) -> dict[str, Any]:
        """Turn one row into a record.

        Raises:
            DoubtfulReadError: When a value is not of its column's type, or the key is not whole.
        """
        try:
            record: dict[str, Any] = {name: reader(row.get(name)) for name, reader in self.readers.items()}
            key = key_of(row, self.company, self.table, self.key_readers)
            stamp = row.get(self.timestamp) if self.timestamp else None
            record[contract.TIMESTAMP] = raw_date(stamp) if self.timestamp_is_date else stamp
        except ValueError as error:
            raise DoubtfulReadError(
                f"The table {self.table} of company {self.company} gave a wrong value: {error}"
            ) from error
        record[contract.COMPANY] = self.company
        record[contract.TABLE] = self.table
        record[contract.KEY] = key
        record[contract.READ_AT] = read_at
        record[contract.RUN_ID] = self.run_id
        return record


def shape_of(
    table: Table,
    entity_set: EntitySet,
    *,
    types: Mapping[str, Column],
    company: str,
    columns: Sequence[str],
    run_id: str,
) -> RecordShape:
    """Decide what the records of a table are in one company.

    Args:
        table: The table as the stream reads it.
        entity_set: The same, as the company offers it.
        types: The columns as the stream declares them, after all companies.
        company: Id of the company.
        columns: The columns selected; one that this company lacks is null.
        run_id: Id of this run.
    """
    dates_only = has_dates_only(table.name)
    offered = {
        name: reader_of(types.get(name, column), dates_only=dates_only)
        for name, column in entity_set.columns.items()
    }
    timestamp = _timestamp(table, entity_set)
    return RecordShape(
        company=company,
        table=table.name,
        readers={name: offered.get(name, _absent) for name in columns},
        key_readers={name: offered[name] for name in table.key},
        timestamp=timestamp,
        timestamp_is_date=timestamp is not None and timestamp == table.date_column,
        run_id=run_id,
    )


def _timestamp(table: Table, entity_set: EntitySet) -> str | None:
    """Choose what `_syspro_timestamp` repeats: the date that the stream follows, or else the rowversion."""
    if table.date_column in entity_set.columns:
        return table.date_column
    return ROWVERSION if ROWVERSION in entity_set.columns else None


def _absent(_: object) -> None:
    """Read a column that this company does not have."""
