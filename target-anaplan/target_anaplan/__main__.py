"""The command `target-anaplan`."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Run the target and end the process with its exit code."""
    from singer_kit.cli import main_for  # noqa: PLC0415  # the SDK takes a second to load

    from target_anaplan.target import TargetAnaplan  # noqa: PLC0415  # the SDK takes a second to load

    main_for(TargetAnaplan)()


if __name__ == "__main__":
    main()
