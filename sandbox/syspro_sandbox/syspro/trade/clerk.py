"""The journals that people write by hand: month end, corrections, provisions that wait to be posted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books.ledger import JournalHead, JournalKey, Line
from syspro_sandbox.syspro.calendar import FIRST_YEAR, PERIODS, Period, is_adjusting_day
from syspro_sandbox.syspro.money import CENTS

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from syspro_sandbox.syspro.books import Books

ACCRUAL = "Accrual"
#: What a company pays in a month at least, in whole local money.
WAGES = 20_000


class LedgerClerk:
    """Who keeps the general ledger of a company.

    Args:
        books: Whose ledger.
        rng: Decides.
    """

    def __init__(self, books: Books, rng: Random) -> None:
        self._books = books
        self._rng = rng

    def write_month_end(self, day: date) -> None:
        """Write the journals of a month's last day: payroll, depreciation, rent, an accrual, group costs."""
        company, chart = self._books.company, self._books.chart
        self._pay_wages(day)
        depreciation = Line(chart.code(6600), 18_500_00, "Straight-line, 10 years")
        self._journal(day, "JE", "EXP", "Depreciation", [depreciation, Line(chart.code(1590), -18_500_00)])
        rent = [Line(chart.code(6200, branch), 4_200_00, 'Rent, "triple net"') for branch in company.branches]
        self._journal(day, "JE", "EXP", "Rent", [*rent, Line(chart.bank, -sum(line.value for line in rent))])
        accrual = self._rng.randrange(1_000_00, 9_000_00)
        lines = [Line(chart.code(6210), accrual, "Accrued electricity"), Line(chart.code(2200), -accrual)]
        self._journal(day, "JE", "EXP", ACCRUAL, lines)
        if owner := company.group_ledger:
            charge = self._rng.randrange(2_000_00, 8_000_00)
            lines = [Line(chart.code(6400), charge, "Audit & legal"), Line(chart.bank, -charge)]
            self._journal(day, "JE", "EXP", "Group costs", lines, owner=owner)

    def _pay_wages(self, day: date) -> None:
        """Pay the month's wages; a plant moves half of them into its work in progress."""
        company, chart = self._books.company, self._books.chart
        size = WAGES * CENTS // len(company.branches)
        wages = [
            Line(chart.code(6000, branch), self._rng.randrange(size, 2 * size), f"Payroll {day.month:02d}")
            for branch in company.branches
        ]
        total = sum(line.value for line in wages)
        paid = [Line(chart.code(2150), -(total // 4)), Line(chart.bank, total // 4 - total)]
        self._journal(day, "JE", "LAB", "Payroll", [*wages, *paid])
        if company.makes:
            absorbed = total // 2
            moved = [Line(chart.work_in_progress, absorbed), Line(chart.code(6000), -absorbed)]
            self._journal(day, "JE", "LAB", "To WIP", moved)

    def reverse_accrual(self, day: date) -> None:
        """Reverse the accrual of the month before."""
        store, before = self._books.store, Period.of(day).previous
        for head in list(store.rows("GenJournalCtl").values()):
            if (head["GlYear"], head["GlPeriod"], head["Reference"]) == (*before, ACCRUAL):
                lines = [line._replace(value=-line.value) for line in self._books.ledger.entered(head)]
                self._journal(day, "RV", "EXP", "Reversal", lines)

    def write_unposted(self, day: date) -> None:
        """Write journals that wait, one on hold, and one that was cancelled in the period before."""
        chart, period = self._books.chart, Period.of(day)
        lines = [
            Line(chart.code(6400), 3_750_00, "Provision, to be reviewed"),
            Line(chart.code(2200), -3_750_00),
        ]
        for status, notation in (("N", ""), ("N", 'Waiting for "OK" of the CFO'), ("H", "Amount <unclear>")):
            self._journal(day, "JE", "EXP", "Provision", lines, status=status, notation=notation)
        self._journal(period.previous.last_day, "JE", "EXP", "Entered twice", lines, status="C")

    def post_waiting(self, day: date) -> None:
        """Post the oldest journal of the current period that waits for it, and leave a new one waiting."""
        books, period = self._books, Period.of(day)
        for head in list(books.store.rows("GenJournalCtl").values()):
            if head["JnlStatus"] == "N" and (head["GlYear"], head["GlPeriod"]) == period:
                books.ledger.post_written(head, day)
                break
        accrued = self._rng.randrange(500_00, 5_000_00)
        lines = [
            Line(books.chart.code(6460), accrued, "Consulting, estimate"),
            Line(books.chart.code(2200), -accrued),
        ]
        self._journal(day, "JE", "EXP", "Provision", lines, status="N")

    def correct(self, day: date, period: Period) -> None:
        """Correct an earlier open period: costs move from one account to another."""
        chart, value = self._books.chart, self._rng.randrange(200_00, 4_000_00)
        lines = [Line(chart.code(6410), value, "Was booked as consulting"), Line(chart.code(6460), -value)]
        self._journal(min(day, period.last_day), "JE", "EXP", "Correction", lines)

    def adjust_last_year(self, day: date, periods: int) -> None:
        """On one day in January, adjust the year before, in its periods behind the twelfth."""
        if not is_adjusting_day(day) or day.year == FIRST_YEAR:
            return
        chart = self._books.chart
        for month in range(PERIODS + 1, periods + 1):
            value = self._rng.randrange(1_000_00, 20_000_00)
            lines = [Line(chart.code(6400), value, "Audit adjustment"), Line(chart.code(2200), -value)]
            key = JournalKey("JE", "EXP", Period(day.year - 1, month), self._books.company.id)
            self._books.ledger.write_journal(JournalHead(key, day, reference="Adjustment"), lines)

    def _journal(
        self,
        day: date,
        source: str,
        kind: str,
        reference: str,
        lines: list[Line],
        *,
        status: str = "P",
        notation: str = "",
        owner: str = "",
    ) -> None:
        key = JournalKey(source, kind, Period.of(day), owner or self._books.company.id)
        self._books.ledger.write_journal(JournalHead(key, day, status, reference, notation), lines)
