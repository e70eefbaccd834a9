"""SYSPRO dates that a time zone moved: a date with a time of day is noticed, and warned of."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tap_syspro.column_types import has_dates_only
from tap_syspro.odata.metadata import ColumnKind
from tap_syspro.values import is_midnight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_syspro.odata.metadata import Column, EntitySet

logger = logging.getLogger(__name__)


def warn_of_shifted_dates(entity_set: EntitySet, row: Mapping[str, Any], company: str) -> None:
    """Warn where a SYSPRO date has a time of day; where a table may hold times, nothing can be told.

    Args:
        entity_set: The table.
        row: One of its rows.
        company: Id of the company.
    """
    if not has_dates_only(entity_set.name):
        return
    if column := shifted_date(entity_set.columns, row):
        logger.warning(
            "The date %s.%s of company %s is %s, not a midnight: the OData service converts time zones. "
            "Dates may be a day off; have its time zone set to that of the database.",
            entity_set.name,
            column,
            company,
            row[column],
        )


def shifted_date(columns: Mapping[str, Column], row: Mapping[str, Any]) -> str | None:
    """Find a SYSPRO date with a time of day: then the service converts time zones.

    Args:
        columns: The columns of a table that has dates only.
        row: One of its rows.

    Returns:
        The name of the first such column, None where there is none.
    """
    for column in columns.values():
        value = row.get(column.name)
        if column.kind is ColumnKind.MOMENT and isinstance(value, str) and not is_midnight(value):
            return column.name
    return None
