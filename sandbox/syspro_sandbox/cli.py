"""The `sandbox` command: start the stand-ins, run something against them, play a business day."""

from __future__ import annotations

import logging
import shlex
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from syspro_sandbox import syspro
from syspro_sandbox.faults import Faults, FaultsError
from syspro_sandbox.runner import Ports, Sandbox, SandboxError, data_dir, read_running, run_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

#: The name under which everything about faults is logged.
FAULTS_LOGGER = "syspro_sandbox.faults"

console = Console(stderr=True)
F = TypeVar("F", bound="Callable[..., Any]")

DATA_OPTION = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the sandbox's data (default: the running sandbox's, else var/sandbox).",
)


def _start_options(function: F) -> F:
    """The options that `up` and `run` share."""
    for option in (
        DATA_OPTION,
        click.option(
            "--scale",
            type=click.FloatRange(min=0, min_open=True),
            help="Multiplies the number of SYSPRO documents (new data: 1).",
        ),
        click.option("--seed", type=int, help="Seed of new data (7)."),
        click.option("--companies", help=f"SYSPRO companies, by commas (new data: {','.join(syspro.ALL)})."),
        click.option(
            "--today",
            type=click.DateTime(["%Y-%m-%d"]),
            help="Business date of new data (a fixed one).",
        ),
        click.option(
            "--port-base",
            type=click.IntRange(0, Ports.HIGHEST_BASE),
            default=0,
            help="First of three ports in a row (default: any free ports).",
        ),
        click.option(
            "--faults",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="File of what goes wrong on purpose, and when (sandbox README, Faults).",
        ),
    ):
        function = option(function)
    return function


def _open(
    data: Path | None,
    *,
    scale: float | None,
    seed: int | None,
    companies: str | None,
    today: datetime | None,
    port_base: int,
    faults: Path | None,
) -> Sandbox:
    day: date | None = today.date() if today else None
    names = [name.strip() for name in companies.split(",") if name.strip()] if companies else None
    if unknown := sorted(set(names or ()) - set(syspro.ALL)):
        raise click.BadParameter(
            f"unknown: {', '.join(unknown)}; there are {', '.join(syspro.ALL)}", param_hint="--companies"
        )
    return Sandbox(
        data_dir(data),
        scale=scale,
        seed=seed,
        companies=names,
        today=day,
        ports=Ports.from_base(port_base),
        faults=_read_faults(faults),
    )


def _read_faults(path: Path | None) -> Faults:
    """The faults of a file, or none; what happens of them is written to the console."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("sandbox: %(message)s"))
    log = logging.getLogger(FAULTS_LOGGER)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    if path is None:
        return Faults()
    faults = Faults.from_file(path)
    if faults.has_chance:
        log.info("Faults by chance, with seed %d", faults.seed)
    return faults


def _wait_for_signal() -> None:
    """Return when the user or the system asks us to stop."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    while not asked.wait(timeout=1):  # a wait without a timeout would not be interrupted on Windows
        pass


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="syspro-sandbox")
def cli() -> None:
    """Local stand-ins of SYSPRO, Anaplan and Databricks, on loopback, with realistic data.

    Exit codes: 0 done; 1 failed, told in one line; 2 wrong usage. `run` exits as its command did.
    """


@cli.command()
@_start_options
def up(**options: Any) -> None:
    """Start the three servers, print their addresses and credentials, and serve until Ctrl-C."""
    with console.status("Preparing data ..."):
        sandbox = _open(**options)
    with sandbox:
        for name, value in sandbox.environment.items():
            click.echo(f"export {name}={shlex.quote(value)}")
        sys.stdout.flush()
        console.print(
            f'\nServing {sandbox.folder}. In another terminal: [bold]eval "$(sandbox env)"[/bold], then '
            "[bold]meltano run tap-syspro target-anaplan[/bold]; "
            "[bold]sandbox day[/bold] plays a business day. Ctrl-C stops."
        )
        _wait_for_signal()


@cli.command(context_settings={"ignore_unknown_options": True})
@_start_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(command: tuple[str, ...], **options: Any) -> None:
    """Start the servers, run COMMAND with their settings in its environment, and stop.

    Exit codes: the command's; 128 + n when signal n ended it; 1 when the servers or the command cannot be
    started; 2 wrong usage.
    """
    with _open(**options) as sandbox:
        code = run_command(command, sandbox.environment)
    sys.exit(code)


@cli.command()
@DATA_OPTION
def env(data: Path | None) -> None:
    """Print the settings of the running sandbox as shell exports."""
    environment = read_running(data_dir(data))
    if environment is None:
        raise SandboxError(f"No sandbox serves {data_dir(data)}: start one with `sandbox up`")
    for name, value in environment.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@cli.command()
@DATA_OPTION
@click.option(
    "--with",
    "happenings",
    type=click.Choice(syspro.HAPPENINGS),
    multiple=True,
    help="What happens besides what every day holds; may be given several times.",
)
def day(data: Path | None, happenings: tuple[syspro.Happening, ...]) -> None:
    """Play one business day in SYSPRO: new documents, payments on old ones, renames, deletions, postings."""
    folder = data_dir(data)
    summary = syspro.play_day(folder, happenings=happenings)
    table = Table(title=f"Business day {summary.business_date:%A %d %B %Y}")
    for heading in ("company", "table", "new", "changed", "deleted"):
        table.add_column(heading, justify="left" if heading in {"company", "table"} else "right")
    for change in summary.changes:
        table.add_row(
            change.company,
            change.table,
            str(len(change.inserted)),
            str(len(change.updated)),
            str(len(change.deleted)),
        )
    Console().print(table)


def main() -> None:
    """Run the command; a user's mistake is one line and exit code 1."""
    try:
        cli()
    except (SandboxError, FaultsError, syspro.SysproDataError) as error:
        console.print(f"[red]sandbox:[/red] {escape(str(error))}.", soft_wrap=True, highlight=False)
        sys.exit(1)
