"""The command `tap-syspro`."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Run the tap and end the process with its exit code."""
    from singer_kit.cli import main_for  # noqa: PLC0415  # the SDK takes a second to load

    from tap_syspro.tap import TapSyspro  # noqa: PLC0415  # the SDK takes a second to load

    main_for(TapSyspro)()


if __name__ == "__main__":
    main()
