"""The finance views over the loaded tables, and the command that makes them."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """The command `target-databricks-uc-views`."""
    from target_databricks_uc.views import command  # noqa: PLC0415  # the SDK takes a second to load

    command.main()
