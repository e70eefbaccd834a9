"""Wrong passwords in a row, after which a user is locked out (Anaplan reference, "Lock-outs")."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import Settings
    from syspro_sandbox.anaplan.state.store import Store

SECONDS_PER_MINUTE = 60


class FailedLogins:
    """How often each user has failed since he last succeeded."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def count(self, email: str) -> int:
        """The wrong passwords in a row; a lock-out that has passed starts anew."""
        row = self._store.row("SELECT * FROM failed_login WHERE email = ?", email)
        if row is None:
            return 0
        over = row["at"] + self._settings.options.lockout_minutes * SECONDS_PER_MINUTE
        if row["count"] >= (self._settings.options.lockout_attempts or 0) and over <= self._settings.now:
            self.forget(email)
            return 0
        count: int = row["count"]
        return count

    def is_locked_out(self, email: str) -> bool:
        """Whether even the right password is refused."""
        limit = self._settings.options.lockout_attempts
        return limit is not None and self.count(email) >= limit

    def add(self, email: str) -> None:
        """Note a wrong password."""
        self._store.execute(
            "INSERT OR REPLACE INTO failed_login VALUES (?, ?, ?)",
            email,
            self.count(email) + 1,
            self._settings.now,
        )

    def forget(self, email: str) -> None:
        """Start anew after a right password."""
        self._store.execute("DELETE FROM failed_login WHERE email = ?", email)
