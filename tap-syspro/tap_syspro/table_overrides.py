"""What an entry of the setting `tables` changes in what is known of a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from singer_kit.errors import SettingsError

from tap_syspro.tables import Method, Table

if TYPE_CHECKING:
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.settings import TableSetting


def overridden(table: Table, setting: TableSetting, entity_set: EntitySet) -> Table:
    """Let the user's entry override what is known.

    Raises:
        SettingsError: When the table has not what the entry or the method needs.
    """
    method = setting.method or (
        Method.WINDOW if setting.date_column and not table.date_column else table.method
    )
    table = replace(
        table,
        stream=setting.stream or table.stream,
        key=setting.key or table.key,
        method=method,
        date_column=setting.date_column or table.date_column,
    )
    if lack := table.lack:
        raise SettingsError(
            f"The table {table.name} cannot be read by the method {method.value}: nothing says its {lack}",
            setting="tables",
            remedy="Use `snapshot`, or `window` with `date_column`",
        )
    for column in (*table.key, *table.method_columns):
        if column not in entity_set.columns:
            raise SettingsError(
                f"The table {table.name} has no column {column}",
                setting="tables",
                remedy="Correct its entry; upper and lower case count",
            )
    return table
