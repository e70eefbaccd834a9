"""COMFCH, the fetch: one whole row by its key in stored form.

SYSPRO reference, "Fetch of one row" and "Keys as stored".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro.conditions import join
from syspro_sandbox.syspro.database import quote
from syspro_sandbox.syspro.enet.documents import document, row_writer
from syspro_sandbox.syspro.enet.errors import NO_RECORD, EnetError
from syspro_sandbox.syspro.enet.tables import condition, find_table, readable_columns
from syspro_sandbox.syspro.reading import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from syspro_sandbox.syspro.options import EnetOptions
    from syspro_sandbox.syspro.served import ServedTable

NAME = "COMFCH"


def read_fetch(request: Element, tables: Mapping[str, ServedTable]) -> ServedTable:
    """The table that a request reads.

    Raises:
        EnetError: When it is unknown.
    """
    return find_table((request.findtext("TableName") or "").strip(), tables, NAME)


def fetch(request: Element, served: ServedTable, database: Path, options: EnetOptions) -> bytes:
    """Answer a request: Key holds the first part of the key, OptionalKey1 the second, and so on.

    Raises:
        EnetError: When there is no such row.
    """
    table = served.table
    elements = ["Key", *(f"OptionalKey{number}" for number in range(1, len(table.key)))]
    where = join(
        "AND",
        [
            condition(table.by_name[name], "eq", request.findtext(source) or "")
            for name, source in zip(table.key, elements, strict=True)
        ],
    )
    columns = readable_columns(table)
    names = ", ".join(quote(column.name) for column in columns)
    with snapshot(database) as connection:
        sql = f"SELECT {names} FROM {served.sql} WHERE {where.sql}"
        row = connection.execute(sql, where.parameters).fetchone()
    if row is None:
        raise EnetError(NO_RECORD.format(table=table.name))
    return document(table.name, [row_writer(columns, options)(row)])
