"""Each plugin installs from the wheels of `make dist` alone, and runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.meltano import ROOT

PACKAGES = ("singer-kit", "tap-syspro", "target-anaplan", "target-databricks-uc", "sandbox")
UV = str(Path(sys.executable).with_name("uv"))

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    for package in PACKAGES:
        subprocess.run(
            [UV, "build", "--quiet", "--wheel", "--out-dir", str(folder), package], cwd=ROOT, check=True
        )
    return folder


@pytest.mark.parametrize("plugin", ["tap-syspro", "target-anaplan", "target-databricks-uc"])
def test_a_plugin_installs_from_the_folder_and_tells_its_version(plugin, wheels, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    folder = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run(
        [UV, "pip", "install", "--quiet", "--python", str(folder / "python"), "--find-links", str(wheels),
         "--constraint", str(ROOT / "constraints.txt"), plugin],
        check=True, cwd=tmp_path,
    )  # fmt: skip
    answer = subprocess.run(
        [str(folder / plugin), "--version"], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
    assert version in answer.stdout + answer.stderr
