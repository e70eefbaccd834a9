"""Choose the pinned versions of constraints.txt anew, for every supported Python.

The file carries versions and markers only: no addresses, so that it holds wherever packages come from.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.10.4"


def main() -> None:
    """Resolve the packages and the development group, and write constraints.txt."""
    projects = sorted(ROOT.glob("*/pyproject.toml"))
    command = [
        str(Path(sys.executable).with_name("uv")), "pip", "compile", "--universal", "--upgrade",
        "--python-version", OLDEST_PYTHON, "--no-header", "--no-annotate", "--no-emit-index-url",
        "--group", "dev", "--output-file", "constraints.txt", *map(str, projects),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    own = tuple(f"{project.parent.name}" for project in projects)
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith((*own, "-e ", "."))]
    (ROOT / "constraints.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
