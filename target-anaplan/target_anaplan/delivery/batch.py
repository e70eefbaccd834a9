"""One batch on its way: sealed, uploaded, started, judged; every step is written down (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_anaplan.api.dumps import WARNING, find_sent_row, read_dump
from target_anaplan.delivery.file_locks import hold_files
from target_anaplan.delivery.outcome import check_process, expects_dump, judge, result_of, results_by_action
from target_anaplan.delivery.tally import RowMarks, Tally
from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from singer_kit.shutdown import Shutdown

    from target_anaplan.api.model_objects import ImportObject
    from target_anaplan.api.tasks import Task
    from target_anaplan.api.wiring import Connection
    from target_anaplan.delivery.archive import BatchFolder
    from target_anaplan.delivery.mapped_file import Feed
    from target_anaplan.delivery.outcome import ImportResult
    from target_anaplan.delivery.spool import SealedFile
    from target_anaplan.plan.routing import Binding
    from target_anaplan.settings import Settings


class BatchRun:
    """Delivers one batch.

    Args:
        settings: How to.
        connection: Gives access to Anaplan; not used when no row can be sent.
        shutdown: Tells that a signal came.
        binding: What to deliver, and where.
        folder: Where it is archived.
    """

    def __init__(
        self,
        settings: Settings,
        connection: Callable[[], Connection],
        shutdown: Shutdown,
        binding: Binding,
        folder: BatchFolder,
    ) -> None:
        self._settings = settings
        self._connection = connection
        self._shutdown = shutdown
        self._destination = binding.destination
        self._feeds = binding.feeds
        self._folder = folder

    def run(self) -> list[Tally]:
        """Delivers it.

        Returns:
            What became of the rows of each feed.

        Raises:
            MappingFailedError: It failed as a whole, or rows are in doubt.
            Interrupted: A signal came before its import was started, or long before that ended.
        """
        folder = self._folder
        files = [
            feed.spool.seal(folder.file(feed.file.name), self._settings.chunk_bytes) for feed in self._feeds
        ]
        pairs = list(zip(self._feeds, files, strict=True))
        folder.note(files=[_describe_file(feed, file) for feed, file in pairs])
        tallies = [
            Tally(file.rows, refused=folder.add_rejected(_refused(feed)), replaced=file.replaced)
            for feed, file in pairs
        ]
        if any(file.rows for file in files):
            task, dumps = self._import(files)
            for feed, tally in zip(self._feeds, tallies, strict=True):
                tally.settle(self._judge(feed, task, dumps, tally.sent))
        return tallies

    def _import(self, files: list[SealedFile]) -> tuple[Task, dict[str, Path]]:
        """Uploads, imports and stores the dumps; no other run on this machine touches them in between."""
        settings, connection = self._settings, self._connection()
        connection.catalogue.wait_for_model()
        file_ids = [feed.file.id for feed in self._feeds]
        locks = settings.state_dir / "locks"
        with hold_files(locks, settings.model_id, file_ids, settings.lock_wait_seconds):
            for file_id, file in zip(file_ids, files, strict=True):
                connection.uploader.upload(file_id, file)
            self._folder.note("uploaded")
            self._shutdown.check()
            task = connection.runner.run(
                self._destination.runnable, lambda task_id: self._folder.note("started", task_id=task_id)
            )
            self._folder.note(task=task)
            return task, self._fetch_dumps(task)

    def _fetch_dumps(self, task: Task) -> dict[str, Path]:
        """Stores all dumps at once: the next run of an import overwrites its own (Anaplan reference 2.8)."""
        client, runnable = self._connection().client, self._destination.runnable
        base = client.in_model(f"{runnable.kind}/{runnable.id}/tasks/{task['taskId']}")
        dumps = {}
        for object_id, result in self._results(task).items():
            if not expects_dump(result):
                continue
            path = self._folder.path / f"dump-{object_id}.csv"
            with path.open("wb") as file:
                source = f"{base}/dump" if runnable.kind == "imports" else f"{base}/dumps/{object_id}"
                file.writelines(client.chunk_texts(source))
            if path.stat().st_size:
                dumps[object_id] = path
        return dumps

    def _results(self, task: Task) -> dict[str, Mapping[str, Any]]:
        """The results by the id of the import or action."""
        result = result_of(task, self._destination.runnable.name)
        process = self._destination.process
        if process is None:
            return {self._destination.runnable.id: result}
        return results_by_action(result, process.actions)

    def _judge(self, feed: Feed, task: Task, dumps: dict[str, Path], sent: int) -> RowMarks:
        """What became of the rows of one file, in all imports that read it."""
        process = self._destination.process
        if process is not None:
            check_process(result_of(task, process.name), process.name, process.actions)
        results = self._results(task)
        marks = RowMarks(sent)
        for item in self._readers(feed):
            if item.id not in results:
                raise MappingFailedError(f"the process reports no result of its import {item.name!r}")
            outcome = judge(results[item.id], item.name, sent)
            own = RowMarks(sent)
            if item.id in dumps:
                self._folder.add_rejected(_join_dump(feed, item.name, dumps[item.id], own))
            _check_marks(own, item.name, outcome)
            marks.merge(own, ignored=outcome.counts.ignored if outcome.counts else 0)
        return marks

    def _readers(self, feed: Feed) -> list[ImportObject]:
        process = self._destination.process
        if process is None:
            return [feed.item]
        return [item for item in process.imports if item.file_id == feed.file.id]


def _check_marks(marks: RowMarks, name: str, outcome: ImportResult) -> None:
    """Makes sure that it is known which rows were not taken.

    Raises:
        MappingFailedError: It is not.
    """
    told = marks.rejected + marks.warned
    if outcome.has_problems and not told:
        raise MappingFailedError(
            f"Anaplan rejected rows in {name!r} but has no dump that tells which: {outcome.words}"
        )
    counts = outcome.counts
    if counts is not None and counts.rejected + counts.warned > told:
        raise MappingFailedError(
            f"Anaplan counts {counts.rejected} rejected rows and {counts.warned} with warnings in {name!r},"
            f" but its dump tells of {told}"
        )


def _join_dump(feed: Feed, name: str, dump: Path, marks: RowMarks) -> Iterator[dict[str, Any]]:
    """The rows of a dump with the records they come from; each is marked."""
    for row in read_dump(dump):
        sent = find_sent_row(feed.spool, row)
        marks.mark(sent.position if sent else None, warning=row.status == WARNING)
        yield {
            "stream": sent.origin.stream if sent else None,
            "key": sent.origin.key if sent else None,
            "_syspro_key": sent.origin.syspro_key if sent else None,
            "status": row.status,
            "reason_code": row.reason_code,
            "reason": row.reason or "Anaplan gave no reason",
            "import": name,
            "line": row.line,
            "row": dict(zip(feed.spool.format.headers, sent.cells, strict=True)) if sent else row.cells,
        }


def _describe_file(feed: Feed, file: SealedFile) -> dict[str, Any]:
    return {
        "mapping": feed.mapping.name,
        "streams": sorted(feed.streams),
        "name": feed.file.name,
        "file_id": feed.file.id,
        "archive": file.path.name,
        "keys": file.keys_path.name,
        "rows": file.rows,
        "bytes": file.size,
        "chunks": len(file.chunks),
        "encoding": feed.spool.format.encoding,
        "separator": feed.spool.format.separator,
        "qualifier": feed.spool.format.qualifier,
    }


def _refused(feed: Feed) -> Iterator[dict[str, Any]]:
    for row in feed.spool.refused_rows():
        yield {
            "stream": row.origin.stream,
            "key": row.origin.key,
            "_syspro_key": row.origin.syspro_key,
            "status": "refused",
            "reason_code": row.code,
            "reason": row.reason,
            "record": row.record,
        }
