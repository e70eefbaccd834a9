"""Sessions: one per operator; a logon evicts the older one, idle ones end (SYSPRO reference, "Sessions")."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.enet.errors import INVALID_SESSION, UNKNOWN_INSTANCE, EnetError

if TYPE_CHECKING:
    from syspro_sandbox.clock import Clock
    from syspro_sandbox.syspro.options import EnetOptions, Generation

_INSTANCE = "00"
_SYSPRO_7_LENGTH = 34


@dataclass
class Session:
    """An operator at work in a company."""

    id: str
    operator: str
    company: str
    last_used: float


class Sessions:
    """The sessions of a server, which do not outlive it.

    Args:
        options: Form of ids and idle time.
        clock: The machine's clock.
    """

    def __init__(self, options: EnetOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._by_operator: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, operator: str, company: str) -> str:
        """Log an operator on, which ends the session the operator had; the id is as it goes over the wire."""
        session_id = _new_id(self._options.generation)
        with self._lock:
            self._by_operator[operator] = Session(session_id.strip(), operator, company, self._clock.time())
        return session_id

    def resume(self, session_id: str) -> Session:
        """The live session with an id, with or without the blanks behind it.

        Raises:
            EnetError: When it was evicted, has expired, or never was.
        """
        now = self._clock.time()
        with self._lock:
            for session in self._by_operator.values():
                if session.id == session_id.strip() and not self._has_expired(session, now):
                    session.last_used = now
                    return session
        raise EnetError(INVALID_SESSION)

    def close(self, session_id: str) -> None:
        """Log off.

        Raises:
            EnetError: When there is no such session.
        """
        stripped = session_id.strip()
        instance = stripped[-len(_INSTANCE) :]
        if self._options.generation == "7" and len(stripped) == _SYSPRO_7_LENGTH and instance != _INSTANCE:
            raise EnetError(UNKNOWN_INSTANCE.format(instance=instance.rstrip("0")))
        session = self.resume(session_id)
        with self._lock:
            if self._by_operator.get(session.operator) is session:
                del self._by_operator[session.operator]

    def _has_expired(self, session: Session, now: float) -> bool:
        idle = self._options.idle_seconds
        return idle is not None and now - session.last_used > idle


def _new_id(generation: Generation) -> str:
    """An id: recorded for SYSPRO 7, two blanks included; of SYSPRO 8's only the beginning is known."""
    unique = uuid.uuid4().hex.upper()
    return f"{unique}{_INSTANCE}  " if generation == "7" else f"SYS800-{unique}-{uuid.uuid4().hex.upper()}"
