"""The Statement Execution API: submit, poll, cancel, and results by chunk.

Databricks reference, "Statements".
"""

from __future__ import annotations

import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from syspro_sandbox.databricks.api.errors import ApiError, invalid
from syspro_sandbox.databricks.api.results import Result, ResultTooLargeError
from syspro_sandbox.databricks.sql.errors import SqlError
from syspro_sandbox.databricks.sql.names import Defaults, object_name
from syspro_sandbox.databricks.sql.parameters import Parameter
from syspro_sandbox.databricks.warehouse.engine import Running, StatementCancelledError

if TYPE_CHECKING:
    from starlette.requests import Request

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.databricks.api.compute import Compute
    from syspro_sandbox.databricks.options import DatabricksOptions
    from syspro_sandbox.databricks.warehouse.warehouse import Warehouse

MAX_TEXT_BYTES = 16 * 1024 * 1024
MAX_TAGS = 20
_SECONDS = re.compile(r"(\d+)s")
_WAIT_SECONDS = {0, *range(5, 51)}
_DEFAULT_WAIT = "10s"

State = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "CLOSED"]


class StatementExecution:
    """One submitted statement: what it is, how it goes, what came of it."""

    def __init__(self, body: dict[str, Any], defaults: Defaults, parameters: dict[str, Parameter]) -> None:
        self.id = str(uuid.uuid4())
        self.text: str = body["statement"]
        self.tags: list[dict[str, str]] = body.get("query_tags") or []
        self.row_limit: int | None = body.get("row_limit")
        self.byte_limit: int | None = body.get("byte_limit")
        self.defaults = defaults
        self.parameters = parameters
        self.state: State = "PENDING"
        self.error: SqlError | None = None
        self.result: Result | None = None
        self.finished_at: float | None = None
        self.running = Running()
        self.done = threading.Event()
        self._lock = threading.Lock()

    def begin(self) -> bool:
        """Go from PENDING to RUNNING; False when it was cancelled before."""
        with self._lock:
            if self.state == "PENDING":
                self.state = "RUNNING"
            return self.state == "RUNNING"

    def end(self, state: State, now: float, outcome: Result | SqlError | None = None) -> None:
        """Reach a final state; the first one counts."""
        with self._lock:
            if self.done.is_set():
                return
            self.state, self.finished_at = state, now
            self.result = outcome if isinstance(outcome, Result) else None
            self.error = outcome if isinstance(outcome, SqlError) else None
            self.done.set()

    def close(self) -> None:
        """Discard the result."""
        with self._lock:
            if self.state == "SUCCEEDED":
                self.state, self.result = "CLOSED", None

    def describe(self) -> dict[str, Any]:
        """The statement as a poll shows it."""
        status: dict[str, Any] = {"state": self.state}
        if self.error is not None:
            status["error"] = {"error_code": self.error.error_code, "message": str(self.error)}
            status["sql_state"] = self.error.sqlstate
        found: dict[str, Any] = {"statement_id": self.id, "status": status}
        if self.result is not None:
            found |= {"manifest": self.result.manifest(), "result": self.result.chunk(0, self.id)}
        return found


class Statements:
    """The statements, run in threads of their own and remembered.

    Args:
        warehouse: Runs the SQL.
        compute: The warehouse's machine, which may have to start first.
        options: Chunks, concurrency and lifetimes.
        clock: The time results and statements are forgotten by.
    """

    def __init__(
        self, warehouse: Warehouse, compute: Compute, options: DatabricksOptions, clock: Clock
    ) -> None:
        self._warehouse = warehouse
        self._compute = compute
        self._options = options
        self._clock = clock
        self._pool = ThreadPoolExecutor(options.concurrency, "databricks-statement")
        self._known: dict[str, StatementExecution] = {}
        self.log: list[StatementExecution] = []
        self.routes = [
            Route("/api/2.0/sql/statements", self._submit, methods=["POST"]),
            Route("/api/2.0/sql/statements/{id}", self._get),
            Route("/api/2.0/sql/statements/{id}/cancel", self._cancel, methods=["POST"]),
            Route("/api/2.0/sql/statements/{id}/result/chunks/{index:int}", self._chunk),
        ]

    def close(self) -> None:
        """Cancel what runs and end the threads."""
        for statement in self.log:
            self._end_by_cancel(statement)
        self._pool.shutdown(wait=True, cancel_futures=True)

    # -- routes

    async def _submit(self, request: Request) -> JSONResponse:
        body = await _json(request)
        statement = self._accept(body)
        accepted = statement.describe()
        self._pool.submit(self._run, statement)
        wait = _wait_seconds(body)
        if not wait:
            return JSONResponse(accepted)
        await run_in_threadpool(self._clock.wait, wait, statement.done)
        if not statement.done.is_set() and body.get("on_wait_timeout") == "CANCEL":
            self._end_by_cancel(statement)
        return JSONResponse(statement.describe())

    async def _get(self, request: Request) -> JSONResponse:
        return JSONResponse(self._find(request).describe())

    async def _cancel(self, request: Request) -> JSONResponse:
        statement = self._find(request)
        if self._options.cancel_works:
            self._end_by_cancel(statement)
        return JSONResponse({})

    async def _chunk(self, request: Request) -> JSONResponse:
        statement = self._find(request)
        index: int = request.path_params["index"]
        if statement.result is None or index >= max(1, len(statement.result.chunks)):
            raise ApiError(404, "NOT_FOUND", f"Statement {statement.id} has no result chunk {index}.")
        return JSONResponse(statement.result.chunk(index, statement.id))

    # -- the life of a statement

    def _accept(self, body: dict[str, Any]) -> StatementExecution:
        """Check a submission and remember it."""
        text = body.get("statement")
        if not isinstance(text, str) or not text:
            raise invalid("statement must be given.")
        if len(text.encode()) > MAX_TEXT_BYTES:
            raise invalid(f"The statement text exceeds the maximum of {MAX_TEXT_BYTES} bytes.")
        if body.get("disposition", "INLINE") != "INLINE":
            raise invalid("The sandbox has no disposition EXTERNAL_LINKS: use INLINE.")
        if body.get("format", "JSON_ARRAY") != "JSON_ARRAY":
            raise invalid("format must be JSON_ARRAY with the disposition INLINE.")
        if body.get("on_wait_timeout", "CONTINUE") not in {"CONTINUE", "CANCEL"}:
            raise invalid("on_wait_timeout must be CONTINUE or CANCEL.")
        if len(body.get("query_tags") or []) > MAX_TAGS:
            raise invalid(f"At most {MAX_TAGS} query tags can be given.")
        _wait_seconds(body)
        self._compute.check(str(body.get("warehouse_id") or ""))
        try:
            defaults = Defaults(
                object_name(body.get("catalog") or self._options.catalogs[0]),
                object_name(body.get("schema") or "default"),
            )
        except SqlError as error:
            raise invalid(error.detail) from error
        self._forget()
        statement = StatementExecution(body, defaults, _parameters(body))
        self._known[statement.id] = statement
        self.log.append(statement)
        return statement

    def _run(self, statement: StatementExecution) -> None:
        self._compute.await_running(statement.running.cancelled)
        if not statement.begin():
            return
        state, outcome = self._execute(statement)
        statement.end(state, self._clock.time(), outcome)

    def _execute(self, statement: StatementExecution) -> tuple[State, Result | SqlError | None]:
        try:
            table = self._warehouse.execute(
                statement.text, statement.defaults, statement.parameters, statement.running
            )
            result = Result.of(
                table,
                chunk_rows=self._options.chunk_rows,
                row_limit=statement.row_limit,
                byte_limit=statement.byte_limit,
            )
        except StatementCancelledError:
            return "CANCELED", None
        except SqlError as error:
            return "FAILED", error
        except ResultTooLargeError:
            return "FAILED", SqlError("INLINE_RESULT_TOO_LARGE", "An INLINE result has at most 25 MiB.")
        except Exception as error:  # noqa: BLE001  # a bug here must not leave a statement running for ever
            return "FAILED", SqlError(
                "SANDBOX_ENGINE_ERROR", f"{type(error).__name__}: {error}", "INTERNAL_ERROR"
            )
        return "SUCCEEDED", result

    def _end_by_cancel(self, statement: StatementExecution) -> None:
        statement.end("CANCELED", self._clock.time())
        if statement.state == "CANCELED":
            statement.running.cancel()

    def _forget(self) -> None:
        """Close old results and drop old statements."""
        now = self._clock.time()
        for statement in list(self._known.values()):
            age = 0.0 if statement.finished_at is None else now - statement.finished_at
            if age >= self._options.result_seconds:
                statement.close()
            if age >= self._options.statement_seconds:
                del self._known[statement.id]

    def _find(self, request: Request) -> StatementExecution:
        self._forget()
        statement_id = request.path_params["id"]
        if statement_id not in self._known:
            raise ApiError(404, "NOT_FOUND", f"The statement {statement_id} was not found.")
        return self._known[statement_id]


def _wait_seconds(body: dict[str, Any]) -> int:
    text = str(body.get("wait_timeout") or _DEFAULT_WAIT)
    found = _SECONDS.fullmatch(text)
    if not found or int(found.group(1)) not in _WAIT_SECONDS:
        raise invalid(f"wait_timeout must be 0s or between 5s and 50s, not {text!r}.")
    return int(found.group(1))


def _parameters(body: dict[str, Any]) -> dict[str, Parameter]:
    return {
        item["name"]: Parameter(item.get("value"), item.get("type") or "STRING")
        for item in body.get("parameters") or []
    }


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request object.") from error
    if not isinstance(body, dict):
        raise ApiError(400, "MALFORMED_REQUEST", "The request is not an object.")
    return body
