"""What the demo shows: rows moved, list items, cells, ageing, the trail of an invoice, bookmarks."""

from __future__ import annotations

import json
import os
import subprocess
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.table import Table
from syspro_sandbox.readback.anaplan import Model
from syspro_sandbox.readback.databricks import query
from target_anaplan.delivery.trace import trace

from demo.jobs import MELTANO, PROJECT, DemoError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from syspro_sandbox.runner import Sandbox

    from demo.jobs import JobRun

SAMPLE = 5
STATE_IDS = ("dev:tap-syspro-anaplan-to-target-anaplan", "dev:tap-syspro-databricks-to-target-databricks-uc")


def _table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def _money(value: str | None) -> str:
    return f"{Decimal(value or 0):,.2f}"


def moved_rows(console: Console, first: Sequence[JobRun], second: Sequence[JobRun]) -> None:
    """Rows by stream, job and run."""
    headings = [
        f"{run.job.removeprefix('syspro-to-')} {number}"
        for run, number in zip((*first, *second), "1122", strict=True)
    ]
    table = _table("Rows moved, by stream and run", "stream", *headings, right=headings)
    runs = (*first, *second)
    for stream in sorted({stream for run in runs for stream in run.rows}):
        table.add_row(stream, *(f"{run.rows[stream]:,}" if stream in run.rows else "" for run in runs))
    table.add_section()
    table.add_row("all", *(f"{sum(run.rows.values()):,}" for run in runs))
    console.print(table)


def planning_model(console: Console, environment: Mapping[str, str]) -> None:
    """A few list items and module cells, as Anaplan's API gives them."""
    model = Model(environment)
    suppliers = model.list_items("Suppliers")
    items = _table(
        f"Anaplan, list Suppliers ({len(suppliers)} items)",
        "code",
        "Supplier Name",
        "Currency",
        "Balance",
        right=["Balance"],
    )
    for code, item in list(suppliers.items())[:SAMPLE]:
        properties = item["properties"]
        items.add_row(
            code,
            properties.get("Supplier Name"),
            properties.get("Currency"),
            _money(properties.get("Balance")),
        )
    console.print(items)
    invoices = model.cells("AP Invoices")
    shown = ("Supplier", "Due Date", "Posting Period", "Original Amount", "Open Balance")
    cells = _table(
        f"Anaplan, module AP Invoices ({len(invoices)} invoices)", "invoice", *shown, right=shown[3:]
    )
    still_open = {place: cell for place, cell in invoices.items() if Decimal(cell["Open Balance"] or 0)}
    for (code,), cell in list(still_open.items())[:SAMPLE]:
        cells.add_row(code, *(cell[name] for name in shown[:3]), *(_money(cell[name]) for name in shown[3:]))
    console.print(cells)


def vendor_ageing(console: Console, environment: Mapping[str, str]) -> None:
    """The largest balances of the view `vendor_ageing`."""
    buckets = ("balance", "not_due", "days_1_30", "days_31_60", "days_61_90", "over_90")
    rows = query(
        environment,
        f"SELECT company, supplier_name, currency, as_of_date, {', '.join(buckets)} "  # noqa: S608  # our own names
        "FROM `main`.`syspro`.`vendor_ageing` ORDER BY balance DESC LIMIT 8",
    )
    as_of = rows[0]["as_of_date"] if rows else ""
    table = _table(
        f"Databricks, view vendor_ageing as of {as_of}",
        "company",
        "supplier",
        "currency",
        *buckets,
        right=buckets,
    )
    for row in rows:
        table.add_row(
            row["company"], row["supplier_name"], row["currency"], *(_money(row[name]) for name in buckets)
        )
    console.print(table)


def trail_of_an_invoice(console: Console, sandbox: Sandbox) -> None:
    """From `_syspro_key` to the batch that carried the record, in both systems."""
    [row] = query(
        sandbox.environment,
        "SELECT i._syspro_key, i._syspro_timestamp, i._syspro_read_at, i._syspro_run_id, i._sdc_batch_id, "
        "i.MthInvBal1, l.load_method, l.path, l.rows_staged, l.committed_at, l.statement_id "
        "FROM `main`.`syspro`.`ap_invoices` AS i JOIN `main`.`syspro`.`_loads` AS l "
        "ON l.batch_id = i._sdc_batch_id AND l.stream = 'ap_invoices' "
        "WHERE i.MthInvBal1 > 0 ORDER BY i._syspro_key LIMIT 1",
    )
    table = _table("The trail of one invoice in Databricks (a query on its _syspro_key)", "what", "value")
    for name, value in row.items():
        table.add_row(name, value)
    console.print(table)
    key = next(
        item["SYSPRO ID"]
        for item in Model(sandbox.environment).cells("AP Invoices").values()
        if Decimal(item["Open Balance"] or 0)
    )
    traces = list(trace(PROJECT / "var" / "target-anaplan", key))
    table = _table(
        f"The trail of {key} in Anaplan (its archived import files)",
        "file",
        "line",
        "task",
        "outcome",
        "Open Balance",
    )
    for found in traces[-3:]:
        table.add_row(
            str(found.file.relative_to(PROJECT)), str(found.line), str(found.outcome.get("task_id", "")),
            str(found.outcome.get("state", "")), found.row.get("Open Balance", ""),
        )  # fmt: skip
    console.print(table)


def bookmarks(console: Console, environment: Mapping[str, str]) -> None:
    """The bookmarks by company, from `meltano state get`."""
    table = _table("Bookmarks of ap_invoices, from `meltano state get`", "state id", "company", "bookmark")
    for state_id in STATE_IDS:
        answer = subprocess.run(
            [MELTANO, "--log-level", "error", "state", "get", state_id],
            cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if answer.returncode != 0:
            raise DemoError(f"meltano state get {state_id} failed:\n{answer.stderr}")
        companies = json.loads(answer.stdout)["singer_state"]["bookmarks"]["ap_invoices"]["companies"]
        for company, bookmark in companies.items():
            table.add_row(
                state_id, company, f"{bookmark['replication_key']} = {bookmark['replication_key_value']}"
            )
    console.print(table)


def where_to_go(console: Console) -> None:
    """Where the files lie and what to try next."""
    console.print(
        "\n[bold]Where things lie[/bold]\n"
        "  var/sandbox/          SYSPRO's books (SQLite), the Anaplan model, the Delta tables\n"
        "  var/target-anaplan/   every file sent to Anaplan with its task and outcome\n"
        "  var/demo/             the logs of this demo\n"
        "  .meltano/             Meltano's state and the plugins' environments\n"
        "\n[bold]What to try next[/bold]\n"
        "  .venv/bin/sandbox up                              serve the stand-ins, print their settings\n"
        "  .venv/bin/sandbox run -- .venv/bin/meltano run tap-syspro target-anaplan\n"
        "  .venv/bin/sandbox day                             play another business day\n"
        "  .venv/bin/sandbox run -- .venv/bin/meltano invoke target-anaplan:test\n"
        '  README.md, "Run it against real systems"          your own SYSPRO, Anaplan and Databricks\n',
        highlight=False,
    )
