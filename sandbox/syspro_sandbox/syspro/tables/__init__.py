"""SYSPRO's tables: names, keys and typed columns, in physical order, one module per SYSPRO module.

Which columns and types are inferred rather than seen stands at the top of each module. `ApSupplier+` and
`ArCustomer+` are custom-form tables: same key, their other columns may be null.
SYSPRO reference, "Custom-form tables".
"""

from zlib import crc32

from syspro_sandbox.syspro.tables import (
    codes,
    history,
    inventory,
    ledger,
    payables,
    purchasing,
    receipts,
    receivables,
    sales,
)
from syspro_sandbox.syspro.tables.model import Column, ColumnKind, Table, parse_table

#: Every table of a company's database, by name.
TABLES: dict[str, Table] = {
    name: parse_table(name, text)
    for module in (payables, purchasing, receivables, sales, inventory, ledger, codes, receipts, history)
    for name, text in module.TEXTS.items()
}

#: What the tables look like, in a few characters: data with other tables cannot be served.
LAYOUT = f"{crc32(repr([(table.key, table.columns) for table in TABLES.values()]).encode()):08x}"

__all__ = ["LAYOUT", "TABLES", "Column", "ColumnKind", "Table"]
