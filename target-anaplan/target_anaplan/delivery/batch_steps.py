"""One batch on its way: sealed, uploaded, started, judged; every step is written down.

ARCHITECTURE.md, "Life of a batch".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_anaplan.api.dumps import store_dumps
from target_anaplan.api.result_details import has_dump, results_by_action
from target_anaplan.delivery.file_locks import hold_files
from target_anaplan.delivery.rejected_rows import refused_rows, rejected_rows
from target_anaplan.delivery.success import judge, judge_process, refuse_untold_rejections, result_of
from target_anaplan.delivery.tally import RowMarks, Tally
from target_anaplan.errors import InDoubtError, MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_anaplan.api.model_objects import ImportObject
    from target_anaplan.api.result_details import Result
    from target_anaplan.api.task_start import Started
    from target_anaplan.api.task_wait import Task
    from target_anaplan.api.wiring import AnaplanModel
    from target_anaplan.delivery.archive import BatchFolder
    from target_anaplan.plan.batches import Binding
    from target_anaplan.settings import Settings
    from target_anaplan.spool.chunks import SealedFile
    from target_anaplan.spool.mapped_file import MappedFile


class BatchSteps:
    """One batch and its steps.

    Args:
        settings: How to.
        model: Gives access to Anaplan; not used when no row can be sent.
        clock: Where the wait for another run passes; a signal ends it.
        shutdown: Tells that a signal came.
        binding: What to deliver, and where.
        folder: Where it is archived.
    """

    def __init__(
        self,
        settings: Settings,
        model: Callable[[], AnaplanModel],
        *,
        clock: Clock,
        shutdown: Shutdown,
        binding: Binding,
        folder: BatchFolder,
    ) -> None:
        self._settings = settings
        self._model = model
        self._clock = clock
        self._shutdown = shutdown
        self._destination = binding.destination
        self._files = binding.files
        self._folder = folder
        self._adopted = False

    def run(self) -> list[Tally]:
        """Deliver it.

        Returns:
            What became of the rows of each file.

        Raises:
            MappingFailedError: It failed as a whole, or rows are in doubt.
            Interrupted: A signal came before its import was started, or long before that ended.
        """
        folder = self._folder
        sealed = [
            file.spool.seal(folder.file(file.file.name), self._settings.chunk_bytes) for file in self._files
        ]
        pairs = list(zip(self._files, sealed, strict=True))
        folder.note(files=[_describe(file, content) for file, content in pairs])
        tallies = [
            Tally(content.rows, refused=folder.add_rejected(refused_rows(file)), replaced=content.replaced)
            for file, content in pairs
        ]
        if any(content.rows for content in sealed):
            task, dumps = self._import(sealed)
            for file, tally in zip(self._files, tallies, strict=True):
                tally.settle(self._judge(file, task, dumps, tally.sent))
        return tallies

    def _import(self, sealed: Sequence[SealedFile]) -> tuple[Task, dict[str, Path]]:
        """Upload, import and store the dumps; no other run on this machine touches them in between."""
        settings, model = self._settings, self._model()
        runnable = self._destination.runnable
        model.availability.wait_until_unlocked()
        file_ids = [file.file.id for file in self._files]
        place = (settings.api_url, settings.model_id)
        with hold_files(place, file_ids, settings.lock_wait_seconds, self._clock):
            model.runner.wait_for_others(runnable)
            for file_id, content in zip(file_ids, sealed, strict=True):
                model.uploader.upload(file_id, content)
            self._folder.note("uploaded")
            self._shutdown.check()
            task = model.runner.run(runnable, self._note_start)
            self._folder.note(task=task)
            wanted = [item for item, result in self._results(task).items() if has_dump(result)]
            return task, store_dumps(model.client, runnable, task["taskId"], wanted, self._folder.path)

    def _note_start(self, start: Started) -> None:
        self._adopted = start.adopted
        self._folder.note("started", task_id=start.task_id, adopted=start.adopted)

    def _results(self, task: Task) -> dict[str, Result]:
        """The results by the id of the import or action."""
        result = result_of(task, self._destination.runnable.name)
        process = self._destination.process
        if process is None:
            return {self._destination.runnable.id: result}
        return results_by_action(result, process.actions)

    def _judge(self, file: MappedFile, task: Task, dumps: dict[str, Path], sent: int) -> RowMarks:
        """What became of the rows of one file, in all imports that read it."""
        process = self._destination.process
        if process is not None:
            judge_process(result_of(task, process.name), process.name, process.actions)
        results = self._results(task)
        marks = RowMarks(sent)
        for item in self._readers(file):
            if item.id not in results:
                raise MappingFailedError(f"The process reports no result of its import {item.name!r}")
            outcome = judge(results[item.id], item, sent)
            if self._adopted and not outcome.fits:
                raise InDoubtError(
                    f"The answer to the start was lost, and the result of the task that was found does not"
                    f" prove that it loaded the {sent} rows sent to {item.name!r}: {outcome.words}",
                    remedy="Look at the history of the import in Anaplan: who started the task",
                )
            own = RowMarks(sent)
            if item.id in dumps:
                self._folder.add_rejected(rejected_rows(file, item.name, dumps[item.id], own))
            refuse_untold_rejections(outcome, own, item.name)
            marks.merge(own, ignored=outcome.ignored, verified=outcome.verified)
        return marks

    def _readers(self, file: MappedFile) -> list[ImportObject]:
        process = self._destination.process
        if process is None:
            return [file.item]
        return [item for item in process.imports if item.file_id == file.file.id]


def _describe(file: MappedFile, content: SealedFile) -> dict[str, Any]:
    return {
        "mapping": file.mapping.name,
        "streams": sorted(file.streams),
        "name": file.file.name,
        "file_id": file.file.id,
        "archive": content.path.name,
        "keys": content.keys_path.name,
        "rows": content.rows,
        "bytes": content.size,
        "chunks": content.chunk_count,
        "encoding": file.spool.format.encoding,
        "separator": file.spool.format.separator,
        "qualifier": file.spool.format.qualifier,
    }
