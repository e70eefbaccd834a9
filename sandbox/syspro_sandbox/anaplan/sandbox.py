"""The stand-in as other code sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syspro_sandbox.anaplan.gateway import Exchange, Gateway
from syspro_sandbox.anaplan.options import AnaplanOptions, Settings
from syspro_sandbox.anaplan.state.store import Store
from syspro_sandbox.anaplan.tenant import Tenant
from syspro_sandbox.anaplan.wire import API

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from syspro_sandbox.anaplan.state.condition import ActiveState


class AnaplanSandbox:
    """A tenant with one model, behind an ASGI application."""

    def __init__(self, path: Path | None, options: AnaplanOptions) -> None:
        self._store = Store(path)
        self._tenant = Tenant(self._store, Settings(options))
        self._gateway = Gateway(self._tenant)

    @property
    def app(self) -> ASGIApp:
        """The application to serve."""
        return self._gateway

    @property
    def options(self) -> AnaplanOptions:
        """The options in force."""
        return self._tenant.options

    @property
    def requests(self) -> list[Exchange]:
        """The requests that were answered, oldest first."""
        return self._gateway.log

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
