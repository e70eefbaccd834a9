"""Starting a plugin loads nothing heavy before the first record."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.server

HEAVY = ("pyarrow", "databricks.sdk", "cryptography", "pysail")


@pytest.mark.parametrize(
    ("module", "plugin"),
    [
        ("tap_syspro.tap", "TapSyspro"),
        ("target_anaplan.target", "TargetAnaplan"),
        ("target_databricks_uc.target", "TargetDatabricksUc"),
    ],
)
def test_about_imports_nothing_heavy(module, plugin):
    code = (
        f"import sys, {module}\n"
        f"{module}.{plugin}.print_about('json')\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'imported at start-up: {heavy}' if heavy else 0)"
    )
    finished = subprocess.run([sys.executable, "-c", code], check=False, text=True, capture_output=True)
    assert finished.returncode == 0, finished.stderr
