"""`python -m demo`, which `make demo` runs: from empty systems to books that balance."""

from __future__ import annotations

import os
import sys
import time

from rich.console import Console
from syspro_sandbox import syspro
from syspro_sandbox.runner import Sandbox, SandboxError

from demo import show
from demo.jobs import PROJECT, DemoError, JobRun, forget_state, run_job, run_meltano

JOBS = ("syspro-to-anaplan", "syspro-to-databricks")


def run_both_jobs(sandbox: Sandbox, console: Console, *, log: str) -> list[JobRun]:
    """One tick of the schedule: what cron would start every 15 minutes."""
    runs = []
    for job in JOBS:
        console.print(f"[bold]meltano run {job}[/bold]")
        finished = run_job(job, sandbox.environment, console, log=f"{log}-{job}")
        console.print(f"  {sum(finished.rows.values()):,} rows in {finished.seconds:.0f} s\n")
        runs.append(finished)
    return runs


def play(console: Console) -> None:
    """The demo.

    Raises:
        DemoError: When a step failed.
        SandboxError: When the sandbox cannot be started.
    """
    started = time.monotonic()
    folder = PROJECT / "var" / "sandbox"
    where = folder.relative_to(PROJECT)
    console.print(f"Starting SYSPRO, Anaplan and Databricks stand-ins over [bold]{where}[/bold] ...")
    is_new = not folder.exists()
    with Sandbox(folder) as sandbox:
        if is_new:
            forget_state(show.STATE_IDS)
        first = run_both_jobs(sandbox, console, log="1")
        console.print("[bold]sandbox day[/bold]")
        summary = syspro.play_day(sandbox.folder)
        console.print(
            f"  {summary.business_date:%A %d %B %Y}: {summary.inserted} rows new, {summary.updated} changed, "
            f"{summary.deleted} deleted in SYSPRO\n"
        )
        second = run_both_jobs(sandbox, console, log="2")
        console.print("[bold]meltano invoke target-databricks-uc:views[/bold]")
        with run_meltano(["invoke", "target-databricks-uc:views"], sandbox.environment) as process:
            output = process.communicate()[0]
        if process.returncode != 0:
            raise DemoError(f"The views could not be created:\n{output}")
        console.print()
        show.moved_rows(console, first, second)
        show.planning_model(console, sandbox.environment)
        show.vendor_ageing(console, sandbox.environment)
        show.trail_of_an_invoice(console, sandbox)
        show.bookmarks(console, sandbox.environment)
    show.where_to_go(console)
    console.print(f"Done in {time.monotonic() - started:.0f} s.")


def main() -> None:
    """Play it; a failed step is told in plain words, exit code 1."""
    width = None if sys.stdout.isatty() else 130
    console = Console(width=width, soft_wrap=False)
    os.environ.setdefault("MELTANO_PROJECT_ROOT", str(PROJECT))
    try:
        play(console)
    except (DemoError, SandboxError, syspro.SysproDataError) as error:
        console.print(f"{error}.", style="red", markup=False, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
