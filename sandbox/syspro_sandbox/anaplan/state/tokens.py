"""Tokens of the authentication service: a refresh keeps their value, a logout ends them.

Anaplan reference, "Tokens".
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import Settings
    from syspro_sandbox.anaplan.state.store import Store

SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class Token:
    """A token of a user; `expires` is in epoch seconds."""

    value: str
    id: str
    refresh_id: str
    email: str
    expires: float


def _new_value() -> str:
    """A value as the real one looks: base64 with signs that must not be mistaken for URL text."""
    return f"{secrets.token_urlsafe(48)}+{secrets.token_urlsafe(8)}/=="


class Tokens:
    """The tokens that are alive."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def issue(self, email: str) -> Token:
        """A new token for a user."""
        now = self._settings.now
        token = Token(_new_value(), str(uuid.uuid4()), str(uuid.uuid4()), email, self._expiry())
        self._store.execute("DELETE FROM token WHERE expires <= ?", now)
        self._store.execute(
            "INSERT INTO token VALUES (?, ?, ?, ?, ?)",
            token.value,
            token.id,
            token.refresh_id,
            token.email,
            token.expires,
        )
        self._store.execute("INSERT OR REPLACE INTO login VALUES (?, ?)", email, now)
        return token

    def find(self, value: str) -> Token | None:
        """The living token of that value."""
        row = self._store.row(
            "SELECT * FROM token WHERE value = ? AND expires > ?", value, self._settings.now
        )
        return None if row is None else Token(*row)

    def refresh(self, token: Token) -> Token:
        """The same token, with a new term; by a switch another value, and the old one is dead."""
        changes = self._settings.options.refresh_changes_value
        refreshed = replace(token, expires=self._expiry(), value=_new_value() if changes else token.value)
        self._store.execute(
            "UPDATE token SET expires = ?, value = ? WHERE value = ?",
            refreshed.expires,
            refreshed.value,
            token.value,
        )
        return refreshed

    def revoke(self, token: Token) -> None:
        """End a token at once."""
        self._store.execute("DELETE FROM token WHERE value = ?", token.value)

    def revoke_all(self, email: str | None = None) -> None:
        """End every token, or those of one user."""
        self._store.execute("DELETE FROM token WHERE email = ? OR ? IS NULL", email, email)

    def last_login(self, email: str) -> float:
        """When the user last logged in."""
        at: float | None = self._store.value("SELECT at FROM login WHERE email = ?", email)
        return at or 0.0

    def _expiry(self) -> float:
        return self._settings.now + self._settings.options.token_minutes * SECONDS_PER_MINUTE
