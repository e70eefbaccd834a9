"""Everything the stand-in knows, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.state.condition import Condition
from syspro_sandbox.anaplan.state.dumps import Dumps
from syspro_sandbox.anaplan.state.failed_logins import FailedLogins
from syspro_sandbox.anaplan.state.files import Files
from syspro_sandbox.anaplan.state.grants import Grants
from syspro_sandbox.anaplan.state.items import Hierarchies
from syspro_sandbox.anaplan.state.tasks import Tasks
from syspro_sandbox.anaplan.state.tokens import Tokens
from syspro_sandbox.anaplan.task_runner import TaskRunner

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import Model
    from syspro_sandbox.anaplan.options import AnaplanOptions, Settings, User
    from syspro_sandbox.anaplan.state.store import Store


class Tenant:
    """The tenant: its users and tokens, and one model with its files, items, cells and tasks."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.tokens = Tokens(store, settings)
        self.grants = Grants(store, settings)
        self.failed_logins = FailedLogins(store, settings)
        self.files = Files(store, settings)
        self.dumps = Dumps(store, settings)
        self.condition = Condition(store, settings)
        self.tasks = Tasks(store, settings)
        self.task_runner = TaskRunner(
            store,
            settings,
            tasks=self.tasks,
            files=self.files,
            dumps=self.dumps,
            condition=self.condition,
        )

    @property
    def options(self) -> AnaplanOptions:
        """The options in force."""
        return self.settings.options

    @property
    def model(self) -> Model:
        """The model."""
        return self.settings.options.model

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.settings.now

    @property
    def busy_until(self) -> float | None:
        """Until when something has the model, as far as is known now; None while nothing has it."""
        occupied = self.condition.occupied_until
        return self.tasks.busy_until or (occupied if occupied > self.now else None)

    def hierarchies(self) -> Hierarchies:
        """The lists of the model, as they are now."""
        return Hierarchies(self.store, self.model)

    def user(self, email: str) -> User | None:
        """The user of that address."""
        return next((user for user in self.options.users if user.email == email), None)
