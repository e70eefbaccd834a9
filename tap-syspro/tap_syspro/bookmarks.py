"""What a bookmark holds, how far it may move, what one in the future counts as, and whose STATE is taken.

STATE of one stream is `companies.<id>.{replication_key, replication_key_value}`: nested objects, because
Meltano's merge of partial states replaces lists; text and integers only, because a fraction in STATE ends SDK
targets with a TypeError (Meltano reference, "Fractions in STATE").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from singer_kit.contract import READ_AT
from singer_kit.errors import SettingsError

from tap_syspro.tables import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_syspro.tables import Table

COMPANIES = "companies"
PIPELINE = "pipeline"

#: How far rows are delivered: a date as `YYYY-MM-DD`, a period as `YYYYPP` or `YYYY`, or, for a snapshot, the
#: time of the last complete read.
Value = str | int

#: What a snapshot's bookmark tells: when the table was last read completely.
SNAPSHOT_KEY = READ_AT

#: Fiscal year and period, or fiscal year alone.
Period = tuple[int, ...]

_PERIODS_IN_A_YEAR = 100


@dataclass(frozen=True)
class Bookmark:
    """How far one company's rows are delivered.

    Attributes:
        replication_key: The column or columns that the read follows.
        value: How far.
    """

    replication_key: str
    value: Value

    def to_state(self) -> dict[str, Any]:
        """Write it as it stands in STATE."""
        return {"replication_key": self.replication_key, "replication_key_value": self.value}


def bookmark_of(stream_state: Mapping[str, Any], company: str, replication_key: str) -> Value | None:
    """Find a company's bookmark; one that followed another column counts for nothing."""
    entry = stream_state.get(COMPANIES, {}).get(company, {})
    if entry.get("replication_key") != replication_key:
        return None
    value: Value | None = entry.get("replication_key_value")
    return value


def replication_key_of(table: Table) -> str:
    """Name what the bookmark of a table follows, as it stands in STATE."""
    if table.method is Method.PERIODS:
        return ",".join(table.period_columns)
    return SNAPSHOT_KEY if table.method is Method.SNAPSHOT else table.date_column


def put_back(stream_state: Mapping[str, Any], company: str, before: Mapping[str, Any]) -> None:
    """Give a company whose rows are in doubt the bookmark it had before.

    Args:
        stream_state: STATE of the stream; changed in place.
        company: Id of the company.
        before: STATE of the stream as it was before the company was read.
    """
    companies = stream_state.get(COMPANIES, {})
    companies.pop(company, None)
    if company in before.get(COMPANIES, {}):
        companies[company] = before[COMPANIES][company]


def advance(bookmark: Value | None, reached: Value | None, limit: Value | None) -> Value | None:
    """Move a bookmark to what was reached: never back, and never past the limit."""
    known = [value for value in (bookmark, reached) if value is not None]
    furthest = max(known, key=_order, default=None)
    if furthest is None or limit is None:
        return furthest
    return min(furthest, limit, key=_order)


def _order(value: Value) -> tuple[int, str]:
    """Order dates as text and periods as numbers; one stream never mixes them."""
    return (value, "") if isinstance(value, int) else (0, value)


def date_from_bookmark(bookmark: Value, table: str) -> date:
    """Read a date.

    Raises:
        SettingsError: When the state holds none.
    """
    try:
        return date.fromisoformat(str(bookmark)[:10])
    except ValueError as error:
        raise SettingsError(
            f"The state holds {bookmark!r} where the date of {table} should be",
            remedy="Correct the bookmark, or run once with a full refresh",
        ) from error


def date_reached(bookmark: Value | None, table: str, today: date) -> date | None:
    """Find the date up to which rows were delivered; one after today counts as today.

    Args:
        bookmark: The bookmark, if any.
        table: Name of the table.
        today: SYSPRO's date.

    Raises:
        SettingsError: When the state holds no date.
    """
    return None if bookmark is None else min(date_from_bookmark(bookmark, table), today)


def period_to_bookmark(period: Period) -> int:
    """Write a period as one number: 2026 and 6 as 202606, a year as it is."""
    number = 0
    for part in period:
        number = number * _PERIODS_IN_A_YEAR + part
    return number


def period_from_bookmark(bookmark: Value, parts: int) -> Period:
    """Read a period that `period_to_bookmark` wrote."""
    number = int(bookmark)
    return (number,) if parts == 1 else divmod(number, _PERIODS_IN_A_YEAR)


def period_reached(bookmark: Value, current: Period) -> Period:
    """Find the period up to which rows were delivered; one after the current period counts as that."""
    return min(period_from_bookmark(bookmark, len(current)), current)


def check_pipeline(state: Mapping[str, Any], pipeline: str) -> None:
    """Refuse STATE that another pipeline left.

    Raises:
        SettingsError: When it carries another name.
    """
    owner = state.get(PIPELINE)
    if owner and pipeline and owner != pipeline:
        raise SettingsError(
            f"The state belongs to the pipeline {owner!r}, this one is {pipeline!r}",
            setting="pipeline",
            remedy="Run each pipeline under its own extractor name, or set `pipeline` to that name",
        )
