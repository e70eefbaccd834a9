"""Published plugins of other people, each in a virtual environment of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

UV = str(Path(sys.executable).with_name("uv"))
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"

#: What is installed for a command.
REQUIREMENTS = {
    "tap-jsonl": ("tap-jsonl==0.3.1",),
    "tap-spreadsheets": ("tap-spreadsheets==1.1.2",),
    "meltano-map-transform": ("meltano-map-transform==0.12.3",),
    "target-jsonl": ("target-jsonl==0.1.4",),
    "target-csv": ("meltanolabs-target-csv==0.5.0",),
    # With duckdb 1.3 and later its COPY takes the first row of many a batch for a header, and it is lost.
    "target-duckdb": ("target-duckdb==0.8.0", "duckdb==1.2.2"),
}


@dataclass
class Environments:
    """Virtual environments, each made when its plugin is first asked for."""

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
                 *REQUIREMENTS[name]],
                check=True,
            )  # fmt: skip
            self._made.add(name)
        return str(scripts / name)

    def python(self, name: str) -> str:
        """The interpreter beside a plugin, for what only its own libraries can read."""
        return str(Path(self.executable(name)).with_name("python"))
