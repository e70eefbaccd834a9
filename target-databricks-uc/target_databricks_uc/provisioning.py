"""Schema, volume, tables and columns, made where a batch needs them and they are not there."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from singer_kit.errors import PermanentError, SettingsError

from target_databricks_uc import sql
from target_databricks_uc.errors import AbsentError, Outcome, StatementError
from target_databricks_uc.existing_columns import read_columns
from target_databricks_uc.naming import quote
from target_databricks_uc.schema_evolution import find_change

if TYPE_CHECKING:
    from target_databricks_uc.schema_evolution import Change
    from target_databricks_uc.settings import Settings
    from target_databricks_uc.table_design import Table
    from target_databricks_uc.warehouse import Warehouse

logger = logging.getLogger(__name__)

#: So often a table is changed and looked at again, as other runs may change it at the same time.
_MAX_CHANGES = 5


class Provisioner:
    """What a batch needs in the schema that the settings name, made where it is missing.

    Objects are looked up before they are made: CREATE ... IF NOT EXISTS asks for the privilege to create even
    where there is nothing to do.

    Args:
        settings: The settings.
        warehouse: Runs the statements.
    """

    def __init__(self, settings: Settings, warehouse: Warehouse) -> None:
        self._settings = settings
        self._warehouse = warehouse
        self._workspace = warehouse.workspace
        self._schema = f"{settings.catalog}.{settings.schema}"
        #: Tables as they are, by design: each design is compared once.
        self._prepared: dict[Table, Table] = {}
        self._lock = threading.Lock()

    def qualify(self, table: str) -> str:
        """The full name of a table."""
        return quote(self._settings.catalog, self._settings.schema, table)

    def require(self) -> None:
        """See to it that schema and volume are there.

        Raises:
            KitError: They are not, and cannot be made.
        """
        settings = self._settings
        try:
            self._workspace.call(lambda client: client.schemas.get(self._schema), "Looking up the schema")
        except AbsentError:
            self._require_catalog()
            statement = sql.create_schema(settings.catalog, settings.schema)
            self._create(statement, f"Making the schema {self._schema}")
        volume = f"{self._schema}.{settings.volume}"
        try:
            self._workspace.call(lambda client: client.volumes.read(volume), "Looking up the volume")
        except AbsentError:
            statement = sql.create_volume(settings.catalog, settings.schema, settings.volume)
            self._create(statement, f"Making the volume {volume}")

    def _require_catalog(self) -> None:
        catalog = self._settings.catalog
        try:
            self._workspace.call(lambda client: client.catalogs.get(catalog), "Looking up the catalog")
        except AbsentError as error:
            raise SettingsError(
                f"There is no catalog {catalog!r} that we may use",
                setting="catalog",
                remedy="Correct it, or grant USE CATALOG on it",
            ) from error

    def has_table(self, table: str) -> bool:
        """Whether a table is there, as far as we may see it; asked without waking the warehouse."""
        name = f"{self._schema}.{table}"
        try:
            self._workspace.call(lambda client: client.tables.get(name), f"Looking up {name}")
        except AbsentError:
            return False
        return True

    def prepare(self, table: Table) -> Table:
        """Make a table, or bring it up to its design.

        Returns:
            The design with the columns as the table really has them.

        Raises:
            DataError: A column cannot take the new values, and the settings allow no other way.
        """
        if table in self._prepared:
            return self._prepared[table]
        name = self.qualify(table.name)
        existing = self._describe(name)
        if existing is None:
            statement = sql.create_table(name, table, self._settings.layout)
            self._create(statement, f"Making the table {table.name}")
            existing = self._describe(name)
        change = find_change(table, existing or {}, self._settings.on_type_change)
        for _ in range(_MAX_CHANGES):
            if not change.is_needed:
                break
            self._apply(name, change)
            existing = self._describe(name)  # another run may have been faster with one of the columns
            change = find_change(table, existing or {}, self._settings.on_type_change)
        else:
            lacking = ", ".join(
                [*(column.name for column in change.add), *(name for name, _ in change.widen)]
            )
            raise PermanentError(
                f"The table {table.name} does not take the change of its columns {lacking}",
                remedy="Look at the table, and at what else changes it",
            )
        with self._lock:
            self._prepared[table] = change.table
        return change.table

    def _apply(self, name: str, change: Change) -> None:
        table = change.table.name
        if change.add:
            self._create(sql.add_columns(name, change.add), f"Adding columns to {table}")
        if change.widen:
            self._warehouse.ask(sql.enable_widening(name), f"Allowing {table} to widen columns")
        for column, wider in change.widen:
            logger.info("%s: column %s becomes %s.", table, column, wider.sql)
            self._warehouse.ask(sql.widen_column(name, column, wider), f"Widening {table}.{column}")

    def _create(self, statement: str, what: str) -> None:
        """Make something; that another run was faster is as good."""
        try:
            self._warehouse.ask(statement, what)
        except StatementError as error:
            if error.outcome is not Outcome.EXISTS:
                raise

    def _describe(self, name: str) -> dict[str, str] | None:
        """Types of a table's columns by name; None where there is no table."""
        try:
            rows = self._warehouse.ask(sql.describe_table(name), f"Reading the columns of {name}").rows
        except StatementError as error:
            if error.outcome is Outcome.MISSING:
                return None
            raise
        return read_columns(rows)
