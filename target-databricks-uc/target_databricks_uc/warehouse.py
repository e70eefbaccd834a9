"""Statements on a SQL warehouse: submitted, polled, cancelled when nobody waits for them any more."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from databricks.sdk.service.sql import (
    Disposition,
    EndpointInfo,
    Format,
    QueryTag,
    StatementResponse,
    StatementState,
)
from singer_kit.errors import KitError, PermanentError, SettingsError
from singer_kit.retry import call_with_retry
from singer_kit.shutdown import Interrupted

from target_databricks_uc import retry_policies
from target_databricks_uc.errors import AbsentError, Failure, StatementRetryableError, statement_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_databricks_uc.workspace import Workspace

logger = logging.getLogger(__name__)

#: `wait_timeout` of the two kinds of statements; the API takes 0 or 5 to 50 seconds (Databricks reference,
#: "Statements").
_EXECUTE_WAIT, _ASK_WAIT = "0s", "5s"
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


@dataclass
class Warehouse:
    """One SQL warehouse.

    Attributes:
        workspace: The way there.
        tags: Put on every statement, shown in the query history.
    """

    workspace: Workspace
    tags: Mapping[str, str] = field(default_factory=dict)
    _id: str | None = None

    def describe(self) -> EndpointInfo:
        """The warehouse that the settings name.

        Raises:
            SettingsError: There is none.
        """
        wanted = self.workspace.settings
        if wanted.warehouse_id:
            try:
                found = self.workspace.call(
                    lambda client: client.warehouses.get(wanted.warehouse_id), "Looking up the warehouse"
                )
            except (AbsentError, PermanentError) as error:
                raise SettingsError(
                    f"There is no SQL warehouse {wanted.warehouse_id!r} that we may use",
                    setting="warehouse_id",
                    remedy="Copy the id from the warehouse's page, and grant CAN USE on it",
                ) from error
            return EndpointInfo.from_dict(found.as_dict())
        listed = self.workspace.call(lambda client: list(client.warehouses.list()), "Listing the warehouses")
        matches = [one for one in listed if one.name == wanted.warehouse_name]
        if len(matches) != 1:
            names = ", ".join(sorted(str(one.name) for one in listed)) or "none"
            raise SettingsError(
                f"{len(matches)} SQL warehouses are named {wanted.warehouse_name!r}; there are {names}",
                setting="warehouse_name",
                remedy="Correct it, or set `warehouse_id`; CAN USE must be granted on the warehouse",
            )
        return matches[0]

    def ask(self, statement: str, what: str) -> Result:
        """Run a look-up or a definition, which takes a moment: its answer mostly has the result."""
        return self._repeat(statement, what, {}, _ASK_WAIT)

    def execute(self, statement: str, what: str, tags: Mapping[str, str]) -> Result:
        """Run a statement that moves data: submitted without waiting, so that its id is known at once.

        Args:
            statement: The SQL, which may be run twice.
            what: What it does, for messages.
            tags: Further query tags.

        Raises:
            StatementError: It failed for good.
            KitError: The warehouse could not be reached.
        """
        return self._repeat(statement, what, tags, _EXECUTE_WAIT)

    def _repeat(self, statement: str, what: str, tags: Mapping[str, str], wait: str) -> Result:
        if self._id is None:
            self._id = self.workspace.settings.warehouse_id or str(self.describe().id)
        return call_with_retry(
            lambda: self._run(statement, what, {**self.tags, **tags}, wait),
            policy=retry_policies.STATEMENT,
            clock=self.workspace.clock,
            is_retryable=lambda error: isinstance(error, StatementRetryableError),
            on_retry=retry_policies.log_retry,
        )

    def _run(self, statement: str, what: str, tags: Mapping[str, str], wait: str) -> Result:
        workspace = self.workspace
        logger.debug("%s:\n%s", what, statement)
        try:
            answer = workspace.call(
                lambda client: client.statement_execution.execute_statement(
                    statement=statement,
                    warehouse_id=str(self._id),
                    wait_timeout=wait,
                    disposition=Disposition.INLINE,
                    format=Format.JSON_ARRAY,
                    query_tags=[QueryTag(key, value) for key, value in tags.items()],
                ),
                what,
            )
        except AbsentError as error:
            raise SettingsError(
                f"There is no SQL warehouse {self._id!r}", setting="warehouse_id", remedy="Correct it"
            ) from error
        statement_id = str(answer.statement_id)
        try:
            answer = self._wait(answer, statement_id, what)
        except BaseException:
            self._cancel(statement_id)
            raise
        _check(answer, statement_id, what)
        return Result(statement_id, self._read_rows(answer, statement_id, what))

    def _wait(self, answer: StatementResponse, statement_id: str, what: str) -> StatementResponse:
        """Poll until the statement has ended, well or not."""
        clock = self.workspace.clock
        started, pause = clock.monotonic(), _FIRST_POLL_SECONDS
        while _state(answer) in _UNDER_WAY:
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

    def _read_rows(self, answer: StatementResponse, statement_id: str, what: str) -> list[Row]:
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
                what,
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


_UNDER_WAY = (StatementState.PENDING, StatementState.RUNNING)


def _state(answer: StatementResponse) -> StatementState | None:
    return answer.status.state if answer.status else None


def _check(answer: StatementResponse, statement_id: str, what: str) -> None:
    """Raise unless the statement succeeded; CLOSED is a success whose result is gone."""
    state = _state(answer)
    if state in (StatementState.SUCCEEDED, StatementState.CLOSED):
        return
    if state is StatementState.CANCELED:
        raise PermanentError(f"{what}: the statement {statement_id} was cancelled on the warehouse")
    status = answer.status
    error = status.error if status else None
    code = error.error_code.value if error and error.error_code else ""
    text = (error.message if error else None) or f"the warehouse gives no reason {code}"
    raise statement_error(what, Failure(text, (status.sql_state if status else None) or "", code))
