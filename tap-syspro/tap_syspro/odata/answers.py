"""Which HTTP answer means which error (see `tap_syspro.errors`): what is tried again, what is given up."""

from __future__ import annotations

import html
import http
import re
from typing import TYPE_CHECKING, NoReturn

import msgspec
from singer_kit.errors import PermanentError, SettingsError, clause
from singer_kit.retry import parse_retry_after

from tap_syspro.errors import (
    PERMISSION_REMEDY,
    AccessDeniedError,
    LoginRefusedError,
    NotFoundError,
    RequestRefusedError,
    ServiceBusyError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_LOGIN_REMEDY = (
    "Check `odata_username` and `odata_password`, the credentials that operator maintenance generated"
)
_BASIC_REMEDY = (
    "Have Basic authentication turned on in IIS for this service: the web server does not offer it"
)
#: What SQL Server says where the same query would be refused again, in words and, whatever its language, by
#: number. It stands at any depth of any body (SYSPRO reference, "Errors of SQL Server").
_SQL_REFUSALS: Sequence[tuple[re.Pattern[str], type[AccessDeniedError | NotFoundError]]] = (
    (re.compile(r"(?i)permission was denied|is not able to access the database"), AccessDeniedError),
    (re.compile(r"(?i)login failed for user"), AccessDeniedError),
    (re.compile(r"(?i)invalid object name"), NotFoundError),
    (re.compile(r"(?i)\b(?:number|code)\W{1,8}(?:229|230|916|18456)\b"), AccessDeniedError),
    (re.compile(r"(?i)\b(?:number|code)\W{1,8}208\b"), NotFoundError),
)
#: Between what stands in an error: where a sentence ends, or a text in JSON or in a page.
_BREAK = re.compile(r"\. |\.$|[\[\]{}\"\\<>]|: ")
#: How far before a refusal its sentence may begin.
_SENTENCE_LENGTH = 60
_TAG = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.IGNORECASE | re.DOTALL)
_DETAIL_LENGTH = 200
#: Statuses after which the same request may succeed.
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
#: Statuses of a server, or of a gateway before it, that answers nobody at the moment.
_UNREACHABLE = {429, 502, 503, 504}
#: Statuses behind which a query that ran too long may stand: a smaller page may get through.
_HEAVY = {408, 500, 504}


class _Message(msgspec.Struct):
    message: str = ""


class _ErrorBody(msgspec.Struct):
    error: _Message


def _message_of(body: bytes) -> str | None:
    """Read the message of an OData error; None when the body is none."""
    try:
        return msgspec.json.decode(body, type=_ErrorBody).error.message
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _text_of(body: bytes) -> str:
    """Find the words of a whole body that a person can use."""
    return " ".join(html.unescape(_TAG.sub(" ", body.decode("utf-8", "replace"))).split())


def _raise_refusal(text: str, place: str, answered: str) -> None:
    """Raise what SQL Server's words mean, wherever in a body they stand; return where there are none."""
    for pattern, error in _SQL_REFUSALS:
        if found := pattern.search(text):
            detail = _sentence_around(text, found)[:_DETAIL_LENGTH]
            raise error(f"SYSPRO at {place} answered {answered}: {detail}", remedy=PERMISSION_REMEDY)


def _sentence_around(text: str, found: re.Match[str]) -> str:
    """Cut out the sentence that a match stands in."""
    start = max(0, found.start() - _SENTENCE_LENGTH)
    breaks = [each.end() for each in _BREAK.finditer(text, start, found.start())]
    end = _BREAK.search(text, found.end())
    return text[breaks[-1] if breaks else start : end.start() if end else len(text)].strip()


def raise_unreadable(body: bytes, *, place: str, reason: Exception) -> NoReturn:
    """Raise what a body means that came with 200 and is not what was asked for.

    A server that fails after its headers can only say so in the body (SYSPRO reference, "Answers cut short").

    Args:
        body: The answer's body.
        place: Address asked, without its query.
        reason: What is wrong with the body.

    Raises:
        AccessDeniedError: When the body is an error that says so.
        NotFoundError: Likewise.
        ServiceBusyError: When it may be whole another time.
    """
    if _message_of(body) is not None:
        _raise_refusal(_text_of(body), place, "with an error at status 200")
    raise ServiceBusyError(
        f"SYSPRO at {place} gave an answer that cannot be read: {reason}", heavy=True
    ) from reason


def raise_for(status: int, headers: Mapping[str, str], body: bytes, *, place: str, now: datetime) -> None:
    """Raise the error that an answer means; return for a good one.

    Args:
        status: The HTTP status.
        headers: The answer's headers.
        body: The answer's body.
        place: Address asked, without its query.
        now: Our own time, from which a Retry-After date counts.
    """
    if status == http.HTTPStatus.OK:
        if "html" in headers.get("Content-Type", ""):
            _raise_refusal(_text_of(body), place, "with a web page")
            raise ServiceBusyError(
                f"SYSPRO at {place} answered with a web page instead of data: a login page or a gateway"
            )
        return
    message, text = _message_of(body), _text_of(body)
    detail = (message or text)[:_DETAIL_LENGTH]
    said = f"SYSPRO at {place} answered {status}" + (f": {detail}" if detail else "")
    if status == http.HTTPStatus.UNAUTHORIZED:
        basic = "basic" in headers.get("WWW-Authenticate", "basic").lower()
        raise LoginRefusedError(
            f"SYSPRO refused the login at {place} (401)", remedy=_LOGIN_REMEDY if basic else _BASIC_REMEDY
        )
    _raise_refusal(text, place, str(status))
    if status == http.HTTPStatus.FORBIDDEN:
        raise AccessDeniedError(said, remedy=PERMISSION_REMEDY)
    if status == http.HTTPStatus.NOT_FOUND:
        raise NotFoundError(said)
    if status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise PermanentError(
            f"A proxy before {place} wants a login (407)", remedy="Set HTTPS_PROXY with its credentials"
        )
    if status in _TRANSIENT:
        retry_after = parse_retry_after(headers.get("Retry-After"), now)
        asked = f" It asks to wait {retry_after:,.0f} s" if retry_after else ""
        raise ServiceBusyError(
            f"{clause(said)}.{asked}" if asked else said,
            retry_after=retry_after,
            heavy=status in _HEAVY,
            unreachable=status in _UNREACHABLE,
        )
    if http.HTTPStatus.MULTIPLE_CHOICES <= status < http.HTTPStatus.BAD_REQUEST:
        target = headers.get("Location", "another address").partition("?")[0]
        raise SettingsError(
            f"SYSPRO at {place} redirects to {target}",
            setting="odata_url",
            remedy="Set the address that answers by itself; credentials are not sent on",
        )
    raise RequestRefusedError(said, odata_message="" if message is None else text)
