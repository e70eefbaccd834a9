"""meltano.yml says what the plugins say of themselves."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.meltano import ROOT


def test_settings_and_capabilities_agree_with_about():
    finished = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "meltano_settings.py"), "--check"],
        text=True,
        capture_output=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize("plugin", ["tap-syspro", "target-anaplan", "target-databricks-uc"])
def test_every_password_is_marked_sensitive(plugin):
    from ruamel.yaml import YAML

    project = YAML(typ="safe").load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
    definitions = [*project["plugins"]["extractors"], *project["plugins"]["loaders"]]
    settings = next(definition["settings"] for definition in definitions if definition["name"] == plugin)
    secret = {
        s["name"]
        for s in settings
        if any(word in s["name"] for word in ("password", "secret")) or s["name"] == "token"
    }
    assert secret
    assert secret == {s["name"] for s in settings if s.get("sensitive")}
