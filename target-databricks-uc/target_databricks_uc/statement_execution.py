"""The life of a statement: submitted, polled, its result read; cancelled when nobody waits for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.service.sql import Disposition, Format, QueryTag
from singer_kit.errors import KitError, PermanentError, SettingsError
from singer_kit.shutdown import Interrupted

from target_databricks_uc.errors import AbsentError, StatementRetryableError
from target_databricks_uc.statement_outcomes import check_success, is_under_way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from databricks.sdk.service.sql import StatementResponse

    from target_databricks_uc.workspace import Workspace

logger = logging.getLogger(__name__)

_FIRST_POLL_SECONDS = 0.1
_POLL_GROWTH = 1.5
_MAX_POLL_SECONDS = 5.0
#: A load that runs longer is cancelled; a cold warehouse starts in minutes.
_STATEMENT_SECONDS = 3600.0

Row = dict[str, "str | None"]


@dataclass(frozen=True)
class Result:
    """What a statement gave.

    Attributes:
        statement_id: Id under which the query history has it.
        rows: Its rows; every value is text or None.
    """

    statement_id: str
    rows: list[Row]


@dataclass(frozen=True)
class StatementExecution:
    """The execution of a statement, which may be repeated.

    Attributes:
        workspace: The way there.
        warehouse_id: Where it runs.
        what: What it does, for messages.
    """

    workspace: Workspace
    warehouse_id: str
    what: str

    def run(self, statement: str, tags: Mapping[str, str], wait: str) -> Result:
        """Submit a statement once, wait for its end, and read its result.

        Args:
            statement: The SQL.
            tags: Its query tags.
            wait: How long the first answer may wait for the end.

        Raises:
            StatementRetryableError: It failed for a reason that passes.
            KitError: It failed for good, or the warehouse could not be reached.
        """
        workspace, what = self.workspace, self.what
        logger.debug("%s:\n%s", what, statement)
        try:
            answer = workspace.call(
                lambda client: client.statement_execution.execute_statement(
                    statement=statement,
                    warehouse_id=self.warehouse_id,
                    wait_timeout=wait,
                    disposition=Disposition.INLINE,
                    format=Format.JSON_ARRAY,
                    query_tags=[QueryTag(key, value) for key, value in tags.items()],
                ),
                what,
            )
        except AbsentError as error:
            raise SettingsError(
                f"There is no SQL warehouse {self.warehouse_id!r}",
                setting="warehouse_id",
                remedy="Correct it",
            ) from error
        statement_id = str(answer.statement_id)
        try:
            answer = self._wait(answer, statement_id)
        except BaseException:
            self._cancel(statement_id)
            raise
        check_success(answer, statement_id, what)
        return Result(statement_id, self._read_rows(answer, statement_id))

    def _wait(self, answer: StatementResponse, statement_id: str) -> StatementResponse:
        """Poll until the statement has ended, well or not."""
        clock, what = self.workspace.clock, self.what
        started, pause = clock.monotonic(), _FIRST_POLL_SECONDS
        while is_under_way(answer):
            if clock.monotonic() - started > _STATEMENT_SECONDS:
                limit = f"{_STATEMENT_SECONDS / 60:.0f} minutes"
                raise PermanentError(f"{what}: the statement {statement_id} did not end within {limit}")
            clock.sleep(pause)
            pause = min(pause * _POLL_GROWTH, _MAX_POLL_SECONDS)
            try:
                answer = self.workspace.call(
                    lambda client: client.statement_execution.get_statement(statement_id), what
                )
            except AbsentError as error:
                # Nobody knows what became of it; if it was done, to send it again changes nothing.
                raise StatementRetryableError(f"{what}: the warehouse forgot the statement") from error
        return answer

    def _read_rows(self, answer: StatementResponse, statement_id: str) -> list[Row]:
        manifest, result = answer.manifest, answer.result
        columns = manifest.schema.columns if manifest and manifest.schema else None
        names = [str(column.name) for column in columns or ()]
        rows: list[Row] = []
        while result is not None:
            rows += [dict(zip(names, values, strict=True)) for values in result.data_array or ()]
            following = result.next_chunk_index
            if following is None:
                break
            result = self.workspace.call(
                lambda client, chunk=following: client.statement_execution.get_statement_result_chunk_n(  # type: ignore[misc]
                    statement_id, chunk
                ),
                self.what,
            )
        return rows

    def _cancel(self, statement_id: str) -> None:
        """Stop a statement that nobody waits for any more; it would not stop by itself."""
        try:
            self.workspace.call(
                lambda client: client.statement_execution.cancel_execution(statement_id),
                "Cancelling a statement",
            )
        except (KitError, Interrupted) as error:
            logger.debug("Statement %s was not cancelled: %s", statement_id, error)
