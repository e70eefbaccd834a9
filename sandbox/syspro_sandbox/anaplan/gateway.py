"""The door of the stand-in: who calls, whether the call may pass now, and what answers it."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime
from math import ceil
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syspro_sandbox.anaplan.api import (
    actions,
    authentication,
    files,
    large_reads,
    lists,
    modules,
    oauth,
    tasks,
    workspaces,
)
from syspro_sandbox.anaplan.rate_limit import RateLimit
from syspro_sandbox.anaplan.wire import API, ApiError, Call, Endpoint, error_response
from syspro_sandbox.exchange import KEPT, Exchange

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from syspro_sandbox.anaplan.tenant import Tenant

FORBIDDEN_STATES = {
    "ARCHIVED": (422, "The model is archived"),
    "MAINTENANCE": (424, "The model is offline"),
    "PRODUCTION_MAINTENANCE": (424, "The model is offline"),
}
LOCKED = (423, "The model is locked and must be unlocked first")
LEAST_PAUSE = 0.01
ALWAYS_OPEN = ("/status", "/open", "/close")

MODEL_FORMS = ("/models/{model}", "/workspaces/{workspace}/models/{model}")
MODEL_ENDPOINTS = (
    *workspaces.MODEL_ENDPOINTS,
    *files.ENDPOINTS,
    *actions.ENDPOINTS,
    *tasks.ENDPOINTS,
    *lists.ENDPOINTS,
    *modules.ENDPOINTS,
    *large_reads.ENDPOINTS,
)


#: Where a request's scope holds the address of its user.
USER = "anaplan_user"


@dataclass(frozen=True)
class UserExchange(Exchange):
    """A request of a user.

    Args:
        arrived: When it had come, by the stand-in's clock, in seconds since the epoch.
        user: The user's address; empty for logins and requests without a living token.
    """

    arrived: float
    user: str


@dataclass(frozen=True)
class Route:
    """An endpoint under one of the forms of its path."""

    pattern: re.Pattern[str]
    endpoint: Endpoint


def _route(prefix: str, endpoint: Endpoint) -> Route:
    """Compile a path; `{name}` is one segment, `{name:a|b}` one of those words."""
    parts = re.split(r"\{(\w+)(?::([^}]+))?\}", f"{API}{prefix}{endpoint.path}")
    pattern = re.escape(parts[0])
    for name, words, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{name}>{words or '[^/]+'}){re.escape(literal)}"
    return Route(re.compile(pattern), endpoint)


ROUTES = (
    *(_route("", endpoint) for endpoint in workspaces.TENANT_ENDPOINTS),
    *(_route(form, endpoint) for endpoint in MODEL_ENDPOINTS for form in MODEL_FORMS),
)


def find_endpoint(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint of a path and its parameters.

    Raises:
        ApiError: 404 for an unknown path, 405 for a known one with another method.
    """
    is_known = False
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match and route.endpoint.method == method:
            return route.endpoint, match.groupdict()
        is_known = is_known or bool(match)
    raise ApiError(405 if is_known else 404, f"Method Not Allowed: {method}" if is_known else "")


class Gateway:
    """The ASGI application.

    Requests are answered one at a time, in the event loop: SQLite would let only one at its data anyway.
    Before each one, the tasks that are due are played.

    Attributes:
        lock: Held while a request is answered; whoever else touches the tenant's data takes it.
        limit: What requests of other clients are taken from, too.
        log: The requests that were answered.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self.limit = RateLimit(tenant.settings)
        self.lock = threading.Lock()
        self.log: deque[UserExchange] = deque(maxlen=KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and note it in the log."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        arrived = self._tenant.now
        response = await self._respond(request)
        url = request.url
        exchange = UserExchange(
            request.method,
            url.path,
            url.query,
            response.status_code,
            self._tenant.now,
            arrived,
            scope.get(USER, ""),
        )
        self.log.append(exchange)
        if self._tenant.options.date_header:
            moment = datetime.fromtimestamp(self._tenant.now, timezone.utc)
            response.headers["Date"] = format_datetime(moment, usegmt=True)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        body = await request.body()
        path = request.url.path
        try:
            if path.startswith(authentication.PATH) or path in oauth.PATHS:
                return self._authenticate(request, body)
            return await self._call(request, body)
        except ApiError as error:
            return error_response(error, path, self._tenant.now)

    def _authenticate(self, request: Request, body: bytes) -> Response:
        with self.lock, self._tenant.store.transaction():
            if self._tenant.options.rate_limit_authentication:
                refusal = self._refuse_too_many(request)
                if refusal is not None:
                    return refusal
            if request.url.path in oauth.PATHS:
                return oauth.answer_oauth_call(self._tenant, request, body)
            return authentication.answer_token_call(self._tenant, request, body)

    async def _call(self, request: Request, body: bytes) -> Response:
        """Answer a call of the API, waiting while a task has the model and the call needs it."""
        settings = self._tenant.settings
        admitted = self._admit(request, body)
        if isinstance(admitted, Response):
            return admitted
        takes = admitted[0].takes
        if takes is not None:
            await settings.clock.sleep(takes(settings.options))
        deadline = settings.now + settings.options.block_seconds
        while True:
            answer = self._attempt(*admitted)
            if isinstance(answer, Response):
                return answer
            await settings.clock.sleep(max(LEAST_PAUSE, min(answer, deadline) - settings.now))
            if settings.now >= deadline:
                raise ApiError(504)

    def _admit(self, request: Request, body: bytes) -> Response | tuple[Endpoint, Call]:
        """Check who calls, how often, and what: in that order (Anaplan reference, "Who sees what")."""
        with self.lock, self._tenant.store.transaction():
            user = authentication.find_user(self._tenant, request)
            if user is None:
                raise ApiError(401)
            request.scope[USER] = user.email
            refusal = self._refuse_too_many(request)
            if refusal is not None:
                return refusal
            # A slash at the end is no other address.
            endpoint, params = find_endpoint(request.method, request.url.path.rstrip("/"))
            return endpoint, Call(self._tenant, request, body, user, params)

    def _refuse_too_many(self, request: Request) -> Response | None:
        """The answer to a request beyond the limit (Anaplan reference, "Request limit")."""
        wait = self.limit.take()
        if wait is None:
            return None
        options = self._tenant.options
        now = self._tenant.now
        headers = {}
        if options.retry_after == "seconds":
            headers["Retry-After"] = str(ceil(wait))
        elif options.retry_after == "date":
            moment = datetime.fromtimestamp(ceil(now + wait), timezone.utc)
            headers["Retry-After"] = format_datetime(moment, usegmt=True)
        if options.rate_limit_body == "empty":
            return Response(status_code=429, headers=headers)
        if options.rate_limit_body == "html":
            return HTMLResponse("<html><body>Too Many Requests</body></html>", 429, headers)
        return error_response(ApiError(429, headers=headers), request.url.path, now)

    def _attempt(self, endpoint: Endpoint, call: Call) -> Response | float:
        """Answer a call, or tell until when it has to wait."""
        tenant = self._tenant
        with self.lock:
            with tenant.store.transaction():
                tenant.task_runner.advance()
            with tenant.store.transaction():
                if "model" in call.params:
                    self._check_model(call)
                    if not call.user.model_access:
                        if endpoint.listing:
                            return call.page("task", "tasks", [])
                        raise ApiError(tenant.options.no_access_status)
                    self._check_condition(endpoint)
                    wait = self._wait(endpoint)
                    if wait is not None:
                        return wait
                return endpoint.handler(call)

    def _check_model(self, call: Call) -> None:
        model = self._tenant.model
        if (
            call.params["model"] != model.id
            or call.params.get("workspace", model.workspace_id) != model.workspace_id
        ):
            raise ApiError(404)

    def _check_condition(self, endpoint: Endpoint) -> None:
        condition = self._tenant.condition
        if condition.active_state in FORBIDDEN_STATES and endpoint.path != "/status":
            raise ApiError(*FORBIDDEN_STATES[condition.active_state])
        refuses = self._tenant.options.locked_model == "refuse" or endpoint.waits
        if condition.is_locked and endpoint.writes and refuses:
            raise ApiError(*LOCKED)

    def _wait(self, endpoint: Endpoint) -> float | None:
        """Until when the call has to wait: for the model to open, or for a task to end."""
        condition = self._tenant.condition
        if endpoint.path in ALWAYS_OPEN:
            return None
        condition.open()
        if condition.opens_at is not None:
            return condition.opens_at
        busy_until = self._tenant.busy_until if endpoint.waits else None
        if busy_until is not None and self._tenant.options.busy_model == "conflict":
            raise ApiError(409, "The model is busy")
        return busy_until
