"""Run the tests on every supported Python that this machine has.

python tools/matrix.py            # 3.10 to 3.13, each in an environment of its own below .matrix/
python tools/matrix.py 3.12       # one of them

What takes a Meltano environment or Java is left to `make test` and `make test-full`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".matrix"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PACKAGES = ("singer-kit", "tap-syspro", "target-anaplan", "target-databricks-uc", "sandbox")
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
UV = str(Path(sys.executable).with_name("uv"))


def environment() -> dict[str, str]:
    """The variables of this process; with pyenv, all its versions answer, not only the chosen one."""
    if shutil.which("pyenv") is None:
        return dict(os.environ)
    answer = subprocess.run(["pyenv", "versions", "--bare"], check=True, capture_output=True, text=True)
    return {**os.environ, "PYENV_VERSION": ":".join(answer.stdout.split())}


def find_python(version: str) -> str | None:
    """The interpreter of a version, if it is installed; nothing is downloaded."""
    answer = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", "--system", version],
        check=False, capture_output=True, text=True, env=environment(),
    )  # fmt: skip
    return answer.stdout.strip() if answer.returncode == 0 else None


def install(version: str, interpreter: str) -> str:
    """Make the environment of a version and install everything for the tests.

    Returns:
        The environment's own interpreter.
    """
    folder = FOLDER / version
    python = str(folder / SCRIPTS / "python")
    subprocess.run(
        [UV, "venv", "--quiet", "--allow-existing", "--python", interpreter, str(folder)],
        check=True,
        env=environment(),
    )
    editable = [part for package in PACKAGES for part in ("--editable", f"./{package}")]
    subprocess.run(
        [UV, "pip", "install", "--quiet", "--python", python, "--constraint", "constraints.txt",
         "--group", "dev", *editable],
        cwd=ROOT, check=True,
    )  # fmt: skip
    return python


def run_tests(python: str) -> int:
    """Run the tests that need neither a Meltano environment nor Java; returns pytest's exit code."""
    return subprocess.run(
        [python, "-m", "pytest", "--quiet", "--dist", "loadfile", "--numprocesses", "2",
         "-p", "no:cacheprovider", "-m", "not full and not spark and not meltano"],
        cwd=ROOT, check=False,
    ).returncode  # fmt: skip


def main(versions: list[str]) -> int:
    """Test each version and print what became of it; the exit code is 1 when one fails or none is there."""
    results = []
    for version in versions or PYTHONS:
        interpreter = find_python(version)
        if interpreter is None:
            results.append((version, "not installed"))
            continue
        started = time.monotonic()
        code = run_tests(install(version, interpreter))
        results.append(
            (version, f"{'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s")
        )
    for version, result in results:
        print(f"Python {version}: {result}")
    tested = [result for _, result in results if result != "not installed"]
    return 1 if not tested or any("FAILED" in result for result in tested) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
