"""What each plugin says of itself is what was last looked at: others rely on its settings and abilities.

After a change that is meant: `make settings`, and read the difference of the snapshot as a user would.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).parent / "snapshots"
VERSIONS = ("version", "sdk_version")


@pytest.mark.server
@pytest.mark.parametrize("plugin", ["tap-syspro", "target-anaplan", "target-databricks-uc"])
def test_about_is_the_snapshot(plugin):
    answer = subprocess.run(
        [str(Path(sys.executable).with_name(plugin)), "--about", "--format", "json"],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    about = json.loads(answer.stdout)
    assert all(about.pop(name) for name in VERSIONS)
    assert about == json.loads((SNAPSHOTS / f"{plugin}.json").read_text(encoding="utf-8"))
