"""All batches of a run, one after the other, and the policy for rows that were rejected."""

from __future__ import annotations

import logging
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from singer_kit.errors import KitError
from singer_kit.redaction import redact

from target_anaplan.delivery.archive import BatchFolder
from target_anaplan.delivery.batch import BatchRun
from target_anaplan.delivery.tally import Tally, describe
from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_anaplan.api.wiring import Connection
    from target_anaplan.delivery.mapped_file import Feed
    from target_anaplan.plan.routing import Batch, Binding, Plan
    from target_anaplan.settings import Settings

_logger = logging.getLogger(__name__)


class Delivery:
    """Delivers the batches of a plan, one after the other.

    Args:
        settings: How to.
        plan: What to.
        connection: Gives access to Anaplan.
        clock: Dates the steps.
        shutdown: Tells that a signal came.
        run_id: Names the run in the archive.
    """

    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        connection: Callable[[], Connection],
        *,
        clock: Clock,
        shutdown: Shutdown,
        run_id: str,
    ) -> None:
        self._settings = settings
        self._plan = plan
        self._connection = connection
        self._clock = clock
        self._shutdown = shutdown
        self._run_id = run_id
        self.total = Tally()

    def deliver(self, delivered: Callable[[Batch], None]) -> None:
        """Delivers every batch that has something to deliver.

        Args:
            delivered: Told each batch whose outcome is durable.

        Raises:
            Interrupted: A signal came; no further import is started.
        """
        for number, batch in enumerate(self._plan.ordered(), start=1):
            if batch.error is not None:
                continue
            if batch.binding and any(feed.records for feed in batch.binding.feeds):
                self._shutdown.check()
                try:
                    self._deliver_batch(number, batch, batch.binding)
                except KitError as error:
                    batch.fail(error)
                    continue
            batch.done = True
            delivered(batch)

    def _deliver_batch(self, number: int, batch: Batch, binding: Binding) -> None:
        slug = re.sub(r"\W+", "-", batch.mappings[0].target.lower()).strip("-")
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%S.%fZ")
        path = self._settings.state_dir / "batches" / f"{stamp}-{self._run_id}-{number:02d}-{slug}"
        facts = {"run": self._run_id, "target": batch.name, "model": self._settings.model_id}
        folder = BatchFolder(path, self._clock, facts)
        try:
            tallies = BatchRun(self._settings, self._connection, self._shutdown, binding, folder).run()
            self._conclude(batch, folder, binding.feeds, tallies)
        except KitError as error:
            folder.note("failed", error=redact(str(error)))
            raise
        finally:
            for feed in binding.feeds:
                feed.spool.close()

    def _conclude(
        self, batch: Batch, folder: BatchFolder, feeds: tuple[Feed, ...], tallies: list[Tally]
    ) -> None:
        """Writes the outcome down and applies the mapping's policy for rejected rows."""
        total = Tally()
        for tally in tallies:
            total.add(tally)
        files = [
            {**file, "counts": asdict(tally)}
            for file, tally in zip(folder.facts["files"], tallies, strict=True)
        ]
        folder.note("rejected" if total.quarantined else "accepted", counts=asdict(total), files=files)
        self.total.add(total)
        level = logging.WARNING if total.quarantined else logging.INFO
        _logger.log(level, "%s: %s", batch.name, describe(total))
        for feed, tally in zip(feeds, tallies, strict=True):
            if tally.quarantined and feed.mapping.on_rejected == "fail":
                raise MappingFailedError(
                    f"{tally.quarantined} rows were rejected, and the mapping says `on_rejected: fail`; see"
                    f" {folder.path}"
                )
        failed = [before.name for before in self._plan.before(batch) if before.error is not None]
        if total.quarantined and failed:
            raise MappingFailedError(
                f"{total.quarantined} rows were rejected, perhaps because {', '.join(failed)} failed before;"
                f" they count as not delivered. See {folder.path}"
            )
