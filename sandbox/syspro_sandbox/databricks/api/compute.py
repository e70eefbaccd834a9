"""The SQL warehouse as a machine: its state, and its start that takes a while.

Databricks reference, "Stopped warehouses".
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from syspro_sandbox.databricks.api.errors import ApiError
from syspro_sandbox.databricks.options import WAREHOUSE_ID, WAREHOUSE_NAME

if TYPE_CHECKING:
    from starlette.requests import Request

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.databricks.options import DatabricksOptions


class Compute:
    """The one warehouse of the workspace.

    Args:
        options: Its state at first and how long it takes to start.
        clock: The time it starts by.
    """

    def __init__(self, options: DatabricksOptions, clock: Clock) -> None:
        self._state: str = options.warehouse_state
        self._start_seconds = options.warehouse_start_seconds
        self._clock = clock
        self._ready_at = 0.0
        self._lock = threading.Lock()
        self.routes = [
            Route("/api/2.0/sql/warehouses", self._list),
            Route("/api/2.0/sql/warehouses/{id}", self._get),
            Route("/api/2.0/sql/warehouses/{id}/start", self._start, methods=["POST"]),
            Route("/api/2.0/sql/warehouses/{id}/stop", self._stop, methods=["POST"]),
        ]

    @property
    def state(self) -> str:
        """STOPPED, STARTING, RUNNING or DELETED, as of now."""
        with self._lock:
            if self._state == "STARTING" and self._clock.time() >= self._ready_at:
                self._state = "RUNNING"
            return self._state

    def check(self, warehouse_id: str) -> None:
        """Refuse a warehouse there is not.

        Raises:
            ApiError: 404.
        """
        if warehouse_id != WAREHOUSE_ID or self.state == "DELETED":
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"SQL warehouse {warehouse_id} does not exist.")

    def start(self) -> None:
        """Begin to start, when stopped."""
        if self.state == "STOPPED":
            with self._lock:
                self._state, self._ready_at = "STARTING", self._clock.time() + self._start_seconds

    def stop(self) -> None:
        """Stop at once."""
        with self._lock:
            self._state = "STOPPED"

    def delete(self) -> None:
        """Remove the warehouse, as an administrator may at any time."""
        with self._lock:
            self._state = "DELETED"

    def await_running(self, interrupt: threading.Event) -> None:
        """Start the warehouse and wait until it runs, or until `interrupt` is set."""
        self.start()
        while self.state == "STARTING" and not interrupt.is_set():
            self._clock.wait(self._ready_at - self._clock.time(), interrupt)

    def _describe(self) -> dict[str, Any]:
        return {
            "id": WAREHOUSE_ID,
            "name": WAREHOUSE_NAME,
            "state": self.state,
            "cluster_size": "2X-Small",
            "warehouse_type": "PRO",
            "enable_serverless_compute": True,
            "auto_stop_mins": 10,
            "num_clusters": int(self.state == "RUNNING"),
        }

    async def _list(self, request: Request) -> JSONResponse:  # noqa: ARG002  # Starlette's signature
        return JSONResponse({"warehouses": [] if self.state == "DELETED" else [self._describe()]})

    async def _get(self, request: Request) -> JSONResponse:
        self.check(request.path_params["id"])
        return JSONResponse(self._describe())

    async def _start(self, request: Request) -> JSONResponse:
        self.check(request.path_params["id"])
        self.start()
        return JSONResponse({})

    async def _stop(self, request: Request) -> JSONResponse:
        self.check(request.path_params["id"])
        self.stop()
        return JSONResponse({})
