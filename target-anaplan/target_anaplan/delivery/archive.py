"""What was sent and what became of it, kept below `state_dir` so that every record can be traced.

One folder a batch under `batches/`: the files as they were uploaded (`<file>.csv.gz`), the record behind each
of their rows (`<file>.keys.gz`, line n for row n), Anaplan's dumps, `rejected.jsonl` and `outcome.json`.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from singer_kit.clock import Clock

OUTCOME = "outcome.json"
REJECTED = "rejected.jsonl"

BatchState = Literal["spooled", "uploaded", "started", "accepted", "rejected", "failed"]


class BatchFolder:
    """The folder of one batch.

    Args:
        path: A new folder; it is created here.
        clock: Dates the steps.
        facts: What is known from the start: run, mappings, target.
    """

    def __init__(self, path: Path, clock: Clock, facts: dict[str, Any]) -> None:
        path.mkdir(parents=True)
        self.path = path
        self._clock = clock
        self._facts = {"batch": path.name, **facts, "state": "spooled", "started_at": self._now()}
        self.note()

    @property
    def facts(self) -> dict[str, Any]:
        """What `outcome.json` says."""
        return self._facts

    def file(self, name: str) -> Path:
        """A place for a file that keeps the name it has in Anaplan."""
        stem = re.sub(r"[^\w.-]+", "_", name).removesuffix(".csv").removesuffix(".txt") or "file"
        path = self.path / f"{stem}.csv.gz"
        number = 1
        while path.exists():
            number += 1
            path = self.path / f"{stem}-{number}.csv.gz"
        return path

    def note(self, state: BatchState | None = None, **facts: Any) -> None:
        """Write down a step, durably, before or after which a crash finds a true picture."""
        self._facts.update(facts)
        if state is not None:
            self._facts["state"] = state
        if state in {"accepted", "rejected", "failed"}:
            self._facts["ended_at"] = self._now()
        text = msgspec.json.format(msgspec.json.encode(self._facts), indent=2) + b"\n"
        draft = self.path / f"{OUTCOME}.new"
        with draft.open("wb") as file:
            file.write(text)
            _sync(file)
        draft.replace(self.path / OUTCOME)

    def add_rejected(self, rows: Iterable[dict[str, Any]]) -> int:
        """Append rejected rows; returns how many."""
        count = 0
        with ExitStack() as stack:
            for count, row in enumerate(rows, start=1):  # the last number is the answer
                if count == 1:
                    file = stack.enter_context((self.path / REJECTED).open("ab"))
                    stack.callback(_sync, file)
                file.write(msgspec.json.encode({**row, "batch": self.path.name}) + b"\n")
        return count

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
