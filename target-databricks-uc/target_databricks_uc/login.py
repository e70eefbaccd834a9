"""The login: where the token comes from, at the workspace or at the account, within a time limit."""

from __future__ import annotations

import logging
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from singer_kit.errors import RetryableError

from target_databricks_uc.errors import explained_login_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_databricks_uc.settings import WorkspaceSettings

# What goes wrong is told here, once; the SDK would tell of files and of every guess at the host as well.
logging.getLogger("databricks.sdk").setLevel(logging.ERROR)

#: How we call ourselves to Databricks, and to who reads its query history.
PRODUCT = "target-databricks-uc"
#: How long the SDK itself tries; also what an unreachable host costs before it says so (Databricks reference,
#: "Login").
_SDK_RETRY_SECONDS = 10
_HTTP_SECONDS = 60
_LOGIN_SECONDS = 60
#: Where each cloud keeps its accounts, by the end of a workspace's host name.
_ACCOUNT_HOSTS = {
    ".azuredatabricks.net": "https://accounts.azuredatabricks.net",
    ".gcp.databricks.com": "https://accounts.gcp.databricks.com",
    ".cloud.databricks.com": "https://accounts.cloud.databricks.com",
}


def discovery_url(settings: WorkspaceSettings) -> str | None:
    """Where the account describes its login; None for a login at the workspace, which describes itself."""
    if not settings.account_id:
        return None
    accounts = next(
        (url for end, url in _ACCOUNT_HOSTS.items() if settings.host.endswith(end)), settings.host
    )
    return f"{accounts}/oidc/accounts/{settings.account_id}/.well-known/oauth-authorization-server"


def log_in(settings: WorkspaceSettings) -> WorkspaceClient:
    """Fetch a token, once.

    Returns:
        A client that has it, and that renews it when it expires.

    Raises:
        SettingsError: The credentials or the account are wrong.
        RetryableError: Anything else, which may pass.
    """
    return _within(_LOGIN_SECONDS, lambda: _connect(settings))


def _connect(settings: WorkspaceSettings) -> WorkspaceClient:
    credentials = (
        {"token": settings.token}
        if settings.auth_method == "pat"
        else {"client_id": settings.client_id, "client_secret": settings.client_secret}
    )
    options: dict[str, Any] = {**credentials, "discovery_url": discovery_url(settings)}
    with explained_login_errors(settings):
        config = Config(
            host=settings.host,
            auth_type=settings.auth_method,
            retry_timeout_seconds=_SDK_RETRY_SECONDS,
            http_timeout_seconds=_HTTP_SECONDS,
            # Files stay below the size of the single PUT, which needs no way to the cloud's storage.
            disable_experimental_files_api_client=True,
            product=PRODUCT,
            product_version=version(PRODUCT),
            **options,
        )
        config.authenticate()
    return WorkspaceClient(config=config)


def _within(seconds: float, login: Callable[[], WorkspaceClient]) -> WorkspaceClient:
    """Log in, but not for ever: the SDK's request for a token has no time limit."""
    outcome: list[WorkspaceClient | Exception] = []

    def run() -> None:
        try:
            outcome.append(login())
        except Exception as error:  # noqa: BLE001  # raised below, in the thread that waits
            outcome.append(error)

    thread = threading.Thread(target=run, name="databricks-login", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise RetryableError(f"Login did not end within {seconds:.0f} seconds")
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]
