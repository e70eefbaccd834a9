"""The general ledger: journals, transactions, period balances.

Signs (SYSPRO reference, "Signs in the ledger"): GenTransaction.EntryValue and all balances are signed, credit
negative; a journal entry carries a positive EntryValue and its EntryType. Closing balances of periods to come
repeat the last balance, unless `carry_forward` is off: then they are 0 until their period begins. Both
readings are inferred; so is the year end, which carries balance sheet accounts into the next BeginYearBalance
and the result of the year into retained earnings, without a journal. The pseudo account RETAINED keeps a memo
of that result, FORCED nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from syspro_sandbox.syspro.calendar import Period
from syspro_sandbox.syspro.chart import FORCED, RETAINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from syspro_sandbox.syspro.database import Row, RowStore, Value

CLOSING = tuple(f"ClosingBalPer{n}" for n in range(1, 16))
RESULT_TYPES = frozenset("RE")
CLERK = "GLCLERK"


class Line(NamedTuple):
    """One line of a posting: a GL code, a signed value in local cents, and what it came from."""

    gl_code: str
    value: int
    comment: str = ""
    source: Mapping[str, Value] = MappingProxyType({})


class JournalKey(NamedTuple):
    """What the lines of a day's journal share: the module, the journal's type, the period, the company."""

    source: str
    kind: str
    period: Period
    company: str


@dataclass(frozen=True)
class JournalHead:
    """How a journal stands in GenJournalCtl: `status` P posted, N not posted, H on hold, C cancelled."""

    key: JournalKey
    day: date
    status: str = "P"
    reference: str = ""
    notation: str = ""


class Ledger:
    """The GL of a database.

    Args:
        store: The company's rows.
        company: The company the sub-ledgers post to.
        retained_earnings: By company, the account that takes the result of a year.
        carry_forward: Whether closing balances of periods to come repeat the last one.
    """

    def __init__(
        self, store: RowStore, company: str, retained_earnings: dict[str, str], *, carry_forward: bool = True
    ) -> None:
        self._store = store
        self._company = company
        self._retained = retained_earnings
        self._carry_forward = carry_forward
        self._gathered: defaultdict[JournalKey, list[Line]] = defaultdict(list)
        self._movements: Counter[tuple[str, str, Period]] = Counter()
        self._journal = max(store.highest("GenJournalCtl", "GlJournal"), 1000)
        self._line = store.highest("GenTransaction", "GlLine")
        self.current = Period(0, 0)

    def open_balance(self, company: str, gl_code: str, value: int, year: int) -> None:
        """Set what an account began its first year with."""
        self._add(self._store.rows("GenHistory")[company, gl_code, year], value, 0)
        self._refresh_master(self._store.rows("GenMaster")[company, gl_code])

    def post(self, source: str, kind: str, period: Period, lines: Iterable[Line]) -> None:
        """Add lines of a sub-ledger to the day's journal of their module.

        Raises:
            ValueError: When debits and credits differ.
        """
        kept = [line for line in lines if line.value]
        if sum(line.value for line in kept):
            raise ValueError(f"The {source} posting does not balance: {kept}")
        if kept:
            self._gathered[JournalKey(source, kind, period, self._company)] += kept

    def close_day(self, day: date) -> None:
        """Write the day's journals and carry their movements into the balances."""
        for key, lines in self._gathered.items():
            posted_on = min(day, key.period.last_day)
            self.write_journal(
                JournalHead(key, posted_on, reference=f"{key.source} {posted_on:%Y%m%d}"), lines
            )
        self._gathered.clear()
        self._apply_movements()

    def write_journal(self, head: JournalHead, lines: Sequence[Line]) -> int:
        """Write a journal; unless its status is P, nothing is posted.

        Returns:
            The journal's number.
        """
        self._journal += 1
        key, posted = head.key, head.status == "P"
        manual = key.source in {"JE", "RV"}
        debit = sum(line.value for line in lines if line.value > 0)
        self._store.insert(
            "GenJournalCtl",
            GlYear=key.period.year,
            GlPeriod=key.period.month,
            GlJournal=self._journal,
            JournalDate=head.day.isoformat(),
            NumOfEntries=len(lines),
            DebitAmount=debit,
            CreditAmount=debit,
            JnlPostingType="N",
            Source={"JE": "J", "RV": "V"}.get(key.source, "E"),
            Operator=CLERK if manual else "SYSTEM",
            JnlStatus=head.status,
            Reference=head.reference,
            AuthorisedBy="CONTROLLER" if posted and manual else "",
            PostedBy=(CLERK if manual else "SYSTEM") if posted else "",
            Authorised="Y" if posted else "N",
            PostDate=head.day.isoformat() if posted else None,
            Notation=head.notation,
            JournalSource=key.source,
            Type=key.kind,
            JnlPrintFlag="Y" if posted else "N",
        )
        shared = self._shared(head, self._journal)
        self._write_entries(head, shared, lines)
        if posted:
            self._write_transactions(head, shared, lines)
        return self._journal

    def entered(self, head: Row) -> list[Line]:
        """The lines of a journal as they were entered."""
        entries = self._store.rows("GenJournalDetail")
        keys = (
            (head["GlYear"], head["GlPeriod"], head["GlJournal"], n + 1) for n in range(head["NumOfEntries"])
        )
        lines = (entries[key] for key in keys)
        return [
            Line(entry["GlCode"], entry["EntryValue"] if entry["EntryType"] == "D" else -entry["EntryValue"])
            for entry in lines
        ]

    def post_written(self, head: Row, day: date) -> None:
        """Post a journal that was written before, into its own period."""
        key = JournalKey(
            head["JournalSource"], head["Type"], Period(head["GlYear"], head["GlPeriod"]), self._company
        )
        posted = JournalHead(key, day, reference=head["Reference"], notation=head["Notation"])
        self._store.change(
            "GenJournalCtl",
            head,
            JnlStatus=posted.status,
            AuthorisedBy="CONTROLLER",
            PostedBy=CLERK,
            Authorised="Y",
            PostDate=day.isoformat(),
            JnlPrintFlag="Y",
        )
        entries = self._store.rows("GenJournalDetail")
        for number in range(1, head["NumOfEntries"] + 1):
            entry = entries[head["GlYear"], head["GlPeriod"], head["GlJournal"], number]
            self._store.change("GenJournalDetail", entry, EntryPosted="Y")
        shared = self._shared(posted, head["GlJournal"])
        self._write_transactions(posted, shared, self.entered(head))

    def _shared(self, head: JournalHead, journal: int) -> dict[str, Value]:
        """What the entries and transactions of a journal have in common."""
        return {
            "Company": head.key.company,
            "GlYear": head.key.period.year,
            "GlPeriod": head.key.period.month,
            "Journal": journal,
            "Source": head.key.source,
            "Reference": head.reference,
            "TransactionDate": head.day.isoformat(),
        }

    def _write_entries(self, head: JournalHead, shared: dict[str, Value], lines: Sequence[Line]) -> None:
        key, day = head.key, head.day.isoformat()
        entries = {
            "EntryDate": day,
            "EntryPosted": "Y" if head.status == "P" else "N",
            "InterCompanyFlag": "N",
            "DocumentDate": day,
            "Type": key.kind,
            "SourceAp": "Y" if key.source == "AP" else "N",
        }
        self._store.insert_all(
            "GenJournalDetail",
            shared | entries,
            (
                {
                    "GlCode": line.gl_code,
                    "EntryNumber": number,
                    "EntryType": "D" if line.value > 0 else "C",
                    "EntryValue": abs(line.value),
                    "CurrencyValue": abs(line.value),
                    "Comment": line.comment,
                    "SubModJournal": line.source.get("SubModJournal", 0),
                    "SourceJournal": str(line.source.get("SubModJournal", "")),
                }
                for number, line in enumerate(lines, 1)
            ),
        )

    def _write_transactions(self, head: JournalHead, shared: dict[str, Value], lines: Sequence[Line]) -> None:
        key = head.key
        self._store.insert_all(
            "GenTransaction",
            shared | {"JnlDate": head.day.isoformat()},
            (
                {
                    "GlCode": line.gl_code,
                    "GlLine": number,
                    "EntryValue": line.value,
                    "Comment": line.comment,
                    **line.source,
                }
                for number, line in enumerate(lines, self._line + 1)
            ),
        )
        self._line += len(lines)
        for line in lines:
            self._movements[key.company, line.gl_code, key.period] += line.value
            if key.period == self.current:
                master = self._store.rows("GenMaster")[key.company, line.gl_code]
                side = "PtdDrValue" if line.value > 0 else "PtdCrValue"
                self._store.change("GenMaster", master, **{side: master[side] + abs(line.value)})

    def _apply_movements(self) -> None:
        masters, history = self._store.rows("GenMaster"), self._store.rows("GenHistory")
        for (company, gl_code, period), value in self._movements.items():
            account, year = gl_code, period.year
            self._add(history[company, account, year], value, period.month)
            if masters[company, gl_code]["AccountType"] in RESULT_TYPES:
                account = self._retained[company]
            while (company, account, year := year + 1) in history:
                self._add(history[company, account, year], value, 0)
            for touched in {gl_code, account}:
                self._refresh_master(masters[company, touched])
        self._movements.clear()

    def _add(self, row: Row, value: int, month: int) -> None:
        """Add a movement to a year's balances from a month on; month 0 is what the year began with."""
        names = CLOSING[max(month - 1, 0) : self._last_filled(row["GlYear"])]
        if not month:
            names = ("BeginYearBalance", *names)
        self._store.change("GenHistory", row, **{name: row[name] + value for name in names})

    def _last_filled(self, year: int) -> int:
        return self.current.month if year == self.current.year and not self._carry_forward else len(CLOSING)

    def _refresh_master(self, master: Row) -> None:
        year = self._store.rows("GenHistory")[master["Company"], master["GlCode"], self.current.year]
        month = self.current.month
        before = year[CLOSING[month - 2]] if month > 1 else year["BeginYearBalance"]
        self._store.change("GenMaster", master, CurrentBalance=year[CLOSING[month - 1]], PrevPerEndBal=before)

    def begin_period(self, period: Period) -> None:
        """Make a period the current one: a new year is opened, the period-to-date values start at 0."""
        if period.year != self.current.year:
            self._open_year(period.year)
        self.current = period
        history = self._store.rows("GenHistory")
        for (company, gl_code), master in self._store.rows("GenMaster").items():
            year = history[company, gl_code, period.year]
            if not self._carry_forward:
                before = year[CLOSING[period.month - 2]] if period.month > 1 else year["BeginYearBalance"]
                self._store.change("GenHistory", year, **{CLOSING[period.month - 1]: before})
            self._store.change("GenMaster", master, PtdDrValue=0, PtdCrValue=0)
            self._refresh_master(master)

    def _open_year(self, year: int) -> None:
        history = self._store.rows("GenHistory")
        results: Counter[str] = Counter()
        begins: dict[tuple[str, str], int] = {}
        for (company, gl_code), master in self._store.rows("GenMaster").items():
            before = history.get((company, gl_code, year - 1))
            if before and not self._carry_forward:
                rest = dict.fromkeys(CLOSING[self.current.month :], before[CLOSING[self.current.month - 1]])
                self._store.change("GenHistory", before, **rest)
            balance = before[CLOSING[-1]] if before else 0
            if master["AccountType"] in RESULT_TYPES:
                results[company] += balance
                balance = 0
            begins[company, gl_code] = balance
        for company, result in results.items():
            begins[company, self._retained[company]] += result
            begins[company, RETAINED], begins[company, FORCED] = result, 0
        for (company, gl_code), begin in begins.items():
            balances: dict[str, Value] = dict.fromkeys(CLOSING if self._carry_forward else (), begin)
            self._store.insert(
                "GenHistory", Company=company, GlCode=gl_code, GlYear=year, BeginYearBalance=begin, **balances
            )
