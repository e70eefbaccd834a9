"""The condition of the model: as administrators set it, and whether it is loaded.

Anaplan reference, "Sleeping models" and "Locked and archived models".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import Settings
    from syspro_sandbox.anaplan.state.store import Store

ActiveState = Literal[
    "UNLOCKED", "LOCKED", "ACTIVE", "ARCHIVED", "PRODUCTION", "MAINTENANCE", "PRODUCTION_MAINTENANCE"
]
SECONDS_PER_MINUTE = 60

_CLOSED = -1.0


class Condition:
    """Locked, archived, offline or usable; open or closed."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    @property
    def active_state(self) -> ActiveState:
        """The `activeState` of the model."""
        state: ActiveState = self._store.setting("active state", "UNLOCKED")
        return state

    @active_state.setter
    def active_state(self, state: ActiveState) -> None:
        self._store.set_setting("active state", state)

    @property
    def is_locked(self) -> bool:
        """Whether a person has locked the model."""
        return self.active_state == "LOCKED"

    @property
    def is_deployed(self) -> bool:
        """Whether the model refuses changes of its structure."""
        return self.active_state == "PRODUCTION"

    @property
    def is_closed(self) -> bool:
        """Whether the model is unloaded, by a person or because nobody used it."""
        return self._open_since == _CLOSED or self._is_idle

    @property
    def opens_at(self) -> float | None:
        """When a model that is being opened will be usable; None when nothing is to be waited for."""
        return self._open_since if self._open_since > self._settings.now else None

    def open(self) -> None:
        """Load the model; any call that needs it does so, and any task."""
        if self.is_closed:
            self._store.set_setting("open since", self._settings.now + self._settings.options.open_seconds)
        if self._settings.options.idle_minutes is not None:
            self._store.set_setting("last used", self._settings.now)

    def close(self) -> None:
        """Unload the model."""
        self._store.set_setting("open since", _CLOSED)

    def occupy(self, seconds: float) -> None:
        """Let something that is no task, a person's work say, have the model for so long."""
        self._store.set_setting("occupied until", self._settings.now + seconds)

    @property
    def occupied_until(self) -> float:
        """Until when that goes on; long ago when there is nothing."""
        until: float = self._store.setting("occupied until", 0.0)
        return until

    @property
    def _is_idle(self) -> bool:
        minutes = self._settings.options.idle_minutes
        used: float = self._store.setting("last used", self._settings.now)
        return minutes is not None and used + minutes * SECONDS_PER_MINUTE <= self._settings.now

    @property
    def _open_since(self) -> float:
        since: float = self._store.setting("open since", 0.0)
        return since
