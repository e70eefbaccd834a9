"""What OAuth has granted: device codes, authorization codes, refresh tokens (Anaplan reference, "OAuth")."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import sqlite3

    from syspro_sandbox.anaplan.options import OAuthClient, Settings
    from syspro_sandbox.anaplan.state.store import Store

CODE_SECONDS = 60
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"

DeviceState = Literal["pending", "approved", "denied"]


class GrantError(Exception):
    """A grant that gives no token; the message is the `error` of the answer."""


class Grants:
    """The codes and refresh tokens of the tenant."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    # Devices ------------------------------------------------------------------------------------------------

    def start_device(self, client: OAuthClient, scope: str) -> tuple[str, str]:
        """Make a device code and the user code that a person types."""
        device_code = secrets.token_urlsafe(32)
        letters = [secrets.choice(USER_CODE_LETTERS) for _ in range(8)]
        user_code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
        self._store.execute(
            "INSERT INTO device_code VALUES (?, ?, ?, ?, '', 'pending', 0, ?)",
            device_code,
            user_code,
            client.id,
            scope,
            self._settings.now + self._settings.options.device_code_seconds,
        )
        return device_code, user_code

    def answer_device(self, user_code: str, email: str, state: DeviceState) -> bool:
        """Approve or deny a device; False when nobody waits under that user code."""
        return bool(
            self._store.execute(
                "UPDATE device_code SET email = ?, state = ? "
                "WHERE user_code = ? AND state = 'pending' AND expires > ?",
                email,
                state,
                user_code.strip().upper(),
                self._settings.now,
            )
        )

    def take_device(self, client: OAuthClient, device_code: str) -> tuple[str, str]:
        """Redeem a device code that was approved.

        Returns:
            The user's address and the scope.

        Raises:
            GrantError: When it is unknown, too old, denied or still pending, or asked for too often.
        """
        row = self._store.row(
            "SELECT * FROM device_code WHERE code = ? AND client_id = ?", device_code, client.id
        )
        now, options = self._settings.now, self._settings.options
        if row is None:
            raise GrantError("invalid_grant")
        if row["expires"] <= now:
            raise GrantError("expired_token")
        if row["state"] == "denied":
            raise GrantError("access_denied")
        if row["state"] == "pending":
            is_early = now - row["polled"] < options.device_interval_seconds and options.device_slow_down
            self._store.execute("UPDATE device_code SET polled = ? WHERE code = ?", now, device_code)
            raise GrantError("slow_down" if is_early else "authorization_pending")
        self._store.execute("DELETE FROM device_code WHERE code = ?", device_code)
        return row["email"], row["scope"]

    # Authorization codes ------------------------------------------------------------------------------------

    def issue_code(self, client: OAuthClient, email: str, redirect_uri: str, scope: str) -> str:
        """Make an authorization code."""
        code = secrets.token_urlsafe(32)
        self._store.execute(
            "INSERT INTO authorization_code VALUES (?, ?, ?, ?, ?, ?)",
            code,
            client.id,
            email,
            redirect_uri,
            scope,
            self._settings.now + CODE_SECONDS,
        )
        return code

    def take_code(self, client: OAuthClient, code: str, redirect_uri: str) -> tuple[str, str]:
        """Redeem an authorization code, once.

        Returns:
            The user's address and the scope.

        Raises:
            GrantError: When it is unknown, used, too old, or was made for another address.
        """
        row = self._store.row(
            "SELECT * FROM authorization_code WHERE code = ? AND client_id = ?", code, client.id
        )
        self._store.execute("DELETE FROM authorization_code WHERE code = ?", code)
        if row is None or row["expires"] <= self._settings.now or row["redirect_uri"] != redirect_uri:
            raise GrantError("invalid_grant")
        return row["email"], row["scope"]

    # Refresh tokens -----------------------------------------------------------------------------------------

    def issue_refresh_token(self, client: OAuthClient, email: str, scope: str, family: str = "") -> str:
        """Make a refresh token; those that follow from each other by rotation are a family."""
        value = f"v1.{secrets.token_urlsafe(36)}"
        life = client.refresh_token_seconds
        self._store.execute(
            "INSERT INTO refresh_token VALUES (?, ?, ?, ?, ?, ?, 0)",
            value,
            family or value,
            client.id,
            email,
            scope,
            None if life is None else self._settings.now + life,
        )
        return value

    def use_refresh_token(self, client: OAuthClient, value: str) -> tuple[str, str, str]:
        """Use a refresh token; where they rotate, it is dead from now on.

        Returns:
            The user's address, the scope, and the refresh token to use next.

        Raises:
            GrantError: When it is unknown, used, revoked or too old.
        """
        row = self._store.row(
            "SELECT * FROM refresh_token WHERE value = ? AND client_id = ?", value, client.id
        )
        if row is not None and row["used"] and self._settings.options.refresh_reuse == "revoke_all":
            self._revoke_family(row)
        if row is None or row["used"] or not self._lives(row):
            raise GrantError("invalid_grant")
        if not client.rotating:
            return row["email"], row["scope"], value
        self._store.execute("UPDATE refresh_token SET used = 1 WHERE value = ?", value)
        successor = self.issue_refresh_token(client, row["email"], row["scope"], row["family"])
        return row["email"], row["scope"], successor

    def revoke(self, value: str) -> None:
        """End a refresh token, with those that it follows from."""
        row = self._store.row("SELECT * FROM refresh_token WHERE value = ?", value)
        if row is not None:
            self._revoke_family(row)

    def revoke_all(self) -> None:
        """End every refresh token, as an administrator can."""
        self._store.execute("DELETE FROM refresh_token")

    def _revoke_family(self, row: sqlite3.Row) -> None:
        self._store.execute("DELETE FROM refresh_token WHERE family = ?", row["family"])

    def _lives(self, row: sqlite3.Row) -> bool:
        return row["expires"] is None or row["expires"] > self._settings.now
