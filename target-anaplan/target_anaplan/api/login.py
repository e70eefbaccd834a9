"""Logging in to Anaplan: a token that is reused, refreshed in time and renewed once when it is refused.

The authentication service: Anaplan reference 1.1 to 1.3.
"""

from __future__ import annotations

import base64
import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from singer_kit.errors import KitError, PermanentError, SettingsError
from singer_kit.redaction import register_secret

from target_anaplan.api.transport import Request, Response
from target_anaplan.errors import UnauthorizedError

if TYPE_CHECKING:
    from singer_kit.clock import Clock

    from target_anaplan.api.transport import Transport

#: A token is refreshed when it has less than this left of its 35 minutes.
REFRESH_SECONDS = 300

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Token:
    """A token.

    Attributes:
        expires_at: The end of its life on our monotonic clock; a machine whose clock is wrong does not take
            every token for dead.
    """

    value: str = field(repr=False)
    expires_at: float

    @property
    def authorization(self) -> str:
        """The header of every call but the login."""
        return f"AnaplanAuthToken {self.value}"


class AuthFlow(Protocol):
    """One way to get a token; `refresh` and `logout` are the same for all of them."""

    def login(self) -> Token:
        """Gets a new token.

        Raises:
            SettingsError: The credentials are refused.
        """


class PasswordLogin:
    """Basic authentication with a user's name and password.

    Args:
        transport: Sends the request.
        clock: Dates the token.
        auth_url: Base address of the authentication service.
    """

    def __init__(
        self, transport: Transport, clock: Clock, auth_url: str, *, username: str, password: str
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._url = f"{auth_url}/token/authenticate"
        self._username = username
        self._credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
        register_secret(self._credentials)

    def login(self) -> Token:
        """Gets a new token with one attempt: a wrong password repeated would lock the user out.

        Raises:
            SettingsError: The credentials are refused.
        """
        request = Request("POST", self._url, {"Authorization": f"Basic {self._credentials}"})
        try:
            return read_token(self._transport.do(request), self._clock)
        except UnauthorizedError as error:
            raise SettingsError(
                f"Anaplan refused the user {self._username!r} or the password",
                setting="password",
                remedy="Check `username` and `password`; passwords expire, and a user of a workspace with"
                " single sign-on must be an exception user to log in with one",
            ) from error
        except PermanentError as error:
            raise SettingsError(
                f"{error}: this does not look like Anaplan's authentication service", setting="auth_url"
            ) from error


class AuthSession:
    """The token of this process, shared by all its threads.

    Args:
        flow: How to log in.
        transport: Sends refresh and logout.
        auth_url: Base address of the authentication service.
        clock: Tells when the token runs out.
    """

    def __init__(self, flow: AuthFlow, transport: Transport, auth_url: str, clock: Clock) -> None:
        self._flow = flow
        self._transport = transport
        self._auth_url = auth_url
        self._clock = clock
        self._token: Token | None = None
        self._lock = threading.Lock()

    def token(self) -> Token:
        """A token with enough life left; one thread logs in or refreshes while the others wait for it."""
        with self._lock:
            if self._token is None:
                self._token = self._flow.login()
            elif self._token.expires_at - self._clock.monotonic() < REFRESH_SECONDS:
                self._token = self._refresh(self._token)
            return self._token

    def renew(self, refused: Token) -> Token:
        """A new token in place of one that the API refused; only the first thread that asks logs in."""
        with self._lock:
            if self._token is None or self._token.value == refused.value:
                self._token = self._flow.login()
            return self._token

    def logout(self) -> None:
        """Ends the session; a failure is not worth failing for, the token runs out by itself."""
        with self._lock:
            token, self._token = self._token, None
        if token is None:
            return
        try:
            self._transport.do(self._request("logout", token))
        except KitError as error:
            _logger.debug("Logout failed: %s", error)

    def _refresh(self, token: Token) -> Token:
        try:
            return read_token(self._transport.do(self._request("refresh", token)), self._clock)
        except KitError as error:
            _logger.info("The token could not be refreshed (%s); logging in again", error)
            return self._flow.login()

    def _request(self, action: str, token: Token) -> Request:
        headers = {"Authorization": token.authorization}
        return Request("POST", f"{self._auth_url}/token/{action}", headers, expects_json=action != "logout")


def read_token(response: Response, clock: Clock) -> Token:
    """The token in the answer of the authentication service.

    Raises:
        PermanentError: There is none.
    """
    info = response.body.get("tokenInfo") or {}
    value, expires = info.get("tokenValue"), info.get("expiresAt")
    if not isinstance(value, str) or not isinstance(expires, (int, float)):
        raise PermanentError("the login's answer holds no token")
    register_secret(value)
    server_time = clock.time() if response.date is None else response.date
    return Token(value, clock.monotonic() + expires / 1000 - server_time)
