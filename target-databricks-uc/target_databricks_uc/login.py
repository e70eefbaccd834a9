"""The login: where the token comes from, within which time, and when a new one is fetched."""

from __future__ import annotations

import logging
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from singer_kit.errors import PermanentError, RetryableError
from singer_kit.retry import call_with_retry

from target_databricks_uc import retry_policies
from target_databricks_uc.errors import explained_login_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock
    from singer_kit.retry import RetryPolicy

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


class Login:
    """A client that is logged in when it is first needed; threads share it.

    The client itself renews a token that expires, but not one that is refused.

    Args:
        settings: Where and how to log in.
        clock: Where waits pass.
        policy: How often a request is tried, and so a login at most.
    """

    def __init__(self, settings: WorkspaceSettings, clock: Clock, policy: RetryPolicy) -> None:
        self._settings = settings
        self._clock = clock
        self._policy = retry_policies.for_login(policy)
        self._client: WorkspaceClient | None = None
        self._lock = threading.Lock()

    def client(self, refused: WorkspaceClient | None = None) -> WorkspaceClient:
        """The client; a new one where the current one is the one that was refused.

        Raises:
            SettingsError: The credentials or the account are wrong.
            PermanentError: It still fails after all retries.
        """
        with self._lock:
            if self._client is None or self._client is refused:
                try:
                    self._client = call_with_retry(
                        lambda: _within(_LOGIN_SECONDS, lambda: _connect(self._settings)),
                        policy=self._policy,
                        clock=self._clock,
                        on_retry=retry_policies.log_retry,
                    )
                except RetryableError as error:  # patience has ended here, and does not begin anew outside
                    raise PermanentError(error.problem, setting=error.setting, remedy=error.remedy) from error
            return self._client


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
