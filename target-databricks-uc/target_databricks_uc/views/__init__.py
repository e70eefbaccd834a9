"""The finance views over the loaded tables, and the command that makes them."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """The command `target-databricks-uc-views`."""
    from target_databricks_uc.views.command import main as run_command  # noqa: PLC0415  # as `__main__` does

    run_command()
