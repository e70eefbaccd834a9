"""What all streams of a run share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from tap_syspro.companies import Companies
    from tap_syspro.settings import Settings


@dataclass(frozen=True)
class RunContext:
    """One run of the tap.

    Attributes:
        settings: What the user says.
        companies: The companies of the settings.
        gate: Bounds the pages that are fetched at the same time, over all companies.
        run_id: Id of the run.
        clock: Our own time; a signal ends its sleeps.
        shutdown: Knows whether a signal asked the run to end.
    """

    settings: Settings
    companies: Companies
    gate: threading.Semaphore
    run_id: str
    clock: Clock
    shutdown: Shutdown
