"""The stand-in as other code sees it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from syspro_sandbox.clock import SystemClock
from syspro_sandbox.databricks.api.compute import Compute
from syspro_sandbox.databricks.api.files import Files
from syspro_sandbox.databricks.api.oauth import OAuth
from syspro_sandbox.databricks.api.statements import StatementExecution, Statements
from syspro_sandbox.databricks.api.unity import Unity
from syspro_sandbox.databricks.gateway import Gateway
from syspro_sandbox.databricks.options import CATALOG, SCHEMA, VOLUME, WAREHOUSE_ID, DatabricksOptions
from syspro_sandbox.databricks.sql.names import Defaults
from syspro_sandbox.databricks.warehouse.metastore import Metastore
from syspro_sandbox.databricks.warehouse.privileges import Privileges
from syspro_sandbox.databricks.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.exchange import Exchange

FOLDER = "databricks"


class DatabricksStandIn:
    """A workspace with one SQL warehouse over Delta tables below a folder.

    Attributes:
        app: The application to serve.
        oauth: Revokes tokens.
        compute: Stops, starts and deletes the warehouse.
    """

    def __init__(self, data_dir: Path, options: DatabricksOptions, clock: Clock) -> None:
        self._options = options
        self._link: tempfile.TemporaryDirectory[str] | None = None
        self._metastore = Metastore(self._engine_path(data_dir / FOLDER), options.catalogs)
        privileges = Privileges(options.denied)
        self._warehouse = Warehouse(self._metastore, privileges, options.client_id)
        self.oauth = OAuth(options, clock)
        self.compute = Compute(options, clock)
        self._statements = Statements(self._warehouse, self.compute, options, clock)
        files = Files(self._metastore, privileges, options)
        unity = Unity(self._metastore, privileges, options)
        routes = [*self.compute.routes, *self._statements.routes, *files.routes, *unity.routes]
        self._gateway = Gateway(routes, self.oauth, clock)
        self.app: ASGIApp = self._gateway

    @property
    def requests(self) -> list[Exchange]:
        """The requests that were answered, oldest first."""
        return list(self._gateway.log)

    @property
    def statements(self) -> list[StatementExecution]:
        """Every statement submitted so far, with its text, state, tags and error."""
        return self._statements.log

    def env(self, base_url: str) -> dict[str, str]:
        """The settings of target-databricks-uc for this workspace at an address."""
        values = {
            "HOST": base_url,
            "CLIENT_ID": self._options.client_id,
            "CLIENT_SECRET": self._options.client_secret,
            "WAREHOUSE_ID": WAREHOUSE_ID,
            "CATALOG": CATALOG,
            "SCHEMA": SCHEMA,
            "VOLUME": VOLUME,
        }
        return {f"TARGET_DATABRICKS_UC_{name}": value for name, value in values.items()}

    def query(self, text: str) -> list[dict[str, Any]]:
        """The rows of a statement, as Python values, past the API: for looking at what a client did."""
        rows: list[dict[str, Any]] = self._warehouse.execute(
            text, Defaults(self._options.catalogs[0])
        ).to_pylist()
        return rows

    def table_path(self, full_name: str) -> Path:
        """The folder of a Delta table, for readers of their own.

        Raises:
            SqlError: There is no such table.
        """
        return self._metastore.table(
            Defaults(self._options.catalogs[0]).object_name(tuple(full_name.split(".")))
        )

    def close(self) -> None:
        """Cancel what runs, end the engine and the threads; a second call does nothing."""
        self._statements.close()
        self._warehouse.close()
        if self._link is not None:
            self._link.cleanup()
            self._link = None

    def _engine_path(self, folder: Path) -> Path:
        """The folder under a name the engine takes: it writes escaped what a URL would escape."""
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        if quote(folder.as_posix(), safe="/:~") == folder.as_posix():
            return folder
        self._link = tempfile.TemporaryDirectory(prefix="sandbox-")
        link = Path(self._link.name) / FOLDER
        link.symlink_to(folder, target_is_directory=True)
        return link


def create(
    data_dir: Path, *, options: DatabricksOptions | None = None, clock: Clock | None = None
) -> DatabricksStandIn:
    """Open the workspace kept below a folder; the SQL engine starts with the first statement.

    Args:
        data_dir: Where tables, volumes and notes live, in a folder `databricks`.
        options: The switches.
        clock: The time tokens, results and the warehouse's start go by.
    """
    return DatabricksStandIn(data_dir, options or DatabricksOptions(), clock or SystemClock())
