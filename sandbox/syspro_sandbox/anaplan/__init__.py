"""The Anaplan stand-in: authentication and the Integration API v2 over a model that really holds the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.options import AnaplanOptions
from syspro_sandbox.anaplan.sandbox import AnaplanSandbox

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AnaplanOptions", "AnaplanSandbox", "create"]

DATABASE = "anaplan.sqlite3"


def create(data_dir: Path | None, *, options: AnaplanOptions | None = None) -> AnaplanSandbox:
    """Open the stand-in.

    Args:
        data_dir: The sandbox's folder, where its data survives a restart; None keeps it in memory.
        options: The switches.
    """
    path = None if data_dir is None else data_dir / "anaplan" / DATABASE
    return AnaplanSandbox(path, options or AnaplanOptions())
