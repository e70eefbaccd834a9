"""The command `target-databricks-uc-views`: its options, and what it makes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NoReturn

import click
from singer_kit import redaction
from singer_kit.cli import run
from singer_kit.clock import SystemClock
from singer_kit.errors import PermanentError

from target_databricks_uc.naming import table_name
from target_databricks_uc.target import TargetDatabricksUc
from target_databricks_uc.views.rendering import read_views

if TYPE_CHECKING:
    from target_databricks_uc.settings import Settings

_NAME = "target-databricks-uc-views"


def create_views(settings: Settings) -> list[str]:
    """Create or replace every view.

    Returns:
        The qualified names of the views.

    Raises:
        PermanentError: A table that a view reads is not there.
    """
    # These bring databricks.sdk, which `--list` and `--print` do not need.
    from target_databricks_uc.provisioning import Provisioner  # noqa: PLC0415  # heavy
    from target_databricks_uc.warehouse import Warehouse  # noqa: PLC0415  # heavy
    from target_databricks_uc.workspace import Workspace  # noqa: PLC0415  # heavy

    warehouse = Warehouse(Workspace(settings.workspace, SystemClock()), {"tool": _NAME})
    provisioner = Provisioner(settings, warehouse)
    schema = f"{settings.catalog}.{settings.schema}"
    created = []
    for view in read_views():
        if missing := [name for name in view.streams if not provisioner.has_table(table_name(name))]:
            raise PermanentError(
                f"The view {view.name} reads tables that are not in {schema}, or not granted to us",
                setting="schema",
                remedy=f"Load these streams first: {', '.join(missing)}",
            )
        warehouse.ask(view.statement(settings), f"Making the view {view.name}")
        created.append(f"{schema}.{view.name}")
    return created


@click.command(
    help="Create or replace the finance views over the loaded tables.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 128+n ended by signal n.",
)
@click.option(
    "--config",
    multiple=True,
    callback=TargetDatabricksUc.cb_config,
    help="A configuration file of target-databricks-uc, or ENV for its environment variables (the default).",
)
@click.option("--list", "lists", is_flag=True, help="List the views and the streams they read.")
@click.option("--print", "prints", is_flag=True, help="Print the statements instead of running them.")
def command(config: Any, *, lists: bool, prints: bool) -> None:
    """Do what the options say."""
    if lists:
        for view in read_views():
            click.echo(f"{view.name}: {view.description} Reads {', '.join(view.streams)}.")
        return
    target = TargetDatabricksUc(config=config.config, parse_env_config=config.parse_env or not config.config)
    if prints:
        click.echo("\n".join(f"{view.statement(target.settings)};" for view in read_views()))
        return
    for name in create_views(target.settings):
        click.echo(f"Created {name}.")


def main() -> NoReturn:
    """Run the command and end the process with its exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s | %(levelname)-8s | %(name)s | %(message)s")
    logging.getLogger("databricks").setLevel(logging.ERROR)
    redaction.install()
    run(lambda: command.main(standalone_mode=False), name=_NAME)
