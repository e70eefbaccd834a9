"""Choose the pinned versions of constraints.txt anew, for every supported Python.

The file carries versions and markers only: no addresses, so that it holds wherever packages come from.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.10.4"
PINNED_TOO = ("uv",)


def main() -> None:
    """Resolve the packages and the development group, and write constraints.txt."""
    own = [f"./{project.parent.name}" for project in sorted(ROOT.glob("*/pyproject.toml"))]
    wanted = "\n".join([*(f"-e {package}" for package in own), *PINNED_TOO])
    command = [
        str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--universal", "--upgrade",
        "--python-version", OLDEST_PYTHON, "--no-python-downloads", "--no-header", "--no-annotate",
        "--group", "full", "-",
    ]  # fmt: skip
    answer = subprocess.run(command, cwd=ROOT, check=True, input=wanted, stdout=subprocess.PIPE, text=True)
    pins = [line for line in answer.stdout.splitlines() if "==" in line and not line.startswith("-e ")]
    (ROOT / "constraints.txt").write_text("\n".join(pins) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
