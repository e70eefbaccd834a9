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

#: The state of a batch, its counts and its task.
OUTCOME = "outcome.json"
#: The rows of a batch that did not arrive, with the reasons.
REJECTED = "rejected.jsonl"

#: The states of a batch on its way.
UNFINISHED = frozenset({"spooled", "uploaded", "started"})

BatchState = Literal[
    "spooled", "uploaded", "started", "accepted", "rejected", "unverified", "in doubt", "failed"
]


class BatchFolder:
    """The folder of one batch.

    Its name begins with the time to the microsecond: the batches of two runs in one second keep their order.

    Args:
        archive: The folder of all batches.
        clock: Dates the steps.
        run_id: The run that delivers it.
        number: Its place in the run.
        target: Name or id of its import or process, for the folder's name.
        facts: What else is known from the start.
    """

    def __init__(
        self, archive: Path, clock: Clock, *, run_id: str, number: int, target: str, facts: dict[str, Any]
    ) -> None:
        stamp = clock.now().strftime("%Y%m%dT%H%M%S.%fZ")
        slug = re.sub(r"\W+", "-", target.lower()).strip("-")
        self.path = archive / f"{stamp}-{run_id.rpartition('-')[2]}-{number:02d}-{slug}"
        self.path.mkdir(parents=True)
        self._clock = clock
        self._facts = {
            "batch": self.path.name,
            "run": run_id,
            **facts,
            "state": "spooled",
            "started_at": self._now(),
        }
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
        if state is not None and state not in UNFINISHED:
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
