"""What if a column that a table's method needs is lacking.

Where no company has it, the table is read whole, as a snapshot. Where one company lacks what others have, the
table cannot be read there.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from singer_kit.errors import PermanentError

from tap_syspro.tables import Method, Table

if TYPE_CHECKING:
    from tap_syspro.odata.metadata import EntitySet

logger = logging.getLogger(__name__)


def with_usable_method(table: Table, entity_set: EntitySet) -> Table:
    """Read a table whole where no company has a column of the method: nothing is missed then."""
    missing = [column for column in table.method_columns if column not in entity_set.columns]
    if not missing:
        return table
    logger.warning(
        "The table %s has no column %s and is read whole, as a snapshot.", table.name, ", ".join(missing)
    )
    return replace(table, method=Method.SNAPSHOT, date_column="")


def check_columns(table: Table, entity_set: EntitySet, company: str, *, whole: bool) -> None:
    """Refuse to read a table of a company that lacks a column by which it is read.

    Args:
        table: The table as the stream reads it.
        entity_set: The same, as the company offers it.
        company: Id of the company.
        whole: Whether the table is read whole, whatever its method.

    Raises:
        PermanentError: Naming what is lacking.
    """
    needed = dict.fromkeys(table.key if whole else (*table.key, *table.method_columns))
    missing = [column for column in needed if column not in entity_set.columns]
    if not missing:
        return
    remedy = f"Add an entry for {table.name} with the `key` that all companies have"
    if not set(missing) & set(table.key):
        remedy = f"Have it read whole: add an entry for {table.name} with `method` `snapshot`"
    raise PermanentError(
        f"The table {table.name} of company {company} has no column {', '.join(missing)}, "
        "by which it is read",
        setting="tables",
        remedy=remedy,
    )
