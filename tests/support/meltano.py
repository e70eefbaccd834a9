"""Run the project's own Meltano with a state database and folders of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent.parent
RUN_SECONDS = 300


@dataclass(frozen=True)
class ProjectFile:
    """What the project file says, with the files that it includes.

    Attributes:
        plugins: Definitions of extractors and loaders by name, as they are written.
        environments: Names of the environments.
        jobs: Each job's tasks by its name.
    """

    plugins: dict[str, dict[str, Any]]
    environments: tuple[str, ...]
    jobs: dict[str, list[str]]


def read_project() -> ProjectFile:
    """Read meltano.yml and what it includes."""
    main = _load(ROOT / "meltano.yml")
    included = [
        _load(path) for pattern in main.get("include_paths", ()) for path in sorted(ROOT.glob(pattern))
    ]
    return ProjectFile(
        plugins={
            plugin["name"]: plugin
            for content in (*included, main)
            for kind in ("extractors", "loaders")
            for plugin in content.get("plugins", {}).get(kind, ())
        },
        environments=tuple(environment["name"] for environment in main["environments"]),
        jobs={job["name"]: job["tasks"] for job in main["jobs"]},
    )


def _load(path: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", YAML(typ="safe").load(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Project:
    """The checkout as a Meltano project, with everything it writes redirected below `folder`."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TAP_", "TARGET_"))},
            "MELTANO_PROJECT_ROOT": str(ROOT),
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder / 'meltano.db'}",
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
            "TARGET_ANAPLAN_STATE_DIR": str(self.folder / "target-anaplan"),
            "NO_COLOR": "1",
            **self.environment,
        }

    def command(self, *arguments: str) -> list[str]:
        return [str(Path(sys.executable).with_name("meltano")), *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments), cwd=ROOT, env=self.variables, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, env={**self.variables, **variables}, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=RUN_SECONDS,
        )  # fmt: skip

    def succeed(self, *arguments: str, **variables: str) -> str:
        finished = self.run(*arguments, **variables)
        assert finished.returncode == 0, finished.stdout[-6000:]
        return finished.stdout

    def state(self, state_id: str) -> dict[str, Any]:
        answer = subprocess.run(
            self.command("--log-level", "error", "state", "get", state_id), cwd=ROOT, env=self.variables,
            text=True, check=True, capture_output=True, timeout=RUN_SECONDS,
        )  # fmt: skip
        return cast("dict[str, Any]", json.loads(answer.stdout))
