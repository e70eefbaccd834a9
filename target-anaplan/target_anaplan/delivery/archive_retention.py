"""How long batches are kept: the oldest go first, by age and by the room that all of them take."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from singer_kit.clock import Clock

#: How the name of a batch's folder begins: the moment of its delivery.
_STAMP = "%Y%m%dT%H%M%S.%fZ"

_logger = logging.getLogger(__name__)


def remove_old(archive: Path, clock: Clock, keep_days: int, keep_bytes: int) -> None:
    """Remove the batches that are too old, and the oldest that are too much.

    What is not named as a batch is left alone.

    Args:
        archive: The folder of all batches.
        clock: Tells today.
        keep_days: How long a batch stays.
        keep_bytes: How many bytes all of them may have.
    """
    if not archive.is_dir():
        return
    oldest = clock.now() - timedelta(days=keep_days)
    room = keep_bytes
    removed = 0
    for folder in sorted(archive.iterdir(), reverse=True):
        delivered = _delivered_at(folder.name)
        if delivered is None:
            continue
        try:
            room -= sum(path.stat().st_size for path in folder.iterdir())
        except FileNotFoundError:  # another run removes it
            continue
        if delivered < oldest or room < 0:
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    if removed:
        _logger.info("Removed %d batches from the archive that were older or more than is kept", removed)


def _delivered_at(name: str) -> datetime | None:
    try:
        return datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
