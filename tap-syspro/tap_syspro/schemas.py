"""The JSON schema of a stream, from the columns of its entity set and the record contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_syspro import records
from tap_syspro.glossary import COLUMNS
from tap_syspro.odata.metadata import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_syspro.odata.metadata import EntitySet

Schema = dict[str, Any]

#: Columns of every stream that selection cannot drop.
AUTOMATIC: Mapping[str, Schema] = {
    records.COMPANY: {"type": "string", "description": "SYSPRO company id."},
    records.TABLE: {"type": "string", "description": "SYSPRO table."},
    records.KEY: {"type": "string", "description": "Id of the record: company/table/key, percent-encoded."},
    records.TIMESTAMP: {
        "type": ["string", "null"],
        "description": "The date or rowversion the stream follows, as SYSPRO gave it.",
    },
    records.READ_AT: {
        "type": "string",
        "format": "date-time",
        "description": "When the record was read, by SYSPRO's clock.",
    },
    records.RUN_ID: {"type": "string", "description": "Run of the tap that read the record."},
    records.DELETED_AT: {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "When the record was found to be deleted in SYSPRO.",
    },
}

_JSON_TYPES: Mapping[Kind, Schema] = {
    Kind.DECIMAL: {"type": "number"},
    Kind.FLOAT: {"type": "number"},
    Kind.INTEGER: {"type": "integer"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.BINARY: {"type": "string", "contentEncoding": "base64"},
}
_TEXT: Schema = {"type": "string"}


def schema_of(entity_set: EntitySet, key: tuple[str, ...], *, midnights: bool) -> Schema:
    """Build the schema of a stream.

    Args:
        entity_set: Its table.
        key: Its key columns in SYSPRO; they are never null.
        midnights: Whether date-times are SYSPRO dates.
    """
    columns = {
        column.name: property_of(column, nullable=column.name not in key, midnights=midnights)
        for column in entity_set.columns.values()
    }
    return {
        "type": "object",
        "properties": {
            records.COMPANY: AUTOMATIC[records.COMPANY],
            **columns,
            **{name: schema for name, schema in AUTOMATIC.items() if name != records.COMPANY},
        },
        "required": [records.COMPANY, *key],
    }


def property_of(column: Column, *, nullable: bool, midnights: bool) -> Schema:
    """Build the schema of one column."""
    schema: Schema
    if column.kind is Kind.MOMENT:
        schema = {"type": "string", "format": "date" if midnights else "date-time"}
    else:
        schema = dict(_JSON_TYPES.get(column.kind, _TEXT))
    if column.kind is Kind.TEXT and column.max_length:
        schema["maxLength"] = column.max_length
    if column.kind is Kind.DECIMAL and column.precision is not None:
        schema["x-sql-datatype"] = f"DECIMAL({column.precision},{column.scale or 0})"
    if nullable:
        schema["type"] = [schema["type"], "null"]
    if description := column.description or COLUMNS.get(column.name, ""):
        schema["description"] = description
    return schema
