"""Logging in to Anaplan with a user's name and password, tried once.

Anaplan reference, "Hosts" and "Refused logins".
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from singer_kit.errors import PermanentError, SettingsError
from singer_kit.redaction import register_secret

from target_anaplan.api.tokens import Token, read_token
from target_anaplan.api.transport import Request
from target_anaplan.errors import UnauthorizedError

if TYPE_CHECKING:
    from singer_kit.clock import Clock

    from target_anaplan.api.transport import Transport


class PasswordLogin:
    """Basic authentication with a user's name and password.

    Args:
        transport: Sends the request.
        clock: Dates the token.
        auth_url: Base address of the authentication service.
        username: The user.
        password: Their password.
    """

    def __init__(
        self, transport: Transport, clock: Clock, auth_url: str, *, username: str, password: str
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._url = f"{auth_url}/token/authenticate"
        self._username = username
        self._credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._refusal: SettingsError | None = None
        register_secret(self._credentials)

    def login(self) -> Token:
        """Get a new token with one attempt: a wrong password repeated would lock the user out.

        Credentials that were refused once are not sent again in this run, whoever asks.

        Raises:
            SettingsError: The credentials are refused.
        """
        if self._refusal is not None:
            raise self._refusal
        request = Request("POST", self._url, {"Authorization": f"Basic {self._credentials}"})
        try:
            return read_token(self._transport.do(request), self._clock)
        except UnauthorizedError as error:
            self._refusal = SettingsError(
                f"Anaplan refused the user {self._username!r} or the password",
                setting="password",
                remedy="Check `username` and `password`; passwords expire, and a user of a workspace with"
                " single sign-on must be an exception user to log in with one",
            )
            raise self._refusal from error
        except PermanentError as error:
            raise SettingsError(
                f"{error.problem}: this does not look like Anaplan's authentication service",
                setting="auth_url",
                remedy="Give the address of the authentication service of your region",
            ) from error
