"""Run Meltano's jobs with their progress on the terminal, and count the rows they moved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import Console

PROJECT = Path(__file__).resolve().parent.parent
MELTANO = str(Path(sys.executable).with_name("meltano"))
LOG_FOLDER = PROJECT / "var" / "demo"
TAIL_LINES = 15
SDK_NOISE = ("Skipping ", "Beginning sync")


class DemoError(Exception):
    """A step of the demo failed; the message says which and where its log lies."""


@dataclass
class JobRun:
    """One run of a job: seconds, and rows by stream as the tap counted them."""

    job: str
    seconds: float = 0.0
    rows: Counter[str] = field(default_factory=Counter)


def run_meltano(arguments: Iterable[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start Meltano in the project with JSON logs on one pipe."""
    return subprocess.Popen(
        [MELTANO, "--log-format", "json", *arguments],
        cwd=PROJECT,
        env={
            **os.environ,
            **environment,
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def forget_state(state_ids: Iterable[str]) -> None:
    """Drop the bookmarks of an earlier sandbox: they would be ahead of a new one's empty systems."""
    if (PROJECT / ".meltano" / "meltano.db").exists():
        for state_id in state_ids:
            with run_meltano(["state", "clear", "--force", state_id], {}) as process:
                process.communicate()


def run_job(job: str, environment: Mapping[str, str], console: Console, *, log: str) -> JobRun:
    """Run one job, showing what its plugins say; the whole log goes to a file.

    Raises:
        DemoError: When the job failed.
    """
    LOG_FOLDER.mkdir(parents=True, exist_ok=True)
    path = LOG_FOLDER / f"{log}.jsonl"
    finished = JobRun(job)
    started = time.monotonic()
    last: list[str] = []
    with path.open("w", encoding="utf-8") as file, run_meltano(["run", job], environment) as process:
        for line in cast("IO[str]", process.stdout):
            file.write(line)
            try:
                entry: dict[str, Any] = json.loads(line)
            except ValueError:
                entry = {"event": line.rstrip()}
            if not entry.get("metric_info"):
                last = [*last, str(entry.get("event", ""))][-TAIL_LINES:]
            _show(entry, finished, console)
    finished.seconds = time.monotonic() - started
    if process.returncode != 0:
        raise DemoError("\n".join([f"meltano run {job} failed; its log: {path.relative_to(PROJECT)}", *last]))
    return finished


def _show(entry: Mapping[str, Any], finished: JobRun, console: Console) -> None:
    plugin, event = str(entry.get("name", "")), str(entry.get("event", ""))
    metric = entry.get("metric_info")
    if metric:
        if metric.get("metric") == "record_count" and plugin.startswith("tap-"):
            finished.rows[metric["tags"]["stream"]] += int(metric["value"])
    elif plugin.startswith(("tap-", "target-")) and not event.startswith(SDK_NOISE):
        console.print(f"  [dim]{plugin:<22}[/dim] {escape(event)}", highlight=False)
