"""Everything that talks to one Anaplan model, wired once a run and only when there is something to send."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from target_anaplan.api.client import AnaplanClient
from target_anaplan.api.login import AuthSession, PasswordLogin
from target_anaplan.api.model_objects import Catalogue
from target_anaplan.api.rate_limit import RateLimiter
from target_anaplan.api.tasks import TaskRunner
from target_anaplan.api.transport import Transport
from target_anaplan.api.uploads import Uploader

if TYPE_CHECKING:
    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_anaplan.settings import Settings

_SLICE_SECONDS = 0.5
_TRIES = 8
_TRIES_BEFORE_A_PERSON = 2


@dataclass(frozen=True)
class Connection:
    """The parts that share one login, one limiter and one pool of connections."""

    client: AnaplanClient
    catalogue: Catalogue
    uploader: Uploader
    runner: TaskRunner


class StoppableClock:
    """A clock whose sleeps end with the run: a signal is noticed within half a second, in any thread.

    Args:
        clock: The clock underneath.
        shutdown: Tells that a signal came.
    """

    def __init__(self, clock: Clock, shutdown: Shutdown) -> None:
        self._clock = clock
        self._shutdown = shutdown
        self.time = clock.time
        self.now = clock.now
        self.monotonic = clock.monotonic

    def sleep(self, seconds: float) -> None:
        """Lets so many seconds pass.

        Raises:
            Interrupted: A signal arrived.
        """
        end = self._clock.monotonic() + seconds
        while (left := end - self._clock.monotonic()) > 0:
            self._shutdown.check()
            self._clock.sleep(min(_SLICE_SECONDS, left))
        self._shutdown.check()


def connect(settings: Settings, clock: Clock, shutdown: Shutdown, *, patient: bool = True) -> Connection:
    """Builds the parts; the login happens with the first call.

    Args:
        settings: The settings.
        clock: The time.
        shutdown: Tells that a signal came.
        patient: False where a person waits: an answer that does not come is asked for once more only.
    """
    stoppable = StoppableClock(clock, shutdown)
    transport = Transport(
        limiter=RateLimiter(settings.requests_per_minute, stoppable),
        clock=stoppable,
        minimum_tls=settings.minimum_tls,
        connections=settings.upload_threads + 1,
        lock_wait_seconds=settings.lock_wait_seconds,
        lost_answer_tries=_TRIES if patient else _TRIES_BEFORE_A_PERSON,
        user_agent=f"target-anaplan/{version('target-anaplan')}",
    )
    flow = PasswordLogin(
        transport, clock, settings.auth_url, username=settings.username, password=settings.password
    )
    client = AnaplanClient(
        transport,
        AuthSession(flow, transport, settings.auth_url, clock),
        api_url=settings.api_url,
        workspace_id=settings.workspace_id,
        model_id=settings.model_id,
    )
    return Connection(
        client=client,
        catalogue=Catalogue(client, stoppable, settings.lock_wait_seconds),
        uploader=Uploader(client, settings.upload_threads),
        runner=TaskRunner(
            client,
            clock,
            shutdown,
            locale=settings.locale,
            timeout_seconds=settings.task_timeout_seconds,
        ),
    )
