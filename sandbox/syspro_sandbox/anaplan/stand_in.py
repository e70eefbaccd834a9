"""The stand-in as other code sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syspro_sandbox.anaplan.gateway import Gateway
from syspro_sandbox.anaplan.options import AnaplanOptions, Settings
from syspro_sandbox.anaplan.state.store import Store
from syspro_sandbox.anaplan.tenant import Tenant
from syspro_sandbox.anaplan.wire import API
from syspro_sandbox.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from syspro_sandbox.anaplan.state.condition import ActiveState
    from syspro_sandbox.clock import Clock
    from syspro_sandbox.exchange import Exchange


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
    def requests(self) -> list[Exchange]:
        """The requests that were answered, oldest first."""
        return list(self._gateway.log)

    def configure(self, **changes: Any) -> None:
        """Change options while the server runs."""
        with self._gateway.lock:
            self._tenant.settings.options = replace(self._tenant.options, **changes)

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
