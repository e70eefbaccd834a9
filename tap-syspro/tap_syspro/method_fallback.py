"""What if a SYSPRO lacks a column that a table's method needs: the table is read whole, as a snapshot."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tap_syspro.tables import Method, Table

if TYPE_CHECKING:
    from tap_syspro.odata.metadata import EntitySet

logger = logging.getLogger(__name__)


def with_usable_method(table: Table, entity_set: EntitySet) -> Table:
    """Read a table whole where this SYSPRO lacks a column of the method: nothing is missed then."""
    missing = [column for column in table.method_columns if column not in entity_set.columns]
    if not missing:
        return table
    logger.warning(
        "The table %s has no column %s and is read whole, as a snapshot.", table.name, ", ".join(missing)
    )
    return replace(table, method=Method.SNAPSHOT, date_column="")
