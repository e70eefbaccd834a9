"""How a request travels: TLS, time-outs, pooled connections; no redirect, no `.netrc`.

What becomes of the answer is decided in `answers`, whether it is asked for again in `retry_policies`.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import requests
from requests.adapters import HTTPAdapter
from singer_kit.errors import PermanentError
from typing_extensions import override

from target_anaplan.api import answers
from target_anaplan.errors import LostAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests.auth import AuthBase
    from singer_kit.clock import Clock

    from target_anaplan.api.request_budget import RateLimiter
    from target_anaplan.api.retry_policies import Retries

_CONNECT_SECONDS = 10
#: A busy or waking model answers late (Anaplan reference, "Busy models"), so reads are patient.
READ_SECONDS = 180.0
_TLS_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        method: The verb.
        url: The address without the query.
        headers: HTTP headers.
        params: The query.
        body: What is sent.
        expects_json: Whether an answer that is no JSON object is as good as none.
        repeatable: Whether sending it twice does no harm; if not, a lost answer is the caller's matter.
        read_seconds: How long the server may think about it.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: bytes | None = None
    expects_json: bool = True
    repeatable: bool = True
    read_seconds: float = READ_SECONDS

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


@dataclass(frozen=True)
class Response:
    """An answer with a status below 300.

    Attributes:
        status: The HTTP status.
        content: The body as bytes.
        date: When the server answered, by its own clock in epoch seconds; None where it does not say.
        body: The JSON object, where the request expects one.
    """

    status: int
    content: bytes
    date: float | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


class Transport:
    """The one place where requests leave.

    Args:
        limiter: Paces every request of this process.
        retries: Sends a failed request again.
        clock: Tells the time of an answer.
        minimum_tls: `1.2` or `1.3`.
        connections: How many requests may be under way at the same time.
        user_agent: How the target calls itself.
    """

    def __init__(
        self,
        *,
        limiter: RateLimiter,
        retries: Retries,
        clock: Clock,
        minimum_tls: str,
        connections: int,
        user_agent: str,
    ) -> None:
        self._limiter = limiter
        self._retries = retries
        self._clock = clock
        self._session = requests.Session()
        self._session.auth = cast("AuthBase", _keep_authorization)
        self._session.headers["User-Agent"] = user_agent
        self._session.mount("https://", _TlsAdapter(minimum_tls, connections))
        self._session.mount("http://", HTTPAdapter(pool_maxsize=connections))

    def do(self, request: Request) -> Response:
        """Send a request, again where that is safe and may help.

        Raises:
            KitError: One of those in `answers`, when no further attempt is worth while.
        """
        return self._retries.call(partial(self._send, request), repeatable=request.repeatable)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send(self, request: Request) -> Response:
        self._limiter.acquire()
        try:
            answer = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                params=dict(request.params),
                # As a stream: otherwise the connect time-out would bound the sending of the whole body.
                data=None if request.body is None else BytesIO(request.body),
                timeout=(_CONNECT_SECONDS, request.read_seconds),
                allow_redirects=False,  # a token never follows to another host
            )
        except requests.exceptions.SSLError as error:
            raise PermanentError(f"The TLS connection for {request} failed: {_cause(error)}") from error
        except requests.exceptions.RequestException as error:
            raise LostAnswerError(f"No answer came to {request}: {_cause(error)}") from error
        if not answer.ok or answer.is_redirect:
            raise answers.failure(request, answer, self._clock.now())
        body = answers.json_object(request, answer) if request.expects_json else {}
        return Response(answer.status_code, answer.content, answers.server_time(answer), body)


class _TlsAdapter(HTTPAdapter):
    """TLS from the configured version on; newer ones are used where offered."""

    def __init__(self, minimum_tls: str, connections: int) -> None:
        self._context = ssl.create_default_context()
        self._context.minimum_version = _TLS_VERSIONS[minimum_tls]
        super().__init__(pool_maxsize=connections)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    @override
    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)


def _keep_authorization(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from putting a password of `.netrc` in place of our token."""
    return request


def _cause(error: Exception) -> str:
    while error.__cause__ or error.__context__:
        error = cast("Exception", error.__cause__ or error.__context__)
    return str(error) or type(error).__name__
