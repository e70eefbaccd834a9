"""The command `target-databricks-uc`."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Run the target and end the process with its exit code."""
    from singer_kit.cli import main_for  # noqa: PLC0415  # the SDK takes a second to load

    from target_databricks_uc.target import TargetDatabricksUc  # noqa: PLC0415  # likewise

    main_for(TargetDatabricksUc)()


if __name__ == "__main__":
    main()
