"""tap-syspro in another Meltano project, from its wheel, with a published mapper and a published target."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.books import read_table
from support.foreign import REQUIREMENTS, UV
from support.meltano import ROOT, RUN_SECONDS

if TYPE_CHECKING:
    from syspro_sandbox.runner import Sandbox

pytestmark = [pytest.mark.full, pytest.mark.meltano]

COMPANY = "PLT2"


def describe(out: Path) -> dict[str, Any]:
    """A project file with two published plugins, before tap-syspro is added."""
    mapper = {
        "name": "meltano-map-transform",
        "namespace": "meltano_map_transform",
        "pip_url": " ".join(REQUIREMENTS["meltano-map-transform"]),
        "executable": "meltano-map-transform",
        "mappings": [
            {
                "name": "open-invoices",
                "config": {"stream_maps": {"ap_invoices": {"__filter__": "MthInvBal1 != 0"}}},
            }
        ],
    }
    target = {
        "name": "target-jsonl",
        "namespace": "target_jsonl",
        "pip_url": " ".join(REQUIREMENTS["target-jsonl"]),
        "settings": [{"name": "destination_path"}],
        "config": {"destination_path": str(out)},
    }
    return {
        "requires_meltano": ">=4.0",
        "default_environment": "dev",
        "environments": [{"name": "dev"}],
        "plugins": {"mappers": [mapper], "loaders": [target]},
    }


def test_syspro_through_a_mapper_into_target_jsonl(sandbox: Sandbox, tmp_path: Path) -> None:
    wheels, out, project = tmp_path / "dist", tmp_path / "out", tmp_path / "project"
    for package in ("singer-kit", "tap-syspro", "target-anaplan", "target-databricks-uc"):
        subprocess.run(
            [UV, "build", "--quiet", "--wheel", "--out-dir", str(wheels), package], cwd=ROOT, check=True
        )
    subprocess.run(
        [sys.executable, "tools/plugin_definitions.py", "--dist", str(wheels)], cwd=ROOT, check=True
    )
    out.mkdir()
    project.mkdir()
    (project / "meltano.yml").write_text(yaml.safe_dump(describe(out)), encoding="utf-8")
    variables = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TAP_", "TARGET_", "MELTANO_"))
        },
        **sandbox.environment,
        "TAP_SYSPRO_COMPANIES": json.dumps([COMPANY]),
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        "NO_COLOR": "1",
    }

    def meltano(*arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("meltano")), *arguments]
        done = subprocess.run(
            command, cwd=project, env=variables, text=True, check=False, capture_output=True,
            timeout=RUN_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
        return done.stdout

    # As docs/mixing.md says.
    meltano("add", "--plugin-type", "extractor", "tap-syspro", "--from-ref", str(wheels / "tap-syspro.yml"))
    meltano("select", "tap-syspro", "ap_invoices", "*")
    meltano("select", "tap-syspro", "suppliers", "*")
    meltano("invoke", "tap-syspro:test")
    meltano("run", "tap-syspro", "open-invoices", "target-jsonl")

    delivered = {
        (row["Supplier"], row["Invoice"]): row
        for file in out.glob("ap_invoices-*.jsonl")
        for row in (json.loads(line, parse_float=Decimal) for line in file.read_text("utf-8").splitlines())
    }
    books = read_table(sandbox.syspro.databases[COMPANY], "ApInvoice")
    expected = {key: row for key, row in books.items() if row["MthInvBal1"]}
    assert {key: {name: row[name] for name in expected[key]} for key, row in delivered.items()} == expected
    state = json.loads(meltano("--log-level", "error", "state", "get", "dev:tap-syspro-to-target-jsonl"))
    assert set(state["singer_state"]["bookmarks"]) == {"ap_invoices", "suppliers"}
    assert set(state["singer_state"]["bookmarks"]["ap_invoices"]["companies"]) == {COMPANY}
