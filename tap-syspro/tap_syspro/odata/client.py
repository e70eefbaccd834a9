"""The one place that speaks HTTP to SYSPRO: login, TLS, time-outs, attempts."""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from singer_kit.errors import PermanentError, SettingsError
from singer_kit.retry import RetryPolicy, call_with_retry

from tap_syspro.errors import LoginRefusedError, ServiceBusyError
from tap_syspro.odata.answers import raise_for, raise_unreadable
from tap_syspro.odata.patience import ANSWER_TIMEOUTS, PART_SECONDS, REQUEST_SECONDS, RUN_SECONDS, Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_kit.clock import Clock

    from tap_syspro.settings import Settings

logger = logging.getLogger(__name__)
T = TypeVar("T")

JSON = "application/json"
XML = "application/xml"
_CONNECT_SECONDS = 30.0
_PIECE_BYTES = 65536


@dataclass(frozen=True)
class Answer:
    """A good answer.

    Attributes:
        body: Its whole body.
        read_at: The server's time (header `Date`), the only clock that bounds what is read.
    """

    body: bytes
    read_at: datetime


class Client:
    """One session of Basic authentication with SYSPRO.

    One session serves all threads: its pool of connections may be shared, and nothing else in it changes.

    Args:
        settings: Address, credentials, patience.
        clock: The time for waits between attempts.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._policy = RetryPolicy(
            max_tries=settings.max_retries + 1, budget=REQUEST_SECONDS + settings.request_timeout_seconds
        )
        self._run_patience = Patience(RUN_SECONDS, "this run")
        self._part_patience: Patience | None = None
        self._timeout = (
            min(_CONNECT_SECONDS, settings.request_timeout_seconds),
            settings.request_timeout_seconds,
        )
        self._verify: bool | str = settings.ca_bundle or settings.verify_tls
        if self._verify is False:
            logger.warning("The setting `verify_tls` is off: whoever stands between can read the password.")
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._refused: list[LoginRefusedError] = []  # a list, as parts share it
        self._session = requests.Session()
        # As bytes: requests would write text in Latin-1, and refuse what does not fit.
        self._session.auth = HTTPBasicAuth(settings.odata_username.encode(), settings.odata_password.encode())
        self._session.headers.update({"User-Agent": settings.user_agent, "OData-MaxVersion": "4.0"})
        adapter = HTTPAdapter(pool_maxsize=settings.concurrency + 1)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def do(self, url: str, *, accept: str = JSON) -> Answer:
        """Ask once.

        Raises:
            LoginRefusedError: At 401, and for every request after one.
            ServiceBusyError: When another attempt may succeed.
            PermanentError: When it would not.
            SettingsError: When a setting has to change first.
        """
        if self._refused:
            raise self._refused[0]
        place = url.partition("?")[0]
        ends = self._clock.monotonic() + ANSWER_TIMEOUTS * self._timeout[1]
        try:
            with self._session.get(
                url,
                headers={"Accept": accept},
                timeout=self._timeout,
                verify=self._verify,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._body_of(response, ends)
        except requests.exceptions.SSLError as error:
            raise SettingsError(
                f"The certificate of {place} is not trusted: {_cause(error)}",
                setting="ca_bundle",
                remedy="Name the file with the certificate authority that SYSPRO's server uses",
            ) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
            raise PermanentError(f"SYSPRO cannot be asked at {place}: {error}") from error
        except requests.exceptions.RequestException as error:
            heavy = isinstance(
                error, (requests.exceptions.ReadTimeout, requests.exceptions.ChunkedEncodingError)
            )
            raise ServiceBusyError(
                f"SYSPRO at {place} does not answer: {_cause(error)}", heavy=heavy, unreachable=True
            ) from error
        try:
            raise_for(response.status_code, response.headers, body, place=place, now=self._clock.now())
        except LoginRefusedError as error:
            self._refused.append(error)
            raise
        return Answer(body, self._read_at(response.headers.get("Date")))

    def read(
        self,
        url: Callable[[], str],
        parse: Callable[[Answer], T],
        *,
        accept: str = JSON,
        on_retry: Callable[[ServiceBusyError], None] | None = None,
    ) -> T:
        """Ask until there is an answer that can be used, as often as `max_retries` allows.

        Args:
            url: Gives the address for the attempt; it may change from one to the next.
            parse: Reads the answer. A `ValueError` means that the body was cut or is not what it says, and is
                as good a reason for another attempt as a 503: the server may fail after its headers
                (SYSPRO reference, "Answers cut short").
            accept: The media type wanted.
            on_retry: Told of every failure before the next attempt.

        Raises:
            ServiceBusyError: When no attempt succeeded.
        """
        started = self._clock.monotonic()

        def attempt() -> T:
            nonlocal started
            started = self._clock.monotonic()
            address = url()
            answer = self.do(address, accept=accept)
            try:
                return parse(answer)
            except ValueError as error:
                raise_unreadable(answer.body, place=address.partition("?")[0], reason=error)

        def retrying(error: Exception, attempts: int, wait: float) -> None:
            lost = self._clock.monotonic() - started + wait
            for patience in (self._part_patience, self._run_patience):
                if patience is not None:
                    patience.spend(lost, error)
            logger.warning("%s Attempt %d failed; the next one starts in %.1f s.", error, attempts, wait)
            if on_retry and isinstance(error, ServiceBusyError):
                on_retry(error)

        return call_with_retry(attempt, policy=self._policy, clock=self._clock, on_retry=retrying)

    def for_part(self) -> Client:
        """The same session with patience of its own, for one table of one company."""
        part = copy.copy(self)
        part._part_patience = Patience(PART_SECONDS, "this table")  # noqa: SLF001  # it is one of us
        return part

    def _body_of(self, response: requests.Response, ends: float) -> bytes:
        """Read a body until a time: each byte restarts the session's own time-out.

        Raises:
            RequestException: When the answer takes too long, or is cut.
        """
        body = bytearray()
        try:
            while piece := response.raw.read1(_PIECE_BYTES, decode_content=True):
                body += piece
                if self._clock.monotonic() > ends:
                    raise requests.exceptions.ReadTimeout("the answer comes too slowly")
        except urllib3.exceptions.HTTPError as error:
            raise requests.exceptions.ChunkedEncodingError(error) from error
        return bytes(body)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _read_at(self, date_header: str | None) -> datetime:
        """Read the server's time; only where it tells none, ours stands in."""
        try:
            moment = parsedate_to_datetime(date_header or "")
        except ValueError:
            return self._clock.now().replace(microsecond=0)
        return moment.astimezone(timezone.utc)


def _cause(error: BaseException) -> str:
    """Find the innermost reason, the only one that says something."""
    inner = error
    while isinstance(reason := inner.__cause__ or inner.__context__, BaseException):
        inner = reason
    return str(inner) or type(inner).__name__
