"""A day played: what changes, that it is the same again, and that it disturbs no reader."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from syspro_sandbox.syspro.calendar import business_date
from syspro_sandbox.syspro.database import company_path, connect, system_path
from syspro_sandbox.syspro.day import DaySummary, play_day
from syspro_sandbox.syspro.seed import SeedSettings, create_data
from syspro_sandbox.syspro.tables import TABLES

pytestmark = pytest.mark.server

SETTINGS = SeedSettings(scale=0.1, companies=("CHEM", "PLT1"))


def rows_of(path, table):
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        key = TABLES[table].key
        found = connection.execute(f'SELECT * FROM "{table}"')
        return {tuple(row[name] for name in key): dict(row) for row in found}


def snapshot(folder):
    return {
        (company, table): rows_of(company_path(folder, company), table)
        for company in SETTINGS.companies
        for table in TABLES
    }


def content(folder):
    """All rows of all companies."""
    rows = []
    for company in SETTINGS.companies:
        with closing(connect(company_path(folder, company))) as connection:
            rows += [connection.execute(f'SELECT * FROM "{table}"').fetchall() for table in TABLES]
    return rows


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeded")
    create_data(folder, SETTINGS)
    return folder


@pytest.fixture
def fresh(seeded, tmp_path):
    shutil.copytree(seeded, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def played(seeded, tmp_path_factory):
    """A day: what was before, what is after, and what it says of itself."""
    folder = tmp_path_factory.mktemp("played")
    shutil.copytree(seeded, folder, dirs_exist_ok=True)
    before = snapshot(folder)
    summary = play_day(folder)
    return before, snapshot(folder), summary


def test_the_clock_moves_to_the_next_weekday(fresh):
    days = [play_day(fresh).business_date for _ in range(3)]
    assert days == [date(2026, 6, 18), date(2026, 6, 19), date(2026, 6, 22)]
    assert business_date(fresh) == days[-1]


def test_the_summary_tells_exactly_what_changed(played):
    before, after, summary = played
    for (company, table), rows in after.items():
        old, change = before[company, table], summary.touched(company, table)
        assert set(change.inserted) == rows.keys() - old.keys()
        assert set(change.deleted) == old.keys() - rows.keys()
        assert set(change.updated) == {key for key in old.keys() & rows.keys() if old[key] != rows[key]}
    assert summary.inserted > 100 < summary.updated
    assert summary.deleted > 5


def test_every_changed_row_has_a_new_rowversion(played):
    before, after, _ = played
    for company in SETTINGS.companies:
        highest = max(
            row["TimeStamp"] for (of, _), rows in before.items() if of == company for row in rows.values()
        )
        for (of, table), rows in after.items():
            for key, row in rows.items() if of == company else ():
                old = before[of, table].get(key)
                assert (row["TimeStamp"] > highest) == (old is None or old != row), (table, key)


def changed(played, company, table):
    before, after, summary = played
    keys = summary.touched(company, table).updated
    return [(before[company, table][key], after[company, table][key]) for key in keys]


@pytest.mark.parametrize("company", SETTINGS.companies)
def test_a_day_holds_every_kind_of_change(played, company):
    before, after, summary = played
    today = summary.business_date.isoformat()

    def new(table):
        return [after[company, table][key] for key in summary.touched(company, table).inserted]

    paid = [
        (old, now)
        for old, now in changed(played, company, "ApInvoice")
        if old["MthInvBal1"] != now["MthInvBal1"]
    ]
    assert any(now["MthInvBal1"] == 0 for _, now in paid)
    assert any(now["MthInvBal1"] != 0 for _, now in paid)
    for old, now in paid:
        assert (now["InvoiceDate"], now["JournalDate"]) == (old["InvoiceDate"], old["JournalDate"])
        assert now["JournalDate"] < today
    assert any(now["InvoiceDate"] < "2026-05-01" for _, now in paid)
    received = changed(played, company, "ArInvoice")
    assert any(old["InvoiceBal1"] and not now["InvoiceBal1"] for old, now in received)
    assert any(row["JournalDate"] == today and row["InvoiceDate"] == today for row in new("ApInvoice"))
    assert any(row["JournalDate"] == "2026-05-31" and row["InvoiceMonth"] == 5 for row in new("ApInvoice"))
    assert any(row["DocumentType"] == "I" for row in new("ArInvoice"))
    assert any(row["DocumentType"] == "C" for row in new("ArInvoice"))
    assert (
        sum(old["SupplierName"] != now["SupplierName"] for old, now in changed(played, company, "ApSupplier"))
        == 2
    )
    assert any(old["Name"] != now["Name"] for old, now in changed(played, company, "ArCustomer"))
    assert any(old["UnitCost"] != now["UnitCost"] for old, now in changed(played, company, "InvWarehouse"))
    assert any(old["QtyOnHand"] != now["QtyOnHand"] for old, now in changed(played, company, "InvWarehouse"))
    assert any(old["MPrice"] != now["MPrice"] for old, now in changed(played, company, "PorMasterDetail"))
    assert any(
        old["OrderStatus"] != now["OrderStatus"] == "9"
        for old, now in changed(played, company, "PorMasterHdr")
    )
    assert any(row["OrderStatus"] == "0" for row in new("PorMasterHdr"))
    assert any(
        old["PostDate"] is None and now["PostDate"] for old, now in changed(played, company, "GenJournalCtl")
    )
    assert any(
        old["ClosingBalPer4"] != now["ClosingBalPer4"] for old, now in changed(played, company, "GenHistory")
    )
    for table in ("ApSupplier", "ApSupplierAddr", "InvMaster", "InvWarehouse", "ApInvoice"):
        assert summary.touched(company, table).deleted, table
    for key in summary.touched(company, "ApInvoice").deleted:
        assert before[company, "ApInvoice"][key]["MthInvBal1"] == 0
    for (supplier,) in summary.touched(company, "ApSupplier").deleted:
        assert not any(key[0] == supplier for key in before[company, "ApInvoice"])


def test_the_same_seed_and_date_play_the_same_day(seeded, tmp_path):
    outcomes = []
    for name, seed in (("a", None), ("b", 7), ("c", 8)):
        folder = tmp_path / name
        shutil.copytree(seeded, folder)
        outcomes.append((play_day(folder, seed), content(folder)))
    assert outcomes[0] == outcomes[1], "the data's own seed, or the same one given"
    assert outcomes[0][0].changes != outcomes[2][0].changes


def test_a_reader_is_not_disturbed(fresh):
    with closing(connect(company_path(fresh, "CHEM"))) as reader:
        reader.execute("BEGIN")
        count = "SELECT count(*) FROM ApInvoice"
        (before,) = reader.execute(count).fetchone()
        play_day(fresh)
        assert reader.execute(count).fetchone() == (before,)
        reader.execute("COMMIT")
        assert reader.execute(count).fetchone() > (before,)


def test_an_interrupted_day_is_finished_not_repeated(seeded, fresh, tmp_path_factory):
    whole = tmp_path_factory.mktemp("whole")
    shutil.copytree(fresh, whole, dirs_exist_ok=True)
    expected = play_day(whole)
    play_day(fresh)
    # As if the process had ended before the second company and the clock.
    shutil.copy(seeded / "syspro" / "PLT1.sqlite3", fresh / "syspro" / "PLT1.sqlite3")
    with closing(connect(system_path(fresh))) as connection:
        connection.execute("UPDATE Clock SET business_date = '2026-06-17'")
    again = play_day(fresh)
    assert again == DaySummary(
        date(2026, 6, 18), tuple(change for change in expected.changes if change.company == "PLT1")
    )
    assert business_date(fresh) == date(2026, 6, 18)
    assert content(fresh) == content(whole)


def test_many_days_go_on_deleting(tmp_path):
    create_data(tmp_path, SeedSettings(scale=0.1, companies=("PLT3",)))
    summaries = [play_day(tmp_path) for _ in range(15)]
    for table in ("ApSupplier", "InvMaster", "ApInvoice"):
        deleting = sum(bool(summary.touched("PLT3", table).deleted) for summary in summaries)
        assert deleting >= 8, table
