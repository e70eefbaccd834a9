"""Published plugins of other people, each in a virtual environment of its own."""

from __future__ import annotations

import subprocess
import sys
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

UV = str(Path(sys.executable).with_name("uv"))
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


class Plugin(t.NamedTuple):
    """A distribution, and the command that it installs."""

    requirement: str
    executable: str


PLUGINS = {
    plugin.executable: plugin
    for plugin in (
        Plugin("tap-jsonl==0.3.1", "tap-jsonl"),
        Plugin("tap-spreadsheets==1.1.2", "tap-spreadsheets"),
        Plugin("meltano-map-transform==0.12.3", "meltano-map-transform"),
        Plugin("target-jsonl==0.1.4", "target-jsonl"),
        Plugin("meltanolabs-target-csv==0.5.0", "target-csv"),
        Plugin("target-duckdb==0.8.0", "target-duckdb"),
    )
}


@dataclass
class Environments:
    """Makes an environment when its plugin is first asked for."""

    folder: Path
    _made: set[str] = field(default_factory=set)

    def executable(self, name: str) -> str:
        """The path of a plugin's command."""
        scripts = self.folder / name / SCRIPTS
        if name not in self._made:
            subprocess.run(
                [UV, "venv", "--quiet", "--python", sys.executable, str(self.folder / name)], check=True
            )
            subprocess.run(
                [UV, "pip", "install", "--quiet", "--python", str(scripts / "python"),
                 PLUGINS[name].requirement],
                check=True,
            )  # fmt: skip
            self._made.add(name)
        return str(scripts / name)

    def python(self, name: str) -> str:
        """The interpreter beside a plugin, for what only its own libraries can read."""
        return str(Path(self.executable(name)).with_name("python"))
