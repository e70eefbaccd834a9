"""The SQL warehouse: which one it is, and what is asked of it, as often as that is worth it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from databricks.sdk.service.sql import EndpointInfo
from singer_kit.errors import PermanentError, SettingsError
from singer_kit.retry import call_with_retry

from target_databricks_uc import retry_policies
from target_databricks_uc.errors import AbsentError, StatementRetryableError
from target_databricks_uc.statement_execution import StatementExecution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_databricks_uc.statement_execution import Result
    from target_databricks_uc.workspace import Workspace

#: `wait_timeout` of the two kinds of statements; the API takes 0 or 5 to 50 seconds (Databricks reference,
#: "Statements").
_EXECUTE_WAIT, _ASK_WAIT = "0s", "5s"


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
        execution = StatementExecution(self.workspace, self._id, what)
        return call_with_retry(
            lambda: execution.run(statement, {**self.tags, **tags}, wait),
            policy=retry_policies.STATEMENT,
            clock=self.workspace.clock,
            is_retryable=lambda error: isinstance(error, StatementRetryableError),
            on_retry=retry_policies.log_retry,
        )
