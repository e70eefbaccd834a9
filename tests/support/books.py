"""What SYSPRO holds, read straight from the sandbox's databases: the truth the others are compared with.

Written from the SYSPRO reference and the sandbox's own storage rules; it shares no code with the plugins.
"""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from syspro_sandbox.syspro.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STREAM_TABLES = {
    "suppliers": "ApSupplier",
    "supplier_addresses": "ApSupplierAddr",
    "ap_invoices": "ApInvoice",
    "ap_invoice_payments": "ApInvoicePay",
    "purchase_orders": "PorMasterHdr",
    "purchase_order_lines": "PorMasterDetail",
    "customers": "ArCustomer",
    "ar_invoices": "ArInvoice",
    "ar_invoice_payments": "ArInvoicePay",
    "gl_accounts": "GenMaster",
    "gl_groups": "GenGroups",
    "gl_balances": "GenHistory",
    "inventory": "InvMaster",
    "inventory_warehouses": "InvWarehouse",
    "warehouses": "InvWhControl",
}

Row = dict[str, Any]
Key = tuple[Any, ...]


def read_rows(database: Path, table_name: str) -> Iterator[Row]:
    """Each row with Python's own types: str, Decimal or ISO date text; the rowversion is left out."""
    table = TABLES[table_name]
    columns = [column for column in table.columns if column.kind != "rowversion"]
    listed = ", ".join(f'"{column.name}"' for column in columns)
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        for values in connection.execute(f'SELECT {listed} FROM "{table_name}"'):
            yield {
                column.name: Decimal(value).scaleb(-column.scale) if column.kind == "decimal" else value
                for column, value in zip(columns, values, strict=True)
            }
    finally:
        connection.close()


def read_table(database: Path, table_name: str) -> dict[Key, Row]:
    """All rows by primary key."""
    key = TABLES[table_name].key
    return {tuple(row[part] for part in key): row for row in read_rows(database, table_name)}


def decimal_columns(table_name: str) -> list[str]:
    """The columns whose sums must agree."""
    key = TABLES[table_name].key
    return [c.name for c in TABLES[table_name].columns if c.kind == "decimal" and c.name not in key]
