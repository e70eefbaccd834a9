"""What a day holds besides the usual when it is asked to, and the log that names every row it touched."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from syspro_sandbox.syspro import HAPPENINGS, SeedSettings, play_day, read_log
from syspro_sandbox.syspro.database import company_path
from syspro_sandbox.syspro.seed import create_data

pytestmark = pytest.mark.server

SETTINGS = SeedSettings(scale=0.1, companies=("PLT1",))


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeded")
    create_data(folder, SETTINGS)
    return folder


@pytest.fixture
def folder(seeded, tmp_path):
    shutil.copytree(seeded, tmp_path, dirs_exist_ok=True)
    return tmp_path


def ask(folder, sql, *parameters):
    with closing(sqlite3.connect(company_path(folder, "PLT1"))) as connection:
        return connection.execute(sql, parameters).fetchall()


def keys(summary, table, change, reason):
    return {
        each.key
        for each in summary.events
        if (each.table, each.change) == (table, change) and reason in each.reasons
    }


def test_the_log_names_every_row_and_why_it_was_touched(folder):
    summary = play_day(folder)
    said = {(each.table, each.key, each.change) for each in summary.events}
    assert said == {
        (each.table, key, change)
        for each in summary.changes
        for change in ("inserted", "updated", "deleted")
        for key in getattr(each, change)
    }
    assert all(each.reasons for each in summary.events)
    assert keys(summary, "ApInvoice", "inserted", "buys")
    assert keys(summary, "ApInvoice", "updated", "pays")
    assert keys(summary, "ApInvoice", "deleted", "cleans-up")
    second = play_day(folder)
    assert read_log(folder, "PLT1") == [*summary.events, *second.events]


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_a_happening_is_the_same_again_and_changes_nothing_else_of_the_plan(seeded, tmp_path, happening):
    outcomes = []
    for name in ("a", "b"):
        shutil.copytree(seeded, tmp_path / name)
        outcomes.append(play_day(tmp_path / name, happenings=[happening]))
    assert outcomes[0].events == outcomes[1].events
    touched = [each for each in outcomes[0].events if happening in each.reasons]
    assert touched


def test_reversals_open_closed_invoices_again(folder):
    before = dict(ask(folder, "SELECT Supplier || '/' || Invoice, MthInvBal1 FROM ApInvoice"))
    summary = play_day(folder, happenings=["reversals"])
    after = dict(ask(folder, "SELECT Supplier || '/' || Invoice, MthInvBal1 FROM ApInvoice"))
    opened = {"/".join(key) for key in keys(summary, "ApInvoice", "updated", "reversals")}
    assert any(before[key] == 0 != after[key] for key in opened if key in before)
    assert keys(summary, "ArInvoice", "updated", "reversals")
    assert keys(summary, "GenJournalCtl", "inserted", "reversals")


def test_back_dated_documents_lie_behind_every_window(folder):
    summary = play_day(folder, happenings=["back_dated"])
    dates = [
        ask(
            folder, "SELECT InvoiceDate, JournalDate FROM ApInvoice WHERE Supplier = ? AND Invoice = ?", *key
        )[0]
        for key in keys(summary, "ApInvoice", "inserted", "back_dated")
    ]
    today = summary.business_date.isoformat()
    assert sorted(dates) == [("2025-11-30", today), ("2026-04-30", "2026-04-30")]
    periods = {key[:2] for key in keys(summary, "GenJournalCtl", "inserted", "back_dated")}
    assert (2025, 5) in periods


def test_future_dated_documents_lie_ahead(folder):
    summary = play_day(folder, happenings=["future_dated"])
    dated = [
        ask(folder, "SELECT InvoiceDate FROM ApInvoice WHERE Supplier = ? AND Invoice = ?", *key)[0][0]
        for key in keys(summary, "ApInvoice", "inserted", "future_dated")
    ]
    assert sorted(dated) == ["2026-07-28", "2027-07-23"]
    orders = keys(summary, "PorMasterHdr", "inserted", "future_dated")
    assert [
        ask(folder, "SELECT OrderEntryDate FROM PorMasterHdr WHERE PurchaseOrder = ?", *key)[0][0]
        for key in orders
    ] == ["2026-08-17"]


def test_null_dates_stand_in_open_and_closed_documents(folder):
    summary = play_day(folder, happenings=["null_dates"])
    rows = ask(
        folder, "SELECT MthInvBal1 <> 0 FROM ApInvoice WHERE InvoiceDate IS NULL AND JournalDate IS NULL"
    )
    assert sorted(rows) == [(0,), (1,)]
    for table in ("ApInvoicePay", "ArInvoice", "ArInvoicePay", "PorMasterHdr", "SorMaster"):
        assert any(each.table == table and "null_dates" in each.reasons for each in summary.events), table
    for _ in range(3):
        play_day(folder)


def test_keys_come_again_after_they_went(folder):
    first = play_day(folder, happenings=["key_reuse"])
    again = keys(first, "ApInvoice", "deleted", "key_reuse") & keys(
        first, "ApInvoice", "inserted", "key_reuse"
    )
    assert len(again) == 1
    gone = {each.key for each in first.events if (each.table, each.change) == ("ApSupplier", "deleted")}
    went = {
        each.key for each in first.events if (each.table, each.change) == ("ApInvoice", "deleted")
    } - again
    assert gone
    second = play_day(folder, happenings=["key_reuse"])
    assert gone & keys(second, "ApSupplier", "inserted", "key_reuse")
    assert went & keys(second, "ApInvoice", "inserted", "key_reuse")


def test_a_purge_leaves_what_is_open_or_recent(folder):
    open_invoices = ask(folder, "SELECT count(*) FROM ApInvoice WHERE MthInvBal1 <> 0")
    balances = ask(folder, "SELECT * FROM GenHistory WHERE GlYear = 2024 ORDER BY Company, GlCode")
    before = {
        table: ask(folder, f"SELECT count(*) FROM {table}")[0][0] for table in ("ApInvoice", "ArInvoice")
    }
    summary = play_day(folder, happenings=["purge"])
    for table, count in before.items():
        assert len(keys(summary, table, "deleted", "purge")) > count // 10, table
    for table in ("ApInvoicePay", "ArInvoicePay", "GenJournalCtl", "GenJournalDetail", "GenTransaction"):
        assert keys(summary, table, "deleted", "purge"), table
    assert ask(folder, "SELECT min(GlYear) FROM GenJournalCtl") == [(2025,)]
    without = "SELECT * FROM GenHistory WHERE GlYear = 2024 ORDER BY Company, GlCode"
    assert ask(folder, without) == balances
    assert (
        ask(folder, "SELECT count(*) FROM ApInvoice WHERE MthInvBal1 <> 0")[0][0] > open_invoices[0][0] // 2
    )


def test_unknown_happenings_are_refused(folder):
    with pytest.raises(ValueError, match="Unknown happenings: earthquake; there are reversals"):
        play_day(folder, happenings=["earthquake"])
