"""The workspace: login, and every request behind our own retries.

The SDK's back-off is linear, ignores 500 and 502, never renews a refused token and asks for tokens without
a time limit (databricks.md 2.3, 2.4). So it only bridges blips here, and this module does the rest.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import (
    BadRequest,
    NotFound,
    NotImplemented,  # noqa: A004  # the SDK's name for HTTP 501
    PermissionDenied,
    ResourceConflict,
    Unauthenticated,
)
from databricks.sdk.errors.base import DatabricksError
from singer_kit.errors import KitError, PermanentError, RetryableError, SettingsError
from singer_kit.retry import RetryPolicy, call_with_retry

from target_databricks_uc.errors import AbsentError, DeniedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock

    from target_databricks_uc.settings import Connection

T = TypeVar("T")
logger = logging.getLogger(__name__)
# What goes wrong is told here, once; the SDK would tell of files and of every guess at the host as well.
logging.getLogger("databricks.sdk").setLevel(logging.ERROR)

PRODUCT = "target-databricks-uc"
#: How long the SDK itself tries; also what an unreachable host costs before it says so (databricks.md 2.3).
_SDK_RETRY_SECONDS = 10
_HTTP_SECONDS = 60
_LOGIN_SECONDS = 60
PATIENT = RetryPolicy(max_tries=10, base=1, cap=60, budget=900)
#: For `--test`, where a person waits.
BRISK = RetryPolicy(max_tries=1)
#: At most so often is a login tried: a wrong address looks like a network that is down.
_LOGIN_TRIES = 4
#: Requests that Databricks refuses for what they are; everything else may pass.
_REFUSED = (BadRequest, NotImplemented, ResourceConflict)
_WRONG_CREDENTIALS = ("invalid_client", "unauthorized", "invalid_grant", "access_denied")
#: Where each cloud keeps its accounts, by the end of a workspace's host name.
_ACCOUNT_HOSTS = {
    ".azuredatabricks.net": "https://accounts.azuredatabricks.net",
    ".gcp.databricks.com": "https://accounts.gcp.databricks.com",
    ".cloud.databricks.com": "https://accounts.cloud.databricks.com",
}


def discovery_url(connection: Connection) -> str | None:
    """Where the account describes its login; None for a login at the workspace, which describes itself."""
    if not connection.account_id:
        return None
    accounts = next(
        (url for end, url in _ACCOUNT_HOSTS.items() if connection.host.endswith(end)), connection.host
    )
    return f"{accounts}/oidc/accounts/{connection.account_id}/.well-known/oauth-authorization-server"


class Workspace:
    """A client that logs in when it is first needed; threads share it.

    Args:
        connection: Where and how to log in.
        clock: Where waits pass.
        policy: How often a request is tried.
    """

    def __init__(self, connection: Connection, clock: Clock, policy: RetryPolicy = PATIENT) -> None:
        self.connection = connection
        self.clock = clock
        self._policy = policy
        self._client: WorkspaceClient | None = None
        self._lock = threading.Lock()

    def call(self, request: Callable[[WorkspaceClient], T], what: str) -> T:
        """Make a request until it succeeds, is refused, or patience ends.

        Args:
            request: Uses the client; may be called several times.
            what: What it does, for messages.

        Raises:
            AbsentError: What it asks for does not exist.
            DeniedError: A grant is missing.
            PermanentError: It is refused.
            RetryableError: It still fails after all retries.
        """
        return call_with_retry(
            lambda: self._attempt(request, what), policy=self._policy, clock=self.clock, on_retry=_log_retry
        )

    def _attempt(self, request: Callable[[WorkspaceClient], T], what: str) -> T:
        client = self._log_in(None)
        try:
            return _translate(lambda: request(client), what)
        except _TokenRefusedError:
            # A token may be revoked or the secret renewed while we run; the SDK would never ask anew.
            return _translate(lambda: request(self._log_in(client)), what)

    def _log_in(self, refused: WorkspaceClient | None) -> WorkspaceClient:
        """The client; a new one where the current one is the one that was refused."""
        with self._lock:
            if self._client is None or self._client is refused:
                try:
                    self._client = call_with_retry(
                        lambda: _within(_LOGIN_SECONDS, lambda: _connect(self.connection)),
                        policy=replace(self._policy, max_tries=min(self._policy.max_tries, _LOGIN_TRIES)),
                        clock=self.clock,
                        on_retry=_log_retry,
                    )
                except RetryableError as error:  # patience has ended here, and does not begin anew outside
                    raise PermanentError(str(error)) from error
            return self._client


class _TokenRefusedError(PermanentError):
    """The workspace does not accept the token."""


def _connect(connection: Connection) -> WorkspaceClient:
    login = (
        {"token": connection.token}
        if connection.auth_method == "pat"
        else {"client_id": connection.client_id, "client_secret": connection.client_secret}
    )
    options: dict[str, Any] = {**login, "discovery_url": discovery_url(connection)}
    try:
        config = Config(
            host=connection.host,
            auth_type=connection.auth_method,
            retry_timeout_seconds=_SDK_RETRY_SECONDS,
            http_timeout_seconds=_HTTP_SECONDS,
            # Files stay below the size of the single PUT, which needs no way to the cloud's storage.
            disable_experimental_files_api_client=True,
            product=PRODUCT,
            product_version=version(PRODUCT),
            **options,
        )
        config.authenticate()
    except (ValueError, KeyError, requests.RequestException, TimeoutError, DatabricksError) as error:
        raise _login_error(error, connection) from error
    return WorkspaceClient(config=config)


def _login_error(error: Exception, connection: Connection) -> KitError:
    text = str(error)
    if any(sign in text for sign in _WRONG_CREDENTIALS):
        return SettingsError(
            f"Databricks refuses the service principal {connection.client_id}",
            setting="client_secret",
            remedy="Check `client_id`, and that the OAuth secret belongs to it and has not expired.",
        )
    if connection.account_id and "not found" in text:
        return SettingsError(
            f"There is no account {connection.account_id!r}",
            setting="account_id",
            remedy="Copy it from the account console, or leave it out to log in at the workspace.",
        )
    if isinstance(error, (requests.RequestException, TimeoutError)) or "Invalid URL 'None'" in text:
        return RetryableError(
            f"No Databricks workspace answers at {connection.host} (setting `host`). "
            "Check the address and that this machine reaches it."
        )
    return RetryableError(f"Login to {connection.host} failed: {_first_line(error)}")


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
        raise RetryableError(f"Login did not end within {seconds:.0f} seconds.")
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _translate(request: Callable[[], T], what: str) -> T:
    try:
        return request()
    except Unauthenticated as error:
        raise _TokenRefusedError(
            f"{what}: Databricks does not accept the token: {_first_line(error)}"
        ) from error
    except PermissionDenied as error:
        raise DeniedError(f"{what} is not allowed: {_first_line(error)}") from error
    except NotFound as error:
        raise AbsentError(f"{what}: {_first_line(error)}") from error
    except _REFUSED as error:
        raise PermanentError(f"{what} was refused: {_first_line(error)}") from error
    except DatabricksError as error:
        raise RetryableError(f"{what} failed: {_first_line(error)}", error.retry_after_secs) from error
    except (requests.RequestException, TimeoutError, ConnectionError) as error:
        raise RetryableError(f"{what} failed: {_first_line(error)}") from error
    except (ValueError, KeyError) as error:
        # So the SDK reports a token that it could not renew (databricks.md 2.3).
        if any(sign in str(error) for sign in _WRONG_CREDENTIALS):
            raise _TokenRefusedError(
                f"{what}: Databricks gives no new token: {_first_line(error)}"
            ) from error
        raise RetryableError(f"{what} failed, no token: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """What happened, without the configuration that the SDK appends."""
    return str(error).strip().split("\n", 1)[0].partition(". Config: ")[0]


def _log_retry(error: Exception, attempt: int, wait: float) -> None:
    logger.warning("%s; attempt %d, again in %.1f s", error, attempt, wait)
