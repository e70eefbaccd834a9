"""What was sent and what became of it, kept below `state_dir` so that every record can be traced.

One folder a batch under `batches/`: the files as they were uploaded (`<file>.csv.gz`), the record behind each
of their rows (`<file>.keys.gz`, line n for row n), Anaplan's dumps, `rejected.jsonl` and `outcome.json`.
"""

from __future__ import annotations

import logging
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


_logger = logging.getLogger(__name__)


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
        self.path = archive / f"{stamp}-{_tail(run_id)}-{number:02d}-{slug}"
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
        _write_outcome(self.path, self._facts)

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
        return _moment(self._clock)


def batches_of_run(archive: Path, run_id: str) -> list[Path]:
    """The folders of the batches of a run."""
    return sorted(path.parent for path in archive.glob(f"*-{_tail(run_id)}-*/{OUTCOME}"))


def close_unfinished(folder: Path, clock: Clock) -> None:
    """Write down how a batch ended whose run was killed; one that ended by itself stays as it is.

    Its STATE was never printed, so the tap sends the rows again.

    Args:
        folder: Its folder.
        clock: Dates the end.
    """
    facts = msgspec.json.decode((folder / OUTCOME).read_bytes())
    if facts["state"] not in UNFINISHED:
        return
    started = facts["state"] == "started"
    facts["error"] = (
        f"The run was ended while the task {facts.get('task_id')} was at work; what became of it stands in"
        " Anaplan's history of the import. The rows come again."
        if started
        else "The run was ended before the import was started; nothing of it was loaded. The rows come again."
    )
    facts.update(state="in doubt" if started else "failed", ended_at=_moment(clock))
    _write_outcome(folder, facts)
    _logger.warning("The batch %s: %s", folder.name, facts["error"])


def _tail(run_id: str) -> str:
    return run_id.rpartition("-")[2]


def _moment(clock: Clock) -> str:
    return clock.now().isoformat(timespec="milliseconds")


def _write_outcome(folder: Path, facts: dict[str, Any]) -> None:
    draft = folder / f"{OUTCOME}.new"
    with draft.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(facts), indent=2) + b"\n")
        _sync(file)
    draft.replace(folder / OUTCOME)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
