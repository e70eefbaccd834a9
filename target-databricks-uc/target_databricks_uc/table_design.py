"""The table of a stream as it should look: columns in order, keys, layout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from singer_kit.contract import (
    BATCH_ID,
    BATCHED_AT,
    COMPANY,
    DELETED_AT,
    EXTRACTED_AT,
    RECEIVED_AT,
    SEQUENCE,
    SYNC_STARTED_AT,
    TABLE_VERSION,
)
from singer_kit.errors import DataError

from target_databricks_uc.naming import column_name, column_names, table_name
from target_databricks_uc.types import (
    BIGINT,
    DATE,
    STRING,
    TIMESTAMP,
    ColumnKind,
    ColumnType,
    column_type,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_databricks_uc.settings import ColumnCase, Settings

#: The SDK's own metadata columns, filled when `add_record_metadata` is set (Meltano reference, "Metadata
#: columns").
RECORD_METADATA: Mapping[str, ColumnType] = {
    EXTRACTED_AT: TIMESTAMP,
    RECEIVED_AT: TIMESTAMP,
    BATCHED_AT: TIMESTAMP,
    TABLE_VERSION: BIGINT,
    SYNC_STARTED_AT: BIGINT,
}
_OURS: Mapping[str, tuple[ColumnType, str]] = {
    BATCH_ID: (STRING, "The load that wrote the row last; see the table _loads"),
    SEQUENCE: (BIGINT, "Order of arrival: a row never gives way to an older one"),
    DELETED_AT: (TIMESTAMP, "When the row was found deleted in the source; null while it exists"),
}

#: The dates by which finance asks, for streams whose bookmark is none; the first that a stream has.
_DOCUMENT_DATES = (
    "InvoiceDate",
    "JournalDate",
    "OrderEntryDate",
    "OrderDate",
    "EntryDate",
    "PostDate",
    "TrnDate",
)


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        name: Its name in the table.
        type: Its type.
        prop: The property that fills it; None for columns that the target fills itself.
        description: Its comment.
        staged_as: Its name in staged files, where the table has another one.
    """

    name: str
    type: ColumnType
    prop: str | None = None
    description: str = ""
    staged_as: str | None = None

    @property
    def source(self) -> str:
        """Its name in staged files."""
        return self.staged_as or self.name

    def renamed(self, name: str) -> Column:
        """The same column of the files, by another name in the table."""
        return replace(self, name=name, staged_as=self.source)


@dataclass(frozen=True)
class Table:
    """What a stream's table should look like.

    Attributes:
        stream: Name of the stream.
        name: Name of the table.
        columns: Its columns in order.
        keys: Names of the key columns; empty for a stream without key.
        layout: Names of the columns by which it is clustered or partitioned.
        required: Properties that every record must have.
        emptied: Other columns of the table that once held a property's values, by another type.
    """

    stream: str
    name: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    layout: tuple[str, ...]
    required: frozenset[str]
    emptied: tuple[str, ...] = ()

    @classmethod
    def from_schema(
        cls,
        stream: str,
        schema: Mapping[str, Any],
        key_properties: Sequence[str],
        bookmark_properties: Sequence[str],
        settings: Settings,
    ) -> Table:
        """Design the table.

        Layout columns come first, because Delta keeps statistics of the first 32 columns only (Databricks
        reference, "Column statistics"); then the keys, the other properties in their order, and the target's
        own columns.

        Raises:
            DataError: Names collide, or a key is not in the schema.
        """
        props: Mapping[str, Mapping[str, Any]] = {
            name: prop
            for name, prop in schema["properties"].items()
            if name not in RECORD_METADATA.keys() | _OURS
        }
        if missing := [key for key in key_properties if key not in props]:
            raise DataError(f"The schema lacks the key {', '.join(missing)}")
        names = column_names(props, settings.column_case)
        by_name = {
            names[prop]: Column(names[prop], column_type(part), prop, str(part.get("description", "")))
            for prop, part in props.items()
        }
        keys = tuple(names[prop] for prop in key_properties)
        layout = _choose_layout(by_name, bookmark_properties, settings)
        order = dict.fromkeys((*layout, *keys, *by_name))
        return cls(
            stream=stream,
            name=table_name(stream),
            columns=tuple(by_name[name] for name in order) + _own_columns(settings),
            keys=keys,
            layout=layout,
            required=frozenset(props.keys() & set(schema.get("required", ()))),
        )

    def column(self, name: str) -> Column:
        """A column by name."""
        return next(column for column in self.columns if column.name == name)


def _own_columns(settings: Settings) -> tuple[Column, ...]:
    own = [Column(name, kind, description=text) for name, (kind, text) in _OURS.items()]
    if settings.add_record_metadata:
        own += [Column(name, kind) for name, kind in RECORD_METADATA.items()]
    return tuple(own)


def _choose_layout(
    columns: Mapping[str, Column], bookmark_properties: Sequence[str], settings: Settings
) -> tuple[str, ...]:
    if settings.layout == "none":
        return ()
    case = settings.column_case
    if settings.layout_columns is not None:
        wanted = [column_name(name, case) for name in settings.layout_columns]
    else:
        date = _date_column(columns, bookmark_properties, case)
        wanted = [column_name(COMPANY, case), *([date] if date else [])]
    # A stream that lacks a column is laid out by the others: one setting serves all streams.
    return tuple(
        name for name in dict.fromkeys(wanted) if name in columns and _can_lay_out(columns[name].type)
    )


def _can_lay_out(of: ColumnType) -> bool:
    """Delta clusters by columns that have statistics and an order; JSON text has none worth it."""
    return of.kind not in (ColumnKind.BOOLEAN, ColumnKind.JSON)


def _date_column(
    columns: Mapping[str, Column], bookmark_properties: Sequence[str], case: ColumnCase
) -> str | None:
    """The date by which a stream is asked: its bookmark, where that is a date, else a document's date."""
    followed = [prop for prop in bookmark_properties if not prop.startswith("_")]
    for prop in (*followed, *_DOCUMENT_DATES):
        name = column_name(prop, case)
        if name in columns and columns[name].type in (DATE, TIMESTAMP):
            return name
    return None
