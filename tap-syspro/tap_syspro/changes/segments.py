"""What a read consists of.

A read is a sequence of *segments*, each in an order without ties, so that it can be paged by key and its rows
are disjoint from those of the others. What has no place in time (rows without a date, open items) comes
first; the last segment runs along the bookmark, so that an interrupted read goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tap_syspro.bookmarks import Value, date_reached

if TYPE_CHECKING:
    from datetime import date, datetime

    from tap_syspro.changes.fiscal_periods import FiscalPeriods
    from tap_syspro.changes.order_lines import OrderLines
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.settings import Settings

Position = Callable[[Mapping[str, Any]], Value | None]


@dataclass(frozen=True)
class Segment:
    """One ordered read.

    Attributes:
        where: `$filter`.
        order_by: Columns without ties.
        position: Reads the bookmark that a row stands for; None where rows have no place in time.
    """

    where: str
    order_by: tuple[str, ...]
    position: Position | None = None


@dataclass(frozen=True)
class ReadPlan:
    """The read of one table in one company.

    Attributes:
        segments: What is read, in this order.
        limit: What no bookmark may pass: SYSPRO's today, or its current period.
        moves: Whether the bookmark is kept; not so where the user chose FULL_TABLE.
        bookmark_at_end: Makes the bookmark that is given out behind the last page, from the time at which
            the first one was read; None where the segments' positions move it.
    """

    segments: tuple[Segment, ...]
    limit: Value | None = None
    moves: bool = True
    bookmark_at_end: Callable[[datetime], Value] | None = None


@dataclass(frozen=True)
class Situation:
    """What a plan depends on besides the table.

    Attributes:
        settings: Look-back, start date and the rest.
        entity_set: The table as the company offers it.
        today: SYSPRO's date.
        bookmark: The company's bookmark, if any.
        full_table: Whether the user chose FULL_TABLE.
        fiscal_periods: Answers which periods there are.
        order_lines: Answers whose orders changed, where the table holds lines of orders.
    """

    settings: Settings
    entity_set: EntitySet
    today: date
    bookmark: Value | None
    full_table: bool
    fiscal_periods: FiscalPeriods
    order_lines: OrderLines

    @property
    def reached(self) -> date | None:
        """The date up to which rows were delivered.

        Raises:
            SettingsError: When the state holds no date.
        """
        return date_reached(self.bookmark, self.entity_set.name, self.today)
