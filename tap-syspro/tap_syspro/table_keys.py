"""Which columns are a table's key, known or told in `$metadata`; what if none are, or rows share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.errors import SettingsError

from tap_syspro import tables
from tap_syspro.errors import DoubtfulReadError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.tables import Table


def known_key(name: str) -> tuple[str, ...]:
    """Tell the key of a known table; a custom form has that of its table, any other none."""
    table = tables.BY_NAME.get(name.removesuffix(tables.CUSTOM_FORM_SUFFIX))
    return table.key if table else ()


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


def check_distinct(table: str, keys: Iterable[str], last_key: str) -> str:
    """See that no two rows that follow each other have the same key: rows would be lost between pages.

    Args:
        table: Name of the table.
        keys: The keys of a page, in the order in which it was read.
        last_key: The last key of the page before, or nothing.

    Returns:
        The last key of this page.

    Raises:
        DoubtfulReadError: When two rows have the same key.
    """
    for key in keys:
        if key == last_key:
            raise DoubtfulReadError(
                f"The table {table} holds two rows with the key {key}",
                setting="tables",
                remedy="Add an entry with the full `key` of the table",
            )
        last_key = key
    return last_key
