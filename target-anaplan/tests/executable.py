"""The real executable, configured for one server, and how a run of it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .scripted_anaplan import MODEL, PASSWORD, USER, WORKSPACE

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Run:
    """How a run of the executable ended."""

    code: int
    out: str
    err: str
    state_dir: Path

    @property
    def states(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last_line(self) -> str:
        return self.err.strip().splitlines()[-1]

    @property
    def outcomes(self) -> list[dict]:
        """The archive's outcomes, in order."""
        return [
            json.loads(path.read_text()) for path in sorted(self.state_dir.glob("batches/*/outcome.json"))
        ]

    @property
    def rejected(self) -> list[dict]:
        """The archive's rejected rows."""
        files = sorted(self.state_dir.glob("batches/*/rejected.jsonl"))
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]


#: Imports the target once and forks for each run.
FORKING = """
import json, os, sys
import target_anaplan.target
from target_anaplan.__main__ import main
for line in sys.stdin:
    run = json.loads(line)
    child = os.fork()
    if child == 0:
        os.chdir(run["folder"])
        os.environ["MELTANO_PROJECT_ROOT"] = run["folder"]
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(name, flags), number)
        sys.stdin = open(0, closefd=False)
        sys.argv = ["target-anaplan", *run["arguments"]]
        main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Target:
    """The executable, configured for one server."""

    def __init__(self, folder: Path, url: str, forking: subprocess.Popen | None) -> None:
        self.folder = folder
        self.forking = forking
        self.config = {
            "username": USER,
            "password": PASSWORD,
            "workspace_id": WORKSPACE,
            "model_id": MODEL,
            "api_url": f"{url}/2/0",
            "auth_url": url,
        }

    def start(self, *arguments: str, **config) -> subprocess.Popen:
        """Start the real executable."""
        return subprocess.Popen(
            [sys.executable, "-m", "target_anaplan", *self.arguments(arguments, config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**os.environ, "MELTANO_PROJECT_ROOT": str(self.folder)},
        )

    def arguments(self, arguments: tuple[str, ...], config: dict) -> list[str]:
        path = self.folder / "config.json"
        path.write_text(json.dumps({**self.config, **config}))
        return ["--config", str(path), *arguments]

    def run(self, messages: list[dict], *arguments: str, **config) -> Run:
        """Feed messages to its entry point, in a process of its own."""
        lines = "".join(json.dumps(message) + "\n" for message in messages)
        if self.forking is None:
            return self.execute(lines, *arguments, **config)
        (self.folder / "stdin").write_text(lines)
        order = {"folder": str(self.folder), "arguments": self.arguments(arguments, config)}
        self.forking.stdin.write(json.dumps(order) + "\n")
        self.forking.stdin.flush()
        code = int(self.forking.stdout.readline())
        return self.ended(code, (self.folder / "stdout").read_text(), (self.folder / "stderr").read_text())

    def execute(self, lines: str, *arguments: str, **config) -> Run:
        """Feed lines to the real executable."""
        process = self.start(*arguments, **config)
        out, err = process.communicate(lines, timeout=60)
        return self.ended(process.returncode, out, err)

    def ended(self, code: int, out: str, err: str) -> Run:
        assert "Traceback" not in err, err
        assert PASSWORD not in err + out
        return Run(code, out, err, self.folder / "var" / "target-anaplan")
