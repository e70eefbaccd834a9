"""Situations to plan a read for: fixed periods, fixed orders, one day."""

from __future__ import annotations

from datetime import date

from tap_syspro.changes.order_lines import OrderLines
from tap_syspro.changes.segments import Situation
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet

from .tap_settings import settings_of

TODAY = date(2026, 6, 17)


class FixedPeriods:
    """Monthly fiscal periods, 2025/1 to 2026/6."""

    periods = tuple((year, month) for year in (2025, 2026) for month in range(1, 13))[:18]

    def current(self, columns, date_column, today, *, calendar=None):
        reached = [period for period in self.periods if period <= (today.year, today.month)]
        return reached[-1][: len(columns)] if reached else None

    def counted_back(self, columns, period, count):
        return self.periods[max(0, self.periods.index(period) - count + 1)]

    def first_since(self, columns, date_column, start, *, calendar=None):
        return next(
            (each[: len(columns)] for each in self.periods if each >= (start.year, start.month)), None
        )


class FixedOrderLines(OrderLines):
    """Lines of a list of orders, or of orders that may not be read."""

    def __init__(self, orders=None):
        self.orders = orders
        self.where = ""

    def entity_set(self, orders):
        columns = {name: Column(name, ColumnKind.MOMENT) for name in (*orders.key, *orders.method_columns)}
        return EntitySet(orders.name, columns, orders.key)

    def keys(self, orders, entity_set, where):
        self.where = where
        return self.orders


def situation(table, *, bookmark=None, full_table=False, order_lines=None, **settings):
    names = {*table.key, *table.method_columns, *table.period_columns, "Company"}
    kinds = {"Date": ColumnKind.MOMENT}
    columns = {name: Column(name, kinds.get(name[-4:], ColumnKind.TEXT)) for name in names}
    if table.date_column:
        columns[table.date_column] = Column(table.date_column, ColumnKind.MOMENT)
    for name in table.closing.columns if table.closing and not table.closing.posted else ():
        columns[name] = Column(name, ColumnKind.MOMENT)
    return Situation(
        settings_of(**settings),
        EntitySet(table.name, columns, table.key),
        TODAY,
        bookmark,
        full_table,
        FixedPeriods(),
        order_lines or FixedOrderLines(),
    )


def wheres(made):
    return [segment.where for segment in made.segments]
