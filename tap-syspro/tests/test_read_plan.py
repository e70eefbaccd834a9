"""What holds for the reads of all methods."""

from __future__ import annotations

from tap_syspro.changes.read_plan import plan
from tap_syspro.tables import BY_NAME

from .situations import situation, wheres


def test_full_table_reads_all_rows_and_keeps_the_bookmark():
    table = BY_NAME["ApInvoice"]
    made = plan(table, situation(table, bookmark="2026-06-10", full_table=True))
    assert wheres(made) == [""]
    assert made.moves is False


def test_the_ledger_filter_goes_into_every_segment():
    table = BY_NAME["GenTransaction"]
    made = plan(table, situation(table, bookmark=202606, gl_company_filter=("10", "O'N")))
    assert wheres(made)[0].startswith("(Company eq '10' or Company eq 'O''N') and (GlYear gt ")
    assert wheres(
        plan(BY_NAME["ApSupplier"], situation(BY_NAME["ApSupplier"], gl_company_filter=("10",)))
    ) == [""]
