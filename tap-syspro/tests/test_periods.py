"""The method `periods`."""

from __future__ import annotations

import re

import pytest
from tap_syspro import bookmarks
from tap_syspro.changes.read_plan import plan
from tap_syspro.tables import BY_NAME

from .situations import situation, wheres
from .tap_http import Reply, serve
from .tap_runner import records

METADATA = b"""<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Syspro" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityType Name="ApJnlSummary">
<Property Name="TrnYear" Type="Edm.Decimal"/><Property Name="TrnMonth" Type="Edm.Decimal"/>
<Property Name="Journal" Type="Edm.Decimal"/><Property Name="EntryNumber" Type="Edm.Decimal"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="ApJnlSummary" EntityType="Syspro.ApJnlSummary"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""


def test_periods_are_read_again_whole():
    table = BY_NAME["GenJournalDetail"]
    made = plan(table, situation(table, bookmark=202606, open_periods=3))
    assert wheres(made) == ["GlYear gt 2026 or (GlYear eq 2026 and GlPeriod ge 4)"]
    assert made.segments[0].order_by == ("GlYear", "GlPeriod", "Journal", "EntryNumber")


def test_periods_are_counted_back_from_the_bookmark_after_a_pause():
    table = BY_NAME["GenJournalDetail"]
    made = plan(table, situation(table, bookmark=202601, open_periods=3))
    assert wheres(made) == ["GlYear gt 2025 or (GlYear eq 2025 and GlPeriod ge 11)"]


def test_the_first_run_of_periods_reads_everything():
    table = BY_NAME["GenTransaction"]
    assert wheres(plan(table, situation(table))) == [""]


def test_balances_are_read_by_year():
    table = BY_NAME["GenHistory"]
    made = plan(table, situation(table, bookmark=2026, open_years=2))
    assert wheres(made) == ["GlYear ge 2025"]
    assert made.limit == 2026


def test_a_future_period_does_not_carry_the_bookmark_along():
    table = BY_NAME["GenTransaction"]
    made = plan(table, situation(table, bookmark=202605))
    position = made.segments[0].position({"GlYear": "2031", "GlPeriod": 1})
    assert position == 203101
    assert bookmarks.advance(202605, position, made.limit) == 202606


def journals_of_fiscal_years(request):
    """A company whose fiscal years begin in July: 2025/1 to 2025/12 are July 2025 to June 2026."""
    if request.path.endswith("$metadata"):
        return Reply(METADATA, content_type="application/xml")
    condition = request.query.get("$filter", "")
    rows = [{"TrnYear": 2025, "TrnMonth": month, "Journal": 1, "EntryNumber": 1} for month in range(1, 13)]
    if "$orderby" in request.query and "desc" in request.query["$orderby"]:
        return Reply({"value": rows[-1:]})
    python = re.sub(r"(\w+) (eq|gt|ge|lt|le) (\d+)", r"(row['\1'] \2 \3)", condition)
    for word, sign in {"eq": "==", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}.items():
        python = python.replace(f" {word} ", f" {sign} ")
    return Reply({"value": [row for row in rows if not python or eval(python, {"row": row})]})


@pytest.mark.server
def test_a_fiscal_year_named_after_the_year_it_begins_in_is_not_cut_off(tap):
    """Where no posting is dated, nobody can tell which period the start date is in."""
    with serve(journals_of_fiscal_years) as (url, _):
        done, messages = tap.run(url, config={"companies": ["A"], "start_date": "2026-01-01"})
    assert done.returncode == 0, done.stderr
    assert {row["TrnMonth"] for row in records(messages, "ap_journals")} >= {7, 8, 9, 10, 11, 12}
