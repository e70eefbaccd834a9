"""The name of a run, in one form in all plugins."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from singer_kit.clock import Clock

_TIME_FORM = "%Y%m%dT%H%M%SZ"


def new_run_id(clock: Clock) -> str:
    """Make an id such as `20261126T121415Z-1a2b3c4d`.

    It sorts by time, is safe in file names, and begins with a digit: readers of data folders skip names that
    begin with `_` or `.`.
    """
    return f"{clock.now().astimezone(timezone.utc):{_TIME_FORM}}-{secrets.token_hex(4)}"


def started_at(run_id: str) -> datetime | None:
    """When a run began, by its id; None for a text that is none."""
    try:
        return datetime.strptime(run_id.partition("-")[0], _TIME_FORM).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
