"""Which columns are a table's key: those that are known, or those that the service tells in `$metadata`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.errors import SettingsError

if TYPE_CHECKING:
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.tables import Table


def choose_key(table: Table, entity_set: EntitySet) -> tuple[str, ...]:
    """Choose between the key of the known table and that of `$metadata`; nothing where neither is of use.

    The known table goes first, as the service may tell no keys (SYSPRO reference, "Keys in the metadata").
    But where the service's key holds more columns, or the known table's columns are not there, the service
    knows better.
    """
    known = all(column in entity_set.columns for column in table.key)
    if entity_set.key and (not known or set(entity_set.key) > set(table.key)):
        extra = tuple(column for column in entity_set.key if column not in table.key)
        return (*table.key, *extra) if known else entity_set.key
    return table.key if known else ()


def check_key(table: Table) -> None:
    """Refuse to read a table without a key.

    Raises:
        SettingsError: When nobody has told the table's key.
    """
    if not table.key:
        raise SettingsError(
            f"SYSPRO tells no key of {table.name}, and without one it cannot be read completely",
            setting="tables",
            remedy=f"Add an entry for {table.name} with `key`: the columns that identify a row",
        )
