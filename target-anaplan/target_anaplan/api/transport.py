"""The one place where requests leave: paced, retried, their failures sorted.

Status codes and what to do about them: Anaplan reference 2.1; retry rules: 8.
"""

from __future__ import annotations

import logging
import ssl
import sys
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import requests
from requests.adapters import HTTPAdapter
from singer_kit.errors import PermanentError, RetryableError
from singer_kit.retry import RetryPolicy, call_with_retry, parse_retry_after
from typing_extensions import override

from target_anaplan.errors import (
    LostAnswerError,
    ModelBusyError,
    ModelUnavailableError,
    NotFoundError,
    RefusedError,
    TooManyRequestsError,
    UnauthorizedError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests.auth import AuthBase
    from singer_kit.clock import Clock

    from target_anaplan.api.rate_limit import RateLimiter

CONNECT_SECONDS = 10
#: A busy or waking model answers late (4.2), so reads are patient.
READ_SECONDS = 180

_LOST_ANSWER_BUDGET = 300.0
_TOO_MANY = RetryPolicy(max_tries=60, base=2.0, cap=60.0, budget=900.0)
_MAX_SHOWN = 300
_ADVICE = {
    409: "the model is busy; `lock_wait_seconds` is how long to wait for it",
    422: "the model is archived; a workspace administrator can unarchive it",
    423: "the model is locked, an administrator can unlock it; `lock_wait_seconds` is how long to wait",
    424: "the model is offline or in maintenance",
    425: "the model is deployed and refuses a structural change",
}
_RETRYABLE: dict[int, type[RetryableError]] = {
    409: ModelBusyError,
    410: LostAnswerError,
    423: ModelBusyError,
    429: TooManyRequestsError,
    500: LostAnswerError,
}
_PERMANENT: dict[int, type[PermanentError]] = {
    401: UnauthorizedError,
    404: NotFoundError,
    422: ModelUnavailableError,
    424: ModelUnavailableError,
    425: ModelUnavailableError,
}

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        expects_json: Whether an answer that is no JSON object is as good as none.
        repeatable: Whether sending it twice does no harm; if not, a lost answer is the caller's matter.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: bytes | None = None
    expects_json: bool = True
    repeatable: bool = True

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


@dataclass(frozen=True)
class Response:
    """An answer with a status below 300.

    Attributes:
        date: When the server answered, by its own clock in epoch seconds; None where it does not say.
        body: The JSON object, where the request expects one.
    """

    status: int
    content: bytes
    date: float | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


class Transport:
    """Sends requests.

    Args:
        limiter: Paces every request of this process.
        clock: Where waits pass.
        minimum_tls: `1.2` or `1.3`.
        connections: How many requests may be under way at the same time.
        lock_wait_seconds: How long a busy or locked model is waited for.
        lost_answer_tries: How often a request without an answer is sent.
        user_agent: How the target calls itself.
    """

    def __init__(
        self,
        *,
        limiter: RateLimiter,
        clock: Clock,
        minimum_tls: str,
        connections: int,
        lock_wait_seconds: int,
        lost_answer_tries: int,
        user_agent: str,
    ) -> None:
        self._limiter = limiter
        self._clock = clock
        self._policies: dict[type[Exception], RetryPolicy] = {
            # A busy model keeps some calls waiting until they time out (4.2).
            LostAnswerError: RetryPolicy(
                max_tries=lost_answer_tries,
                base=1.0,
                cap=60.0,
                budget=max(_LOST_ANSWER_BUDGET, lock_wait_seconds),
            ),
            TooManyRequestsError: _TOO_MANY,
            ModelBusyError: RetryPolicy(max_tries=sys.maxsize, base=2.0, cap=30.0, budget=lock_wait_seconds),
        }
        self._session = requests.Session()
        self._session.auth = cast("AuthBase", _keep_authorization)
        self._session.headers["User-Agent"] = user_agent
        self._session.mount("https://", _TlsAdapter(minimum_tls, connections))
        self._session.mount("http://", HTTPAdapter(pool_maxsize=connections))

    def do(self, request: Request) -> Response:
        """Sends a request, again where that is safe and may help.

        Raises:
            LostAnswerError: No usable answer came, to a request that is not repeatable or after all retries.
            ModelBusyError: 409 or 423.
            UnauthorizedError: 401.
            NotFoundError: 404.
            ModelUnavailableError: 422, 424 or 425.
            PermanentError: Any other refusal.
        """
        call = partial(self._send, request)
        for kind, policy in self._policies.items():
            if kind is not LostAnswerError or request.repeatable:
                call = partial(
                    call_with_retry,
                    call,
                    policy=policy,
                    clock=self._clock,
                    is_retryable=partial(_is_a, kind),
                    on_retry=self._on_retry,
                )
        return call()

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def _on_retry(self, error: Exception, attempt: int, wait: float) -> None:
        if isinstance(error, TooManyRequestsError):
            self._limiter.pause(wait)
        _logger.warning("%s; attempt %d follows in %.1f s", error, attempt + 1, wait)

    def _send(self, request: Request) -> Response:
        self._limiter.acquire()
        try:
            answer = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                params=dict(request.params),
                data=request.body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,  # a token never follows to another host
            )
        except requests.exceptions.SSLError as error:
            raise PermanentError(f"{request}: the TLS connection failed: {_cause(error)}") from error
        except requests.exceptions.RequestException as error:
            raise LostAnswerError(f"{request}: no answer: {_cause(error)}") from error
        if answer.ok and not answer.is_redirect:
            body = _json_object(request, answer) if request.expects_json else {}
            return Response(answer.status_code, answer.content, _date(answer), body)
        raise self._failure(request, answer)

    def _failure(self, request: Request, answer: requests.Response) -> Exception:
        status = answer.status_code
        text = f"{request}: HTTP {status}{_reason(answer)}"
        if status in _ADVICE:
            text = f"{text}: {_ADVICE[status]}"
        status = min(status, int(HTTPStatus.INTERNAL_SERVER_ERROR))
        if retryable := _RETRYABLE.get(status):
            retry_after = parse_retry_after(answer.headers.get("Retry-After"), self._clock.now())
            return retryable(text, retry_after=retry_after)
        if permanent := _PERMANENT.get(status):
            return permanent(text)
        return RefusedError(text, status)


class _TlsAdapter(HTTPAdapter):
    """Refuses protocol versions below the configured one; newer ones are used where offered."""

    def __init__(self, minimum_tls: str, connections: int) -> None:
        self._context = ssl.create_default_context()
        self._context.minimum_version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[
            minimum_tls
        ]
        super().__init__(pool_maxsize=connections)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    @override
    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)


def _is_a(kind: type[Exception], error: Exception) -> bool:
    return isinstance(error, kind)


def _keep_authorization(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from putting a password of `.netrc` in place of our token."""
    return request


def _json_object(request: Request, answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise LostAnswerError(f"{request}: the answer is no JSON object; is a proxy in between?")
    return body


def _date(answer: requests.Response) -> float | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return None


def _reason(answer: requests.Response) -> str:
    """What the error envelope says, whichever of the two forms it has (1.3, 2.1)."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    status = body.get("status") if isinstance(body, dict) else None
    message = (
        status.get("message")
        if isinstance(status, dict)
        else body.get("statusMessage") or status
        if status
        else None
    )
    return f" ({str(message)[:_MAX_SHOWN]})" if message else ""


def _cause(error: Exception) -> str:
    while error.__cause__ or error.__context__:
        error = cast("Exception", error.__cause__ or error.__context__)
    return str(error) or type(error).__name__
