"""The token of a run: reused by all threads, refreshed in time, renewed once when Anaplan refuses it.

Anaplan reference, "Tokens".
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from singer_kit.errors import KitError, PermanentError, SettingsError
from singer_kit.redaction import register_secret

from target_anaplan.api.transport import Request
from target_anaplan.errors import UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock

    from target_anaplan.api.transport import Response, Transport

#: A token is refreshed when it has less than this left of its 35 minutes.
REFRESH_SECONDS = 300

_T = TypeVar("_T")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Token:
    """A token.

    Attributes:
        value: What is sent.
        expires_at: The end of its life on our monotonic clock; a machine whose clock is wrong does not take
            every token for dead.
    """

    value: str = field(repr=False)
    expires_at: float

    @property
    def authorization(self) -> str:
        """The header of every call but the login."""
        return f"AnaplanAuthToken {self.value}"


class Login(Protocol):
    """One way to get a token; refreshing it and logging out are the same for all of them."""

    def login(self) -> Token:
        """Get a new token.

        Raises:
            SettingsError: The credentials are refused.
        """


class TokenSession:
    """The token of this process, shared by all its threads.

    Args:
        login: How to get one.
        transport: Sends refresh and logout.
        auth_url: Base address of the authentication service.
        clock: Tells when the token runs out.
    """

    def __init__(self, login: Login, transport: Transport, auth_url: str, clock: Clock) -> None:
        self._login = login
        self._transport = transport
        self._auth_url = auth_url
        self._clock = clock
        self._token: Token | None = None
        self._lock = threading.Lock()

    def call(self, send: Callable[[str], _T]) -> _T:
        """Call with a token; once more with a new one where Anaplan refuses it.

        Args:
            send: Sends the request with this authorization.

        Raises:
            SettingsError: Anaplan refuses the new token, too.
        """
        token = self.token()
        try:
            return send(token.authorization)
        except UnauthorizedError:
            try:
                return send(self.renew(token).authorization)
            except UnauthorizedError as error:
                raise SettingsError(
                    f"{error.problem}: it refuses the token of a fresh login",
                    setting="api_url",
                    remedy="Check that `api_url` and `auth_url` are of one region",
                ) from error

    def token(self) -> Token:
        """A token with enough life left; one thread logs in or refreshes while the others wait for it."""
        with self._lock:
            if self._token is None:
                self._token = self._login.login()
            elif self._token.expires_at - self._clock.monotonic() < REFRESH_SECONDS:
                self._token = self._refresh(self._token)
            return self._token

    def renew(self, refused: Token) -> Token:
        """A new token in place of one that the API refused; only the first thread that asks logs in."""
        with self._lock:
            if self._token is None or self._token.value == refused.value:
                self._token = self._login.login()
            return self._token

    def logout(self) -> None:
        """End the session; a failure is not worth failing for, the token runs out by itself."""
        with self._lock:
            token, self._token = self._token, None
        if token is None:
            return
        try:
            self._transport.do(self._request("logout", token))
        except KitError as error:
            _logger.debug("The logout failed: %s", error)

    def _refresh(self, token: Token) -> Token:
        try:
            return read_token(self._transport.do(self._request("refresh", token)), self._clock)
        except KitError as error:
            _logger.info("The token could not be refreshed, so a new login follows: %s", error)
            return self._login.login()

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
        raise PermanentError("The answer to the login holds no token")
    register_secret(value)
    server_time = clock.time() if response.date is None else response.date
    return Token(value, clock.monotonic() + expires / 1000 - server_time)
