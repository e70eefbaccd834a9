"""From staged files to tables: one statement a batch, its entry in `_loads`, then its files are removed."""

from __future__ import annotations

import logging
from collections import Counter
from concurrent.futures import as_completed
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

from singer_kit.errors import KitError
from singer_kit.run_id import new_run_id
from singer_kit.shutdown import Interrupted

from target_databricks_uc.batch import Batch, BatchContext
from target_databricks_uc.client_options import PRODUCT
from target_databricks_uc.failure_scope import FailureScope
from target_databricks_uc.load_log import LoadEntry, LoadLog
from target_databricks_uc.load_method import is_merged, load_statement
from target_databricks_uc.naming import LOADS_TABLE
from target_databricks_uc.provisioning import Provisioner
from target_databricks_uc.reconciliation import Reconciliation
from target_databricks_uc.sequences import Sequences
from target_databricks_uc.spool import Spool
from target_databricks_uc.staging_volume import StagingVolume
from target_databricks_uc.warehouse import Warehouse
from target_databricks_uc.worker_pool import WorkerPool
from target_databricks_uc.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from singer_kit.clock import Clock

    from target_databricks_uc.settings import Settings
    from target_databricks_uc.table_design import Table

logger = logging.getLogger(__name__)


class Loader:
    """One run of the target. Nothing is asked of the workspace before the first batch.

    Args:
        settings: The settings.
        clock: Where time passes; a signal ends its waits.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._run_id = new_run_id(clock)
        self._started_at = int(clock.time() * 1000)
        workspace = Workspace(settings.workspace, clock)
        self._warehouse = Warehouse(workspace, {"tool": PRODUCT, "run": self._run_id})
        self._provisioner = Provisioner(settings, self._warehouse)
        self._load_log = LoadLog(self._warehouse, self._provisioner.qualify(LOADS_TABLE))
        root = f"/Volumes/{settings.catalog}/{settings.schema}/{settings.volume}"
        self._volume = StagingVolume(workspace, root, self._run_id)
        self._spool = Spool(PRODUCT)
        self._pool = WorkerPool()
        self._numbers = count(1)
        self._context: BatchContext | None = None
        #: Keys that met a newer row, by stream.
        self.skipped: Counter[str] = Counter()
        #: Knows the failure after which no batch at all can be loaded.
        self.failure_scope = FailureScope()

    def new_batch(self, table: Table) -> Batch:
        """Begin a batch; the first one sees to schema and volume.

        Raises:
            KitError: The workspace is out of reach, refuses the login, or lacks what the settings name.
        """
        if self._context is None:
            with self.failure_scope.first_contact():
                self._context = self._begin()
        return Batch(self._context, table, next(self._numbers))

    def _begin(self) -> BatchContext:
        self._provisioner.require()
        return BatchContext(
            run_id=self._run_id,
            started_at=self._started_at,
            settings=self._settings,
            clock=self._clock,
            sequences=Sequences(self._clock, self._load_log.open()),
            spool=self._spool,
            volume=self._volume,
            uploads=self._pool,
        )

    def load(self, batches: Sequence[Batch]) -> None:
        """Load closed batches side by side; afterwards each is `loaded` or has an `error`.

        Their entries in `_loads` are one statement, and no batch counts as loaded before it.
        """
        futures = {self._pool.submit(self._load, batch): batch for batch in batches}
        done: dict[Batch, LoadEntry | None] = {}
        for future in as_completed(futures):
            batch, error = futures[future], future.exception()
            if error is None:
                done[batch] = future.result()
            elif isinstance(error, Exception):
                batch.error = error
                logger.info(
                    "%s: the files of the failed batch are kept in %s.", batch.table.name, batch.folder
                )
            else:
                raise error
        try:
            if entries := [entry for entry in done.values() if entry is not None]:
                self._load_log.write(entries)
        except KitError as error:
            for batch in done:
                batch.error = error
            return
        for batch, entry in done.items():
            batch.loaded = True
            if entry is not None and entry.skipped:
                self.skipped[entry.stream] += entry.skipped
        list(self._pool.map(self._remove, done))

    def _load(self, batch: Batch) -> LoadEntry | None:
        """Bring one batch into its table; None when it is empty."""
        for upload in batch.uploads:
            upload.result()
        totals, folder = batch.totals, batch.folder
        if not totals.files:
            return None
        name, table = self._provisioner.qualify(batch.table.name), self._provisioner.prepare(batch.table)
        merges = is_merged(table, self._settings)
        statement = load_statement(name, table, folder, totals.files, self._settings)
        tags = {"stream": table.stream, "batch": batch.id}
        result = self._warehouse.execute(statement, f"Loading {table.name}", tags)
        committed_at = self._clock.now()
        reported = result.rows[0].get("num_affected_rows") if result.rows else None
        changed = None if reported is None else int(reported)
        arrival = Reconciliation(self._warehouse, name, table, batch.id, folder, totals.rows, tags)
        skipped = 0
        if merges:
            skipped = arrival.check_merged(changed, self._settings.deletes)
        else:
            arrival.check_appended(changed)
        rows = f"{changed:,}" if changed else "no"
        logger.info("%s: %s records came, %s rows changed.", table.name, f"{totals.rows:,}", rows)
        return LoadEntry(
            run_id=self._run_id,
            stream=table.stream,
            table=table.name,
            batch_id=batch.id,
            method="MERGE" if merges else "COPY INTO",
            path=folder,
            totals=totals,
            changed=changed,
            skipped=skipped,
            committed_at=committed_at,
            statement_id=result.statement_id,
        )

    def _remove(self, batch: Batch) -> None:
        self._volume.remove_batch(batch.folder, batch.totals.files)

    def sweep(self) -> None:
        """Remove what runs that died left in the volume."""
        self._volume.sweep(self._clock.now())

    def abandon(self, batches: Iterable[Batch]) -> None:
        """After a signal: start nothing more, and remove the files of batches that will not be loaded."""
        self._pool.stop()
        with suppress(Interrupted):
            for batch in batches:
                self._remove(batch)

    def close(self) -> None:
        """Give back threads and the temporary folder."""
        self._pool.stop()
        self._spool.remove()
