"""Ledgers whose history outlives their journals, and years of more than twelve periods."""

from __future__ import annotations

from datetime import date

import pytest
from syspro_sandbox.syspro import SeedSettings, SysproDataError, create

pytestmark = pytest.mark.server

COLUMNS = {"GenJournalCtl": "JournalDate", "GenJournalDetail": "EntryDate", "GenTransaction": "JnlDate"}


def years(erp, table):
    return [year for (year,) in erp.sql("CHEM", f"SELECT DISTINCT GlYear FROM {table} ORDER BY 1")]


@pytest.fixture
def served(serve, tmp_path):
    """A stand-in over data of their own, made through `create`."""

    def start(**switches):
        settings = SeedSettings(scale=0.05, companies=("CHEM", "PLT2"), **switches)
        create(tmp_path, seeding=settings).close()
        return serve(data_dir=tmp_path, scale=None)

    return start


@pytest.mark.server
def test_balances_may_be_years_older_than_journals(served):
    erp = served(history_years=4, journal_years=1)
    for table, dated in COLUMNS.items():
        assert years(erp, table) == [2026]
        assert erp.sql("CHEM", f"SELECT min({dated}) FROM {table}")[0][0] >= "2026"
    assert years(erp, "GenHistory") == list(range(2020, 2027))
    oldest = erp.rows("CHEM/GenHistory", "$filter=GlYear eq 2020")
    assert any(row["ClosingBalPer1"] != row["ClosingBalPer12"] for row in oldest)
    real = [row for row in oldest if row["GlCode"] not in {"FORCED", "RETAINED"}]
    for name in ("BeginYearBalance", "ClosingBalPer1", "ClosingBalPer15"):
        assert round(sum(row[name] for row in real), 2) == 0


@pytest.mark.server
def test_periods_behind_the_twelfth_take_adjustments(served):
    erp = served(periods=14, today=date(2026, 2, 3))
    journals = erp.rows("CHEM/GenJournalCtl", "$filter=GlPeriod gt 12")
    assert [(row["GlYear"], row["GlPeriod"], row["PostDate"][:10]) for row in journals] == [
        (2024, 13, "2025-01-20"),
        (2024, 14, "2025-01-20"),
        (2025, 13, "2026-01-20"),
        (2025, 14, "2026-01-20"),
    ]
    changed = erp.rows("CHEM/GenHistory", "$filter=GlYear eq 2025 and ClosingBalPer12 ne ClosingBalPer14")
    assert [
        (row["ClosingBalPer12"] < row["ClosingBalPer13"] < row["ClosingBalPer14"]) for row in changed
    ] == [
        False,
        True,
    ]


@pytest.mark.server
def test_balances_of_periods_to_come_may_be_zero(served):
    erp = served(carry_forward=False)
    rows = erp.rows("CHEM/GenHistory", "$filter=GlYear eq 2026")
    assert any(row["ClosingBalPer6"] for row in rows)
    assert not any(row[f"ClosingBalPer{n}"] for row in rows for n in range(7, 16))


def test_other_numbers_of_periods_are_refused():
    with pytest.raises(SysproDataError, match="12 to 15 periods, not 16"):
        SeedSettings(periods=16)
