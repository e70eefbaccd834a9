"""Failure dumps: one per user and import, overwritten by that user's next run.

Anaplan reference, "Dump files".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import Settings
    from syspro_sandbox.anaplan.state.store import Store

SECONDS_PER_HOUR = 3600


class Dumps:
    """The dumps that can still be read."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def put(self, email: str, import_id: str, task_id: str, content: bytes | None) -> None:
        """Keep the dump of a run; a clean run takes the last one away."""
        self._store.execute("DELETE FROM dump WHERE email = ? AND import_id = ?", email, import_id)
        if content is not None:
            self._store.execute(
                "INSERT INTO dump VALUES (?, ?, ?, ?, ?)",
                email,
                import_id,
                task_id,
                content,
                self._settings.now,
            )

    def drop(self) -> None:
        """Let every dump vanish."""
        self._store.execute("DELETE FROM dump")

    def get(self, email: str, import_id: str, task_id: str) -> bytes | None:
        """The dump of that task, if no later run replaced it and it is not too old."""
        now = self._settings.now
        life = self._settings.options.dump_hours * SECONDS_PER_HOUR
        row = self._store.row("SELECT * FROM dump WHERE email = ? AND import_id = ?", email, import_id)
        if row is None or row["task_id"] != task_id or row["accessed"] + life <= now:
            return None
        self._store.execute(
            "UPDATE dump SET accessed = ? WHERE email = ? AND import_id = ?", now, email, import_id
        )
        content: bytes = row["content"]
        return content
