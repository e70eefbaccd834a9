"""The parts that talk to one Anaplan model, wired once a run and only when there is something to send."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from singer_kit.clock import SystemClock

from target_anaplan.api.client import AnaplanClient
from target_anaplan.api.login import PasswordLogin
from target_anaplan.api.model_availability import ModelAvailability
from target_anaplan.api.model_objects import ModelObjects
from target_anaplan.api.request_budget import RateLimiter
from target_anaplan.api.retry_policies import LOST_ANSWER_TRIES, LOST_ANSWER_TRIES_BEFORE_A_PERSON, Retries
from target_anaplan.api.task_wait import TaskRunner
from target_anaplan.api.tokens import TokenSession
from target_anaplan.api.transport import Transport
from target_anaplan.api.uploads import Uploader

if TYPE_CHECKING:
    from singer_kit.clock import Clock
    from singer_kit.shutdown import Shutdown

    from target_anaplan.settings import Settings


@dataclass(frozen=True)
class AnaplanModel:
    """The parts that share one login, one limiter and one pool of connections.

    Attributes:
        client: Calls the model.
        availability: Whether it takes imports.
        objects: Its imports, processes and files.
        uploader: Sends files.
        runner: Runs imports and processes.
    """

    client: AnaplanClient
    availability: ModelAvailability
    objects: ModelObjects
    uploader: Uploader
    runner: TaskRunner


def connect(settings: Settings, clock: Clock, shutdown: Shutdown, *, patient: bool = True) -> AnaplanModel:
    """Build the parts; the login happens with the first call.

    Args:
        settings: The settings.
        clock: The time; a signal ends its sleeps.
        shutdown: Tells that a signal came.
        patient: False where a person waits: an answer that does not come is asked for once more only.
    """
    limiter = RateLimiter(settings.requests_per_minute, clock)
    transport = Transport(
        limiter=limiter,
        retries=Retries(
            limiter,
            clock,
            lock_wait_seconds=settings.lock_wait_seconds,
            lost_answer_tries=LOST_ANSWER_TRIES if patient else LOST_ANSWER_TRIES_BEFORE_A_PERSON,
        ),
        clock=clock,
        minimum_tls=settings.minimum_tls,
        connections=settings.upload_threads + 1,
        user_agent=f"target-anaplan/{version('target-anaplan')}",
    )
    login = PasswordLogin(
        transport, clock, settings.auth_url, username=settings.username, password=settings.password
    )
    client = AnaplanClient(
        transport,
        TokenSession(login, transport, settings.auth_url, clock),
        api_url=settings.api_url,
        workspace_id=settings.workspace_id,
        model_id=settings.model_id,
    )
    return AnaplanModel(
        client=client,
        availability=ModelAvailability(client, clock, settings.lock_wait_seconds),
        objects=ModelObjects(client),
        uploader=Uploader(client, settings.upload_threads),
        runner=TaskRunner(
            client,
            SystemClock(),  # its sleeps go on after a signal, so that a running import is followed
            shutdown,
            locale=settings.locale,
            timeout_seconds=settings.task_timeout_seconds,
        ),
    )
