"""The JSON schema of a stream: the columns of its table and those of the record contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit import contract

from tap_syspro.column_types import Schema, property_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_syspro.odata.metadata import EntitySet

#: The columns of the record contract: every stream has them, and selection cannot drop them.
AUTOMATIC: Mapping[str, Schema] = {
    contract.COMPANY: {"type": "string", "description": "SYSPRO company id."},
    contract.TABLE: {"type": "string", "description": "SYSPRO table."},
    contract.KEY: {"type": "string", "description": "Id of the record: company/table/key, percent-encoded."},
    contract.TIMESTAMP: {
        "type": ["string", "null"],
        "description": "The date or rowversion the stream follows, as SYSPRO gave it.",
    },
    contract.READ_AT: {
        "type": "string",
        "format": "date-time",
        "description": "When the record was read, by SYSPRO's clock.",
    },
    contract.RUN_ID: {"type": "string", "description": "Run of the tap that read the record."},
    contract.DELETED_AT: {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "When the record was found to be deleted in SYSPRO.",
    },
}


def schema_of(entity_set: EntitySet, key: tuple[str, ...], *, dates_only: bool) -> Schema:
    """Build the schema of a stream.

    Args:
        entity_set: Its table.
        key: Its key columns in SYSPRO; they are never null.
        dates_only: Whether date-times are SYSPRO dates.
    """
    columns = {
        column.name: property_of(column, nullable=column.name not in key, dates_only=dates_only)
        for column in entity_set.columns.values()
    }
    return {
        "type": "object",
        "properties": {
            contract.COMPANY: AUTOMATIC[contract.COMPANY],
            **columns,
            **{name: schema for name, schema in AUTOMATIC.items() if name != contract.COMPANY},
        },
        "required": [contract.COMPANY, *key],
    }
