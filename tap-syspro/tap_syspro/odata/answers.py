"""Which HTTP answer means which error (see `tap_syspro.errors`): what is tried again, what is given up."""

from __future__ import annotations

import http
import re
from typing import TYPE_CHECKING

import msgspec
from singer_kit.errors import PermanentError, SettingsError
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
    from collections.abc import Mapping
    from datetime import datetime

_LOGIN_REMEDY = (
    "Check `odata_username` and `odata_password`, the credentials that operator maintenance generated"
)
_BASIC_REMEDY = (
    "Have Basic authentication turned on in IIS for this service: the web server does not offer it"
)
_SQL_PERMISSION = re.compile(r"permission was denied", re.IGNORECASE)
_TAG = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.IGNORECASE | re.DOTALL)
_DETAIL_LENGTH = 200
#: Statuses after which the same request may succeed.
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
#: Statuses behind which a query that ran too long may stand: a smaller page may get through.
_HEAVY = {408, 500, 504}


class _Message(msgspec.Struct):
    message: str = ""


class _ErrorBody(msgspec.Struct):
    error: _Message


def _message_of(body: bytes) -> str:
    """Read the message of an OData error; empty when the body is none."""
    try:
        return msgspec.json.decode(body, type=_ErrorBody).error.message
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _page_text(body: bytes) -> str:
    """Find the words of a web page that a person can use."""
    return " ".join(_TAG.sub(" ", body.decode("utf-8", "replace")).split())


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
            raise ServiceBusyError(
                f"SYSPRO at {place} answered with a web page instead of data: a login page or a gateway"
            )
        return
    message = _message_of(body)
    detail = (message or _page_text(body))[:_DETAIL_LENGTH]
    said = f"SYSPRO at {place} answered {status}" + (f": {detail}" if detail else "")
    if status == http.HTTPStatus.UNAUTHORIZED:
        basic = "basic" in headers.get("WWW-Authenticate", "basic").lower()
        raise LoginRefusedError(
            f"SYSPRO refused the login at {place} (401)", remedy=_LOGIN_REMEDY if basic else _BASIC_REMEDY
        )
    server_error = status >= http.HTTPStatus.INTERNAL_SERVER_ERROR
    if status == http.HTTPStatus.FORBIDDEN or (server_error and _SQL_PERMISSION.search(detail)):
        raise AccessDeniedError(said, remedy=PERMISSION_REMEDY)
    if status == http.HTTPStatus.NOT_FOUND:
        raise NotFoundError(said)
    if status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise PermanentError(
            f"A proxy before {place} wants a login (407)", remedy="Set HTTPS_PROXY with its credentials"
        )
    if status in _TRANSIENT:
        retry_after = parse_retry_after(headers.get("Retry-After"), now)
        raise ServiceBusyError(said, retry_after=retry_after, heavy=status in _HEAVY)
    if http.HTTPStatus.MULTIPLE_CHOICES <= status < http.HTTPStatus.BAD_REQUEST:
        target = headers.get("Location", "another address").partition("?")[0]
        raise SettingsError(
            f"SYSPRO at {place} redirects to {target}",
            setting="odata_url",
            remedy="Set the address that answers by itself; credentials are not sent on",
        )
    raise RequestRefusedError(said, odata_message=message)
