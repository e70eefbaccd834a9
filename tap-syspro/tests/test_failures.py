"""The command where something fails: exit codes, messages, what is read all the same."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
from tap_syspro import company_reader

from .small_syspro import SmallSyspro, metadata_of, payments
from .tap_http import Reply, serve
from .tap_runner import PASSWORD, last_state, records, selected

pytestmark = pytest.mark.server

ALL_TABLES = ("ApSupplier", "ArCustomer", "GenGroups", "GenMaster", "InvWhControl")


def test_one_unknown_company_does_not_stop_the_other(tap):
    state = {
        "bookmarks": {
            "suppliers": {
                "companies": {"X": {"replication_key": "_syspro_read_at", "replication_key_value": "old"}}
            }
        }
    }
    with serve(SmallSyspro()) as (url, _):
        done, messages = tap.run(url, config={"companies": ["X", "A"]}, state=state)
    assert done.returncode == 3
    assert len(records(messages, "suppliers", "A")) == 2
    assert last_state(messages)["bookmarks"]["suppliers"]["companies"]["X"]["replication_key_value"] == "old"
    assert "Company X is unknown to SYSPRO" in done.stderr
    assert "`companies`" in done.stderr


def test_a_table_of_a_company_that_is_down_does_not_stop_the_others(tap):
    """A and B answer as they are, X is down, and the entry names a table that X alone may have."""
    faults = {"X": Reply({"error": {"message": "down"}}, 503)}
    entries = [{"table": "OfX", "key": ["K"]}, {"table": "SomeView", "key": ["OfX"]}]
    with serve(SmallSyspro(faults)) as (url, _):
        done, messages = tap.run(url, config={"companies": ["A", "B", "X"], "tables": entries})
        refused, _ = tap.run(url, config={"companies": ["A", "B"], "tables": entries})
    assert done.returncode == 3
    assert len(records(messages, "suppliers")) == 4
    assert "The table OfX is not read, as not every company answers" in done.stderr
    assert "The table SomeView is not read, as not every company answers" in done.stderr
    assert refused.returncode == 1
    assert "SYSPRO offers no table OfX" in refused.stderr


def test_a_date_that_is_none_is_in_doubt_and_no_bug(tap):
    supplier = {"Supplier": "1", "SupplierName": "", "CurrentBalance": 0, "LastPurchDate": "31/03/2026"}
    faults = {("A", "ApSupplier"): Reply({"value": [supplier], "@odata.count": 1})}
    with serve(SmallSyspro(faults)) as (url, _):
        done, _ = tap.run(url)
    assert done.returncode == 3
    assert "ApSupplier of company A gave a wrong value: '31/03/2026' is not a date" in done.stderr


def test_unknown_companies_only(tap):
    with serve(SmallSyspro()) as (url, _):
        done, messages = tap.run(url, config={"companies": ["X", "Y"]})
    assert done.returncode == 1
    assert messages == []
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "SYSPRO knows none of the companies X, Y" in errors[0]
    assert "`companies`" in errors[0]
    assert "Traceback" not in done.stderr


def test_a_wrong_password_is_tried_once(tap):
    refused = Reply(
        b"<html>401 Unauthorized</html>", 401, {"WWW-Authenticate": 'Basic realm="x"'}, "text/html"
    )
    with serve(lambda _: refused) as (url, requests):
        done, messages = tap.run(url, config={"max_retries": 5})
    assert done.returncode == 1
    assert messages == []
    assert len(requests) == 1
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "`odata_username`" in errors[0]
    assert "`odata_password`" in errors[0]


def test_a_login_refused_in_mid_run_ends_it(tap):
    """The rows before it are kept; nothing else is asked, and one line says what to set."""
    refused = Reply(b"<html>401</html>", 401, {"WWW-Authenticate": 'Basic realm="x"'}, "text/html")
    with serve(SmallSyspro({("B", "ApInvoicePay"): refused})) as (url, requests):
        done, messages = tap.run(url, config={"max_retries": 5, "concurrency": 1})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if "refused the login" in line]
    assert len(lines) == 1
    assert "ERROR" in lines[0]
    assert "`odata_username`" in lines[0]
    assert "`odata_password`" in lines[0]
    assert [request.path for request in requests].count("/B/ApInvoicePay") == 1
    assert not [request for request in requests if request.path.endswith("ApSupplier")]
    assert len(records(messages, "ap_invoice_payments", "A")) == 2
    assert last_state(messages)["bookmarks"]["ap_invoice_payments"]["companies"].keys() == {"A"}


def tables_asked(requests, company):
    return {path for each in requests if (path := each.path).startswith(f"/{company}/") and "$" not in path}


def test_a_company_that_cannot_be_reached_is_given_up_after_three_tables(tap):
    faults = {("A", table): Reply({}, 503) for table in ALL_TABLES}
    with serve(SmallSyspro(faults, metadata=metadata_of(ALL_TABLES))) as (url, requests):
        done, _ = tap.run(url)
    assert done.returncode == 3
    assert len(tables_asked(requests, "A")) == 3
    assert tables_asked(requests, "B") == {f"/B/{table}" for table in ALL_TABLES}
    said = [line for line in done.stderr.splitlines() if "WARNING" in line and "is skipped" in line]
    assert len(said) == 1
    assert "company A" in said[0]


@pytest.mark.parametrize("status", [403, 500])
def test_a_company_that_answers_is_not_given_up(tap, status):
    """A refusal, or a query that fails, is an answer; and so is every table between that can be read."""
    faults = {("A", table): Reply({}, status) for table in ALL_TABLES}
    with serve(SmallSyspro(faults, metadata=metadata_of(ALL_TABLES))) as (url, requests):
        done, _ = tap.run(url)
    assert done.returncode == 3
    assert len(tables_asked(requests, "A")) == len(ALL_TABLES)


def test_a_table_that_can_be_read_keeps_the_company(tap):
    faults = {("A", table): Reply({}, 503) for table in ALL_TABLES if table != sorted(ALL_TABLES)[2]}
    with serve(SmallSyspro(faults, metadata=metadata_of(ALL_TABLES))) as (url, requests):
        done, _ = tap.run(url)
    assert done.returncode == 3
    assert len(tables_asked(requests, "A")) == len(ALL_TABLES)


def test_a_table_that_fails_in_one_company_keeps_its_bookmark(tap):
    before = {"replication_key": "JournalDate", "replication_key_value": "2026-06-01"}
    state = {"bookmarks": {"ap_invoice_payments": {"companies": {"A": before}}}}
    faults = {("A", "ApInvoicePay"): Reply({"error": {"message": "Access denied"}}, 403)}
    with serve(SmallSyspro(faults)) as (url, _):
        done, messages = tap.run(url, state=state)
    assert done.returncode == 3
    assert len(records(messages, "ap_invoice_payments", "B")) == 2
    assert len(records(messages, "suppliers")) == 4
    for message in messages:
        if message["type"] == "STATE":
            assert message["value"]["bookmarks"]["ap_invoice_payments"]["companies"]["A"] == before
    assert "ap_invoice_payments A" in done.stderr


class FlakySyspro(SmallSyspro):
    """A company with a payment on each of 47 days, that is out of order after every second page of them."""

    days = tuple((date(2026, 4, 1) + timedelta(days=number)).isoformat() for number in range(47))

    def __init__(self):
        super().__init__()
        self.pages = 0

    def __call__(self, request):
        condition = request.query.get("$filter", "")
        if not request.path.endswith("/ApInvoicePay") or "JournalDate eq null" in condition:
            return super().__call__(request)
        self.pages += 1
        if self.pages % 3 == 0:
            return Reply({"error": {"message": "The application pool restarts"}}, 503)
        rows = [
            {"Supplier": "000101", "Invoice": "A", "EntryNumber": number, "JournalDate": f"{day}T00:00:00Z"}
            for number, day in enumerate(self.days, 100)
            if self.is_wanted(day, condition)
        ]
        return Reply({"value": rows[:10]})

    @staticmethod
    def is_wanted(day, condition):
        bounds = re.findall(r"JournalDate (ge|gt) (\S+?)T", condition)
        return all(day > bound or (comparison == "ge" and day == bound) for comparison, bound in bounds)


def test_a_server_that_fails_again_and_again_finishes_a_first_load(tap):
    state, got = None, {}
    with serve(FlakySyspro()) as (url, _):
        catalog = selected(tap.discover(url), "ap_invoice_payments")
        config = {"companies": ["A"], "page_size": 10, "lookback_days": 0}
        for _attempt in range(4):
            done, messages = tap.run(url, config=config, catalog=catalog, state=state)
            state = last_state(messages)
            got |= {
                row["EntryNumber"]: row["JournalDate"] for row in records(messages, "ap_invoice_payments")
            }
            if done.returncode == 0:
                break
            assert done.returncode == 3
    assert done.returncode == 0
    assert {each for each in got.values() if each} == set(FlakySyspro.days)


def test_a_read_in_doubt_puts_the_old_bookmark_back(tap):
    class Doubtful(SmallSyspro):
        def __call__(self, request):
            if request.path == "/A/ApInvoicePay" and "null" not in request.query["$filter"]:
                return Reply(
                    {"value": payments("2026-06-10")[1:], "@odata.count": 2}
                )  # for ever the same page
            return super().__call__(request)

    before = {"replication_key": "JournalDate", "replication_key_value": "2026-06-01"}
    state = {"bookmarks": {"ap_invoice_payments": {"companies": {"A": before}}}}
    with serve(Doubtful()) as (url, _):
        done, messages = tap.run(url, state=state)
    states = [message["value"]["bookmarks"] for message in messages if message["type"] == "STATE"]
    bookmarks = [each["ap_invoice_payments"]["companies"]["A"]["replication_key_value"] for each in states]
    assert done.returncode == 3
    assert "2026-06-10" in bookmarks
    assert bookmarks[-1] == "2026-06-01"


def test_a_bug_costs_one_company_of_one_stream(tap, monkeypatch):
    plan = company_reader.plan

    def broken_for_one(table, situation):
        if table.stream == "suppliers" and situation.fiscal_periods._company.id == "A":
            raise KeyError("unforeseen")
        return plan(table, situation)

    monkeypatch.setattr(company_reader, "plan", broken_for_one)
    with serve(SmallSyspro()) as (url, _):
        done, messages = tap.run(url)
    assert done.returncode == 3
    assert len(records(messages, "suppliers", "B")) == 2
    assert len(records(messages, "ap_invoice_payments")) == 4
    assert "suppliers A: This is a bug in tap-syspro, please report it: KeyError: 'unforeseen'" in done.stderr
    assert "Traceback" not in done.stderr


def test_everything_failing_is_1(tap):
    busy = Reply({"error": {"message": "x"}}, 503)
    faults = {(company, table): busy for company in "AB" for table in ("ApSupplier", "ApInvoicePay")}
    with serve(SmallSyspro(faults)) as (url, _):
        done, messages = tap.run(url)
    assert done.returncode == 1
    assert not [message for message in messages if message["type"] == "RECORD"]


def test_a_server_that_is_not_there(tap):
    with serve(SmallSyspro()) as (url, _):
        pass
    done, _ = tap.run(url)
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_view_without_a_key_asks_for_one(tap):
    with serve(SmallSyspro()) as (url, _):
        catalog = selected(tap.discover(url), "some_view")
        done, _ = tap.run(url, catalog=catalog)
    assert done.returncode == 1
    assert "`tables`" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="terminate() ends a process there without a signal")
def test_a_signal_ends_a_hanging_read_behind_the_last_state(tmp_path):
    release = threading.Event()

    class Hanging(SmallSyspro):
        def __call__(self, request):
            if request.path == "/B/ApSupplier":
                release.wait(60)
            return super().__call__(request)

    with serve(Hanging()) as (url, _):
        config = {
            "odata_url": url,
            "odata_username": "u",
            "odata_password": PASSWORD,
            "companies": ["A", "B"],
        }
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config))
        process = subprocess.Popen(
            [sys.executable, "-m", "tap_syspro", "--config", str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        lines = []
        for line in process.stdout:
            lines.append(line)
            if '"_syspro_read_at"' in line and '"type":"STATE"' in line:
                break
        process.terminate()
        rest, log = process.communicate(timeout=30)
        release.set()
    messages = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert process.returncode == 128 + signal.SIGTERM, log
    assert set(last_state(messages)["bookmarks"]["suppliers"]["companies"]) == {"A"}
    assert "Traceback" not in log
