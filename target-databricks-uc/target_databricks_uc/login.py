"""The login: where the token comes from, within which time, what its failures mean, when it is renewed."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors.base import DatabricksError
from singer_kit.errors import KitError, PermanentError, RetryableError, SettingsError
from singer_kit.retry import call_with_retry

from target_databricks_uc import retry_policies
from target_databricks_uc.client_options import client_config
from target_databricks_uc.errors import TokenRefusedError, first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_kit.clock import Clock
    from singer_kit.retry import RetryPolicy

    from target_databricks_uc.settings import WorkspaceSettings

T = TypeVar("T")

#: The SDK's request for a token has no time limit of its own.
_LOGIN_SECONDS = 60
_WRONG_CREDENTIALS = ("invalid_client", "unauthorized", "invalid_grant", "access_denied")
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

    def run(self, request: Callable[[WorkspaceClient], T]) -> T:
        """Make a request with the client, and once more with a new one where the token is refused.

        A token may be revoked or the secret renewed while we run; the SDK would never ask anew.
        """
        client = self.client()
        try:
            return request(client)
        except TokenRefusedError:
            renewed = self.client(refused=client)
        return request(renewed)


def _connect(settings: WorkspaceSettings) -> WorkspaceClient:
    credentials: dict[str, Any] = (
        {"token": settings.token}
        if settings.auth_method == "pat"
        else {"client_id": settings.client_id, "client_secret": settings.client_secret}
    )
    credentials["discovery_url"] = discovery_url(settings)
    with _explained_login_errors(settings):
        config = client_config(settings.host, settings.auth_method, credentials)
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


@contextmanager
def _explained_login_errors(settings: WorkspaceSettings) -> Iterator[None]:
    """Turn what the SDK raises for a login into what it means.

    Raises:
        SettingsError: The credentials or the account are wrong.
        RetryableError: Anything else, which may pass.
    """
    try:
        yield
    except (ValueError, KeyError, requests.RequestException, TimeoutError, DatabricksError) as error:
        raise _login_error(error, settings) from error


def _login_error(error: Exception, settings: WorkspaceSettings) -> KitError:
    text = str(error)
    if tells_of_wrong_credentials(error):
        return SettingsError(
            f"Databricks refuses the service principal {settings.client_id}",
            setting="client_secret",
            remedy="Check `client_id`, and that the OAuth secret belongs to it and has not expired",
        )
    if settings.account_id and "not found" in text:
        return SettingsError(
            f"There is no account {settings.account_id!r}",
            setting="account_id",
            remedy="Copy it from the account console, or leave it out to log in at the workspace",
        )
    if isinstance(error, (requests.RequestException, TimeoutError)) or "Invalid URL 'None'" in text:
        return RetryableError(
            f"No Databricks workspace answers at {settings.host}",
            setting="host",
            remedy="Check the address and that this machine reaches it",
        )
    return RetryableError(f"Login to {settings.host} failed: {first_line(error)}")


def tells_of_wrong_credentials(error: Exception) -> bool:
    """Whether an error of the SDK says that client id or secret are not accepted, or not any more."""
    return any(sign in str(error) for sign in _WRONG_CREDENTIALS)
