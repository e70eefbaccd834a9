"""The stand-in as other code sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syspro_sandbox.anaplan.api.oauth import approve_device
from syspro_sandbox.anaplan.gateway import Gateway
from syspro_sandbox.anaplan.options import LOADER, STRANGER, AnaplanOptions, Settings
from syspro_sandbox.anaplan.state.store import Store
from syspro_sandbox.anaplan.tenant import Tenant
from syspro_sandbox.anaplan.wire import API
from syspro_sandbox.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp

    from syspro_sandbox.anaplan.gateway import UserExchange
    from syspro_sandbox.anaplan.model.definition import Model, Numbered, TaskKind
    from syspro_sandbox.anaplan.options import User
    from syspro_sandbox.anaplan.state.condition import ActiveState
    from syspro_sandbox.clock import Clock


DATABASE = "anaplan.sqlite3"


class AnaplanStandIn:
    """A tenant with one model, behind an ASGI application.

    Args:
        path: The database; None keeps the data in memory.
        options: The switches, which `configure` changes.
        clock: The time that tokens, tasks and uploads go by.

    Attributes:
        app: The application to serve.
    """

    def __init__(self, path: Path | None, options: AnaplanOptions, clock: Clock) -> None:
        self._store = Store(path)
        self._tenant = Tenant(self._store, Settings(options, clock))
        self._gateway = Gateway(self._tenant)
        self.app: ASGIApp = self._gateway

    @property
    def options(self) -> AnaplanOptions:
        """The options in force."""
        return self._tenant.options

    @property
    def requests(self) -> list[UserExchange]:
        """The requests that were answered, oldest first."""
        return list(self._gateway.log)

    def configure(self, **changes: Any) -> None:
        """Change options while the server runs."""
        with self._gateway.lock:
            self._tenant.settings.options = replace(self._tenant.options, **changes)

    def change_model(self, change: Callable[..., Model], *args: Any, **kwargs: Any) -> None:
        """Change the model as a person does; `model/variants.py` has the changes."""
        self.configure(model=change(self.options.model, *args, **kwargs))

    def set_model_state(self, state: ActiveState) -> None:
        """Lock, unlock, archive or take the model offline, as an administrator does."""
        with self._gateway.lock:
            self._tenant.condition.active_state = state

    def set_default_file(
        self, source_name: str, content: bytes | None, *, administrators_only: bool = False
    ) -> None:
        """Set the default file of an import data source, or take it away."""
        file_id = self._tenant.model.source_named[source_name].id
        with self._gateway.lock:
            self._tenant.files.set_default(file_id, content, administrators_only=administrators_only)

    def occupy_model(self, seconds: float) -> None:
        """Let a person's work have the model for so long: calls block, tasks queue."""
        with self._gateway.lock:
            self._tenant.condition.occupy(seconds)

    def spend_requests(self, count: int) -> None:
        """Let other clients of the tenant use up so many requests of the limit."""
        with self._gateway.lock:
            for _ in range(count):
                self._gateway.limit.take()

    def upload(self, source_name: str, content: bytes, user: User = STRANGER) -> None:
        """Put a user's private content into the file of an import data source, as an upload does."""
        file_id = self._tenant.model.source_named[source_name].id
        with self._gateway.lock, self._store.transaction():
            self._tenant.files.put(user, file_id, content)

    def start(self, name: str, user: User = STRANGER, parameters: Sequence[dict[str, Any]] = ()) -> str:
        """Start an import, process or action of that name for a user.

        Returns:
            The identifier of the task.

        Raises:
            LookupError: When the model has nothing of that name.
        """
        model = self._tenant.model
        kinds: dict[TaskKind, Sequence[Numbered]] = {
            "imports": model.imports,
            "processes": model.processes,
            "actions": model.actions,
        }
        found = [(kind, one.id) for kind, some in kinds.items() for one in some if one.name == name]
        if not found:
            raise LookupError(name)
        with self._gateway.lock, self._store.transaction():
            return self._tenant.tasks.start(*found[0], user, parameters).id

    def drop_dumps(self) -> None:
        """Let all dumps vanish, although their tasks still promise them."""
        with self._gateway.lock:
            self._tenant.dumps.drop()

    def change_password(self, password: str, user: User = LOADER, *, end_tokens: bool = True) -> None:
        """Give a user another password, as he or an administrator does in mid-run."""
        users = tuple(
            replace(one, password=password) if one.email == user.email else one for one in self.options.users
        )
        self.configure(users=users)
        if end_tokens:
            self.revoke_tokens(user)

    def revoke_tokens(self, user: User | None = None) -> None:
        """End the tokens of a user, or all of them, before their time."""
        with self._gateway.lock:
            self._tenant.tokens.revoke_all(user.email if user else None)

    def revoke_refresh_tokens(self) -> None:
        """End all refresh tokens of OAuth, as an administrator does."""
        with self._gateway.lock:
            self._tenant.grants.revoke_all()

    def answer_device(self, user_code: str, user: User = LOADER, *, deny: bool = False) -> bool:
        """Approve or deny a device as a person at the browser does.

        Returns:
            False when nobody waits under that code.
        """
        with self._gateway.lock:
            return approve_device(self._tenant, user_code, user, deny=deny)

    def env(self, base_url: str) -> dict[str, str]:
        """The settings with which target-anaplan finds this server."""
        base = base_url.rstrip("/")
        model = self._tenant.model
        user = self.options.users[0]
        return {
            "TARGET_ANAPLAN_AUTH_URL": base,
            "TARGET_ANAPLAN_API_URL": f"{base}{API}",
            "TARGET_ANAPLAN_OAUTH_URL": base,
            "TARGET_ANAPLAN_USERNAME": user.email,
            "TARGET_ANAPLAN_PASSWORD": user.password,
            "TARGET_ANAPLAN_WORKSPACE_ID": model.workspace_id,
            "TARGET_ANAPLAN_MODEL_ID": model.id,
        }

    def close(self) -> None:
        """Close the database."""
        with self._gateway.lock:
            self._store.close()


def create(
    data_dir: Path | None, *, options: AnaplanOptions | None = None, clock: Clock | None = None
) -> AnaplanStandIn:
    """Open the tenant kept below a folder.

    Args:
        data_dir: Where its data survive a restart, in a folder `anaplan`; None keeps them in memory.
        options: The switches.
        clock: The time that tokens, tasks and uploads go by.
    """
    path = None if data_dir is None else data_dir / "anaplan" / DATABASE
    return AnaplanStandIn(path, options or AnaplanOptions(), clock or SystemClock())
