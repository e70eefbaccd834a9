"""A workspace of its own for each test, served on loopback, with the official client beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from pyarrow import parquet
from syspro_sandbox import databricks
from syspro_sandbox.clock import ManualClock
from syspro_sandbox.databricks import DatabricksOptions, DatabricksStandIn
from syspro_sandbox.serving import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from databricks.sdk.service.sql import StatementResponse

VOLUME = "/Volumes/main/syspro/landing"


@dataclass
class Workspace:
    """A served stand-in."""

    sandbox: DatabricksStandIn
    url: str
    clock: ManualClock

    @property
    def settings(self) -> dict[str, str]:
        return {
            name.removeprefix("TARGET_DATABRICKS_UC_").lower(): value
            for name, value in self.sandbox.env(self.url).items()
        }

    def client(self, **changes: Any) -> WorkspaceClient:
        settings = self.settings
        arguments: dict[str, Any] = {
            "host": self.url,
            "client_id": settings["client_id"],
            "client_secret": settings["client_secret"],
            "auth_type": "oauth-m2m",
            "retry_timeout_seconds": 5,
        }
        return WorkspaceClient(config=Config(**{**arguments, **changes}))


class Run:
    """Statements through the official client."""

    def __init__(self, client: WorkspaceClient, warehouse_id: str) -> None:
        self.client = client
        self.warehouse_id = warehouse_id

    def __call__(self, text: str, *, wait: str = "30s", **options: Any) -> StatementResponse:
        return self.client.statement_execution.execute_statement(
            text, self.warehouse_id, wait_timeout=wait, **options
        )

    def rows(self, text: str, **options: Any) -> list[list[str | None]]:
        answer = self(text, **options)
        assert answer.status is not None
        assert answer.status.error is None, answer.status.error
        return (answer.result and answer.result.data_array) or []


@pytest.fixture
def options() -> DatabricksOptions:
    return DatabricksOptions()


@pytest.fixture
def workspace(tmp_path: Path, options: DatabricksOptions) -> Iterator[Workspace]:
    clock = ManualClock()
    sandbox = databricks.create(tmp_path, options=options, clock=clock)
    with Server(sandbox.app) as server:
        try:
            yield Workspace(sandbox, server.url, clock)
        finally:
            sandbox.close()


@pytest.fixture
def client(workspace: Workspace) -> WorkspaceClient:
    return workspace.client()


@pytest.fixture
def run(workspace: Workspace, client: WorkspaceClient) -> Run:
    return Run(client, workspace.settings["warehouse_id"])


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[DatabricksStandIn]:
    """A workspace that is not served, with the schema and volume of the sandbox's settings."""
    found = databricks.create(tmp_path)
    found.query("CREATE SCHEMA main.syspro")
    found.query("CREATE VOLUME main.syspro.landing")
    yield found
    found.close()


@pytest.fixture
def stage(tmp_path: Path) -> Callable[..., str]:
    """Write a Parquet file into the landing volume; returns its path there."""

    def write(name: str, **columns: Any) -> str:
        file = tmp_path / "databricks/catalogs/main/syspro/volumes/landing" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(pa.table(columns), file, store_schema=False)
        return f"{VOLUME}/{name}"

    return write
