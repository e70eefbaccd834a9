"""Every row that was ever sent for a record, found in the archive."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from target_anaplan.delivery.archive import OUTCOME, REJECTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Trace:
    """One row that a record became.

    Attributes:
        folder: The folder of the batch.
        file: The archived file.
        line: Number of the row; the header is 1, and a row with line breaks counts once.
        row: Its cells by header, as text.
        outcome: What `outcome.json` says of the batch.
        rejected: What `rejected.jsonl` says of the record.
    """

    folder: Path
    file: Path
    line: int
    row: dict[str, str]
    outcome: dict[str, Any]
    rejected: list[dict[str, Any]]


def trace(state_dir: Path, key: str) -> Iterator[Trace]:
    """Every row that was ever sent for a record, oldest batch first.

    Args:
        state_dir: The setting's folder.
        key: The record's `_syspro_key`, or what stands in the `.keys.gz` files.
    """
    for outcome_path in sorted((state_dir / "batches").glob(f"*/{OUTCOME}")):
        outcome = msgspec.json.decode(outcome_path.read_bytes())
        folder = outcome_path.parent
        rejected_path = folder / REJECTED
        rejected = rejected_path.read_bytes().splitlines() if rejected_path.exists() else []
        rejections = [row for row in map(msgspec.json.decode, rejected) if row.get("_syspro_key") == key]
        for item in outcome.get("files", ()):
            path = folder / item["archive"]
            with gzip.open(path.with_name(item["keys"]), "rt", encoding="utf-8") as keys:
                numbers = {number for number, line in enumerate(keys, start=1) if line.rstrip("\n") == key}
            if not numbers:
                continue
            with gzip.open(path, "rt", encoding=item["encoding"], newline="") as file:
                rows = csv.DictReader(
                    file,
                    delimiter=item["separator"],
                    quotechar=item["qualifier"] or None,
                    quoting=csv.QUOTE_MINIMAL if item["qualifier"] else csv.QUOTE_NONE,
                )
                for number, row in enumerate(rows, start=1):
                    if number in numbers:
                        yield Trace(folder, path, number + 1, row, outcome, rejections)
