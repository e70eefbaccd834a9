"""The command's STATE: what is kept, how far bookmarks move, whose is refused."""

from __future__ import annotations

import pytest

from .small_syspro import SmallSyspro, payments
from .tap_http import Reply, serve
from .tap_runner import last_state, records, selected

pytestmark = pytest.mark.server


def test_a_payment_dated_in_the_future_does_not_carry_the_bookmark_along(tap):
    with serve(SmallSyspro(payment_day="2999-12-31")) as (url, _):
        _, messages = tap.run(url)
    bookmark = last_state(messages)["bookmarks"]["ap_invoice_payments"]["companies"]["A"]
    assert bookmark["replication_key_value"] == "2026-06-17"


def test_the_whole_input_state_is_kept(tap):
    state = {
        "bookmarks": {
            "ap_invoice_payments": {
                "companies": {"Z": {"replication_key": "JournalDate", "replication_key_value": "2020-01-01"}},
                "other": 1,
            },
            "unheard_of": {"x": "y"},
        },
        "more": {"kept": True},
    }
    with serve(SmallSyspro()) as (url, _):
        _, messages = tap.run(url, state=state, config={"companies": ["A"]})
    for message in messages:
        if message["type"] == "STATE":
            value = message["value"]
            assert value["more"] == {"kept": True}
            assert value["bookmarks"]["unheard_of"] == {"x": "y"}
            assert value["bookmarks"]["ap_invoice_payments"]["other"] == 1
            assert (
                value["bookmarks"]["ap_invoice_payments"]["companies"]["Z"]["replication_key_value"]
                == "2020-01-01"
            )


def test_the_window_starts_before_the_bookmark(tap):
    state = {
        "bookmarks": {
            "ap_invoice_payments": {
                "companies": {"A": {"replication_key": "JournalDate", "replication_key_value": "2026-06-10"}}
            }
        }
    }
    with serve(SmallSyspro()) as (url, requests):
        tap.run(url, state=state, config={"companies": ["A"], "lookback_days": 9})
    filters = [request.query["$filter"] for request in requests if request.path.endswith("ApInvoicePay")]
    assert (
        "JournalDate ge 2026-05-31T10:01:00Z" in filters
    )  # 9 days before, and any zone's midnight of 1 June


def test_full_table_reads_everything_and_keeps_the_bookmark(tap):
    class Whole(SmallSyspro):
        def __call__(self, request):
            if request.path.endswith("ApInvoicePay"):
                assert "$filter" not in request.query
                return Reply({"value": payments("2020-01-01"), "@odata.count": 2})
            return super().__call__(request)

    before = {"replication_key": "JournalDate", "replication_key_value": "2026-06-01"}
    state = {"bookmarks": {"ap_invoice_payments": {"companies": {"A": before}}}}
    with serve(Whole()) as (url, _):
        catalog = tap.discover(url)
        for entry in catalog["streams"]:
            if entry["stream"] == "ap_invoice_payments":
                entry["replication_method"] = "FULL_TABLE"
        done, messages = tap.run(url, state=state, catalog=selected(catalog), config={"companies": ["A"]})
    assert done.returncode == 0, done.stderr
    assert len(records(messages, "ap_invoice_payments")) == 2
    assert last_state(messages)["bookmarks"]["ap_invoice_payments"]["companies"]["A"] == before


def test_the_state_of_another_pipeline_is_refused(tap):
    with serve(SmallSyspro()) as (url, requests):
        environment = {"MELTANO_EXTRACTOR_NAME": "tap-syspro-anaplan"}
        done, messages = tap.run(url, env=environment)
        assert last_state(messages)["pipeline"] == "tap-syspro-anaplan"
        requests.clear()
        done, messages = tap.run(
            url, state=last_state(messages), env={"MELTANO_EXTRACTOR_NAME": "tap-syspro-databricks"}
        )
    assert done.returncode == 1
    assert not [request for request in requests if not request.path.endswith("$metadata")]
    assert messages == []
    assert "belongs to the pipeline 'tap-syspro-anaplan'" in done.stderr
