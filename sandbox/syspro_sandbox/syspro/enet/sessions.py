"""Sessions: one per operator, unless the switches say otherwise; idle ones end.

SYSPRO reference, "Sessions".
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.enet.errors import (
    ALREADY_LOGGED_IN,
    INVALID_SESSION,
    NO_SEAT,
    UNKNOWN_INSTANCE,
    EnetError,
)

if TYPE_CHECKING:
    from syspro_sandbox.clock import Clock
    from syspro_sandbox.syspro.options import EnetOptions, Generation

_INSTANCE = "00"
_SYSPRO_7_LENGTH = 34
_FORMS = {"plain": "{id}", "quoted": '"{id}"', "xml": "<string>{id}</string>"}


@dataclass
class Session:
    """An operator at work in a company."""

    id: str
    operator: str
    company: str
    last_used: float
    requests: int = 0


class Sessions:
    """The sessions of a server, which do not outlive it.

    Args:
        options: Form of ids and idle time.
        clock: The machine's clock.
    """

    def __init__(self, options: EnetOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._by_id: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, operator: str, company: str, *, alone: bool = False) -> str:
        """Log an operator on, which ends the session the operator had.

        Args:
            operator: Who.
            company: Where.
            alone: Whether to be refused where the operator is at work already.

        Returns:
            The id as it goes over the wire.

        Raises:
            EnetError: When the operator may have no other session, or no seat is free.
        """
        session_id = _new_id(self._options.generation)
        now = self._clock.time()
        with self._lock:
            self._by_id = {key: each for key, each in self._by_id.items() if not self._has_expired(each, now)}
            others = [each.id for each in self._by_id.values() if each.operator == operator]
            if others and (alone or self._options.second_logon == "refused"):
                raise EnetError(ALREADY_LOGGED_IN.format(operator=operator))
            if self._options.second_logon == "evicts":
                for other in others:
                    del self._by_id[other]
            if self._options.seats is not None and len(self._by_id) >= self._options.seats:
                raise EnetError(NO_SEAT)
            self._by_id[session_id.strip()] = Session(session_id.strip(), operator, company, now)
        return _FORMS[self._options.session_id].format(id=session_id)

    def resume(self, session_id: str) -> Session:
        """The live session with an id, with or without the blanks behind it.

        Raises:
            EnetError: When it was evicted, has expired, or never was.
        """
        now = self._clock.time()
        with self._lock:
            session = self._by_id.get(session_id.strip())
            if session is not None and not self._has_expired(session, now):
                session.last_used = now
                session.requests += 1
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
            self._by_id.pop(session.id, None)

    @property
    def count(self) -> int:
        """How many sessions there are now."""
        now = self._clock.time()
        with self._lock:
            return sum(not self._has_expired(each, now) for each in self._by_id.values())

    def _has_expired(self, session: Session, now: float) -> bool:
        idle, most = self._options.idle_seconds, self._options.session_requests
        is_idle = idle is not None and now - session.last_used > idle
        return is_idle or (most is not None and session.requests >= most)


def _new_id(generation: Generation) -> str:
    """An id: recorded for SYSPRO 7, two blanks included; of SYSPRO 8's only the beginning is known."""
    unique = uuid.uuid4().hex.upper()
    return f"{unique}{_INSTANCE}  " if generation == "7" else f"SYS800-{unique}-{uuid.uuid4().hex.upper()}"
