"""From staged files to tables: one statement a batch, its entry in `_loads`, then its files are removed."""

from __future__ import annotations

import logging
import secrets
import shutil
import tempfile
import weakref
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from singer_kit.errors import KitError, PermanentError
from singer_kit.shutdown import Interrupted

from target_databricks_uc import sql
from target_databricks_uc.batch import Batch
from target_databricks_uc.load_log import TABLE as LEDGER_TABLE
from target_databricks_uc.load_log import Ledger, Load
from target_databricks_uc.provisioning import Catalog
from target_databricks_uc.staging_volume import Volume, run_id
from target_databricks_uc.waiting import WatchfulClock
from target_databricks_uc.warehouse import Warehouse
from target_databricks_uc.workspace import PRODUCT, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_databricks_uc.settings import Settings
    from target_databricks_uc.table_design import Table

logger = logging.getLogger(__name__)

#: Tables that load, and files that are uploaded, at the same time.
_WORKERS = 8


class Loader:
    """One run of the target. Nothing is asked of the workspace before the first batch.

    Args:
        settings: The settings.
        clock: Where time passes.
        shutdown: Ends waiting after a signal.
    """

    def __init__(self, settings: Settings, clock: Clock, shutdown: Shutdown) -> None:
        self.settings = settings
        self.clock = WatchfulClock(clock, shutdown)
        self.id = run_id(clock.now(), secrets.token_hex(4))
        self.started_ms = int(clock.time() * 1000)
        workspace = Workspace(settings.connection, self.clock)
        self._warehouse = Warehouse(workspace, {"tool": PRODUCT, "run": self.id})
        self._catalog = Catalog(settings, self._warehouse)
        self._ledger = Ledger(self._warehouse, self._catalog.qualify(LEDGER_TABLE))
        root = f"/Volumes/{settings.catalog}/{settings.schema}/{settings.volume}"
        self.volume = Volume(workspace, root, self.id)
        #: Where files are written before they are uploaded.
        self.spool = Path(tempfile.mkdtemp(prefix=f"{PRODUCT}-"))
        self._remove_spool = weakref.finalize(self, shutil.rmtree, self.spool, ignore_errors=True)
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="load")
        self._numbers = count(1)
        self._next_sequence: int | None = None
        #: Why no batch at all can be loaded.
        self.unusable: KitError | None = None

    def new_batch(self, table: Table) -> Batch:
        """Begin a batch; the first one sees to schema and volume.

        Raises:
            KitError: The workspace is out of reach, refuses the login, or lacks what the settings name.
        """
        if self.unusable is not None:
            raise self.unusable
        if self._next_sequence is None:
            try:
                self._catalog.require()
                # A clock that was set back must not hide newer rows behind older ones.
                self._next_sequence = max(self.started_ms, self._ledger.last_sequence() + 1)
            except KitError as error:
                self.unusable = error
                raise
        return Batch(self, table, next(self._numbers))

    def take_sequences(self, how_many: int) -> int:
        """Take so many consecutive sequences; the first of them."""
        first = self._next_sequence or 0
        self._next_sequence = first + how_many
        return first

    def upload(self, local: Path, target: str) -> Future[None]:
        """Begin to upload a file, while the next one is written."""
        return self._pool.submit(self.volume.upload, local, target)

    def load(self, batches: Sequence[Batch]) -> None:
        """Load closed batches side by side; afterwards each is `loaded` or has an `error`.

        Their entries in `_loads` are one statement, and no batch counts as loaded before it.
        """
        futures = {self._pool.submit(self._load, batch): batch for batch in batches}
        done: dict[Batch, Load | None] = {}
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
            if entries := [load for load in done.values() if load is not None]:
                self._ledger.write(entries)
        except KitError as error:
            for batch in done:
                batch.error = error
            return
        for batch in done:
            batch.loaded = True
        list(self._pool.map(self._remove, done))

    def _load(self, batch: Batch) -> Load | None:
        """Bring one batch into its table; None when it is empty."""
        for upload in batch.uploads:
            upload.result()
        if not batch.tally.files:
            return None
        table, name = self._catalog.prepare(batch.table), self._catalog.qualify(batch.table.name)
        merges = bool(table.keys) and self.settings.load_method == "upsert"
        statement = (
            sql.merge(name, table, batch.folder, self.settings.deletes)
            if merges
            else sql.copy_into(name, table, batch.folder, sorted(batch.tally.files))
        )
        tags = {"stream": table.stream, "batch": batch.id}
        result = self._warehouse.execute(statement, f"Loading {table.name}", tags)
        committed_at = self.clock.now()
        reported = result.rows[0].get("num_affected_rows") if result.rows else None
        changed = None if reported is None else int(reported)
        if not merges and changed not in (None, 0, batch.tally.rows):  # 0: it had been sent twice
            raise PermanentError(
                f"{table.name}: of {batch.tally.rows} records in {batch.folder}, {changed} came in. "
                "Compare the table with the files."
            )
        skipped = 0
        if merges and changed != batch.tally.rows:
            skipped = self._count_skipped(table, batch.folder, tags)
        logger.info("%s: %d records came, %s rows changed.", table.name, batch.tally.rows, reported or "no")
        return Load(
            run_id=self.id,
            stream=table.stream,
            table=table.name,
            batch_id=batch.id,
            method="MERGE" if merges else "COPY INTO",
            path=batch.folder,
            tally=batch.tally,
            changed=changed,
            skipped=skipped,
            committed_at=committed_at,
            statement_id=result.statement_id,
        )

    def _count_skipped(self, table: Table, folder: str, tags: Mapping[str, str]) -> int:
        statement = sql.count_skipped(self._catalog.qualify(table.name), table, folder)
        what = f"Counting what {table.name} passed over"
        skipped = int(self._warehouse.execute(statement, what, tags).rows[0]["skipped"] or 0)
        if skipped:
            logger.warning("%s: %d keys already had a newer row, which was kept.", table.name, skipped)
        return skipped

    def _remove(self, batch: Batch) -> None:
        self.volume.remove_batch(batch.folder, batch.tally.files)

    def sweep(self) -> None:
        """Remove what runs that died left in the volume."""
        self.volume.sweep(self.clock.now())

    def abandon(self, batches: Iterable[Batch]) -> None:
        """After a signal: start nothing more, and remove the files of batches that will not be loaded."""
        self._pool.shutdown(cancel_futures=True)
        with suppress(Interrupted):
            for batch in batches:
                self._remove(batch)

    def close(self) -> None:
        """Give back threads and the temporary folder."""
        self._pool.shutdown(cancel_futures=True)
        self._remove_spool()
