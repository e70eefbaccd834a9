"""One run: records go into the plan's batches, the batches to Anaplan one after the other."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from singer_kit.errors import KitError
from singer_kit.redaction import redact
from singer_kit.run_id import new_run_id
from singer_kit.shutdown import Interrupted

from target_anaplan import exit_code
from target_anaplan.api.wiring import connect
from target_anaplan.delivery.archive import BatchFolder, batches_of_run, close_unfinished
from target_anaplan.delivery.archive_retention import remove_old
from target_anaplan.delivery.batch_steps import BatchSteps
from target_anaplan.delivery.rejected_rows import apply_policy
from target_anaplan.delivery.tally import Tally, describe
from target_anaplan.errors import InDoubtError
from target_anaplan.plan.routing import Plan
from target_anaplan.spool.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_anaplan.api.model_objects import ModelObjects
    from target_anaplan.api.wiring import AnaplanModel
    from target_anaplan.delivery.archive import BatchState
    from target_anaplan.plan.batches import Batch, Binding
    from target_anaplan.settings import Settings

_logger = logging.getLogger(__name__)


class Run:
    """One run.

    Args:
        settings: The settings.
        clock: Dates the steps; a signal ends its sleeps.
        shutdown: Tells that a signal came.

    Attributes:
        plan: What is delivered.
        total: What became of the rows so far.
    """

    def __init__(self, settings: Settings, clock: Clock, shutdown: Shutdown) -> None:
        self._settings = settings
        self._clock = clock
        self._shutdown = shutdown
        self._id = new_run_id(clock)
        self._folder = RunFolder(settings.state_dir / "spool", self._id)
        self._archive = settings.state_dir / "batches"
        self.plan = Plan(settings, lambda: self._objects, self._folder.path)
        self.total = Tally()

    @cached_property
    def _model(self) -> AnaplanModel:
        """Anaplan; wired when there is a record to deliver."""
        for run_id in self._folder.open():
            for path in batches_of_run(self._archive, run_id):
                close_unfinished(path, self._clock)
        remove_old(self._archive, self._clock, self._settings.keep_days, self._settings.keep_bytes)
        return connect(self._settings, self._clock, self._shutdown)

    @cached_property
    def _objects(self) -> ModelObjects:
        """What the model has, once it is known that it takes imports."""
        self._model.availability.check()
        return self._model.objects

    @property
    def did_something(self) -> bool:
        """Whether there was anything to deliver."""
        return "_model" in vars(self) or bool(self.plan.deletions.count)

    @property
    def has_warnings(self) -> bool:
        """Whether rows are in quarantine, or unverified."""
        return bool(self.total.quarantined or self.total.unverified)

    @property
    def summary(self) -> str:
        """What became of all rows."""
        return exit_code.summary(self.plan, self.total, self._archive)

    @property
    def failure(self) -> KitError | None:
        """What the run ends with, if batches failed."""
        return exit_code.failure(self.plan, self.total, self._archive)

    def deliver(self, delivered: Callable[[], None]) -> None:
        """Deliver every batch that has something to deliver.

        Args:
            delivered: Called when the outcome of one more batch is durable.

        Raises:
            Interrupted: A signal came; no further import is started.
        """
        for number, batch in enumerate(self.plan.ordered(), start=1):
            if batch.error is not None:
                continue
            if batch.binding and any(file.records for file in batch.files):
                self._shutdown.check()
                try:
                    self._deliver_batch(number, batch, batch.binding)
                except KitError as error:
                    batch.fail(error)
                    continue
            batch.done = True
            delivered()

    def is_delivered(self, stream_name: str) -> bool:
        """Whether all that came of a stream is durable."""
        return all(batch.done for batch in self.plan.batches_of(stream_name))

    def close(self) -> None:
        """Log out, and remove what was spooled."""
        with ExitStack() as cleanup:
            cleanup.callback(self._folder.close)
            cleanup.callback(self.plan.close)
            if "_model" in vars(self):
                self._model.client.logout()

    def _deliver_batch(self, number: int, batch: Batch, binding: Binding) -> None:
        folder = BatchFolder(
            self._archive,
            self._clock,
            run_id=self._id,
            number=number,
            target=batch.mappings[0].target,
            facts={"target": batch.name, "model": self._settings.model_id},
        )
        try:
            steps = BatchSteps(
                self._settings,
                lambda: self._model,
                clock=self._clock,
                shutdown=self._shutdown,
                binding=binding,
                folder=folder,
            )
            tallies = steps.run()
            self._conclude(batch, folder, tallies)
        except KitError as error:
            state: BatchState = "in doubt" if isinstance(error, InDoubtError) else "failed"
            folder.note(state, error=redact(str(error)))
            raise
        except Interrupted:
            close_unfinished(folder.path, self._clock)
            raise
        finally:
            for file in binding.files:
                file.spool.close()

    def _conclude(self, batch: Batch, folder: BatchFolder, tallies: list[Tally]) -> None:
        """Write the outcome down, and apply the mapping's policy for rejected rows."""
        total = Tally()
        for tally in tallies:
            total.add(tally)
        files = [
            {**file, "counts": asdict(tally)}
            for file, tally in zip(folder.facts["files"], tallies, strict=True)
        ]
        state: BatchState = "unverified" if total.unverified else "accepted"
        folder.note("rejected" if total.quarantined else state, counts=asdict(total), files=files)
        self.total.add(total)
        level = logging.WARNING if total.quarantined or total.unverified else logging.INFO
        _logger.log(level, "%s: %s", batch.name, describe(total))
        failed = [before.name for before in self.plan.before(batch) if before.error is not None]
        apply_policy(batch.files, tallies, failed, folder.path, on_unverified=self._settings.on_unverified)
