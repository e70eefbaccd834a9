"""What hatchling fills in for every package: the version, and the exact pin on singer-kit.

Both come from the file VERSION, so that a release changes one line. A package's `pyproject.toml` names this
file under `[tool.hatch.metadata.hooks.custom]`, with its other dependencies beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

VERSION_FILE = Path(__file__).resolve().parent.parent / "VERSION"


class PackageMetadata(MetadataHookInterface):
    """Set `version` and `dependencies`."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in what the package's `pyproject.toml` declares dynamic."""
        version = VERSION_FILE.read_text(encoding="utf-8").strip()
        siblings = [f"{name}=={version}" for name in self.config.get("siblings", ())]
        metadata["version"] = version
        metadata["dependencies"] = [*siblings, *self.config["dependencies"]]
