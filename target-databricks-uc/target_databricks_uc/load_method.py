"""How a batch comes into its table: merged by key, or appended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_databricks_uc import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_databricks_uc.settings import Settings
    from target_databricks_uc.table_design import Table


def is_merged(table: Table, settings: Settings) -> bool:
    """Whether records of a key replace each other; those of streams without key never do."""
    return bool(table.keys) and settings.load_method == "upsert"


def load_statement(name: str, table: Table, folder: str, files: Iterable[str], settings: Settings) -> str:
    """The statement that brings a batch into its table.

    Args:
        name: Qualified name of the table.
        table: The table as it is.
        folder: Where the batch is staged.
        files: Names of its files.
        settings: The settings.
    """
    if is_merged(table, settings):
        return sql.merge(name, table, folder, settings.deletes)
    return sql.copy_into(name, table, folder, sorted(files))
