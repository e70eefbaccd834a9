"""Sort SYSPRO's HTTP answers into errors (see `tap_syspro.errors`), OData's own and the web server's."""

from __future__ import annotations

import http
import re
from typing import TYPE_CHECKING

import msgspec
from singer_kit.errors import PermanentError, SettingsError
from singer_kit.retry import parse_retry_after

from tap_syspro.errors import AccessDenied, LoginRefused, NotFound, RequestRefused, ServiceBusy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_LOGIN_REMEDY = (
    "Check `odata_username` and `odata_password`: the credentials that operator maintenance generated"
)
_BASIC_REMEDY = "The web server offers no Basic authentication; have it turned on in IIS for this service"
_SQL_PERMISSION = re.compile(r"permission was denied", re.IGNORECASE)
_TAG = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.IGNORECASE | re.DOTALL)
_DETAIL_LENGTH = 200
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
#: Statuses behind which a query that ran too long may stand: a smaller page may get through.
_HEAVY = {408, 500, 504}


class _Message(msgspec.Struct):
    message: str = ""


class _ErrorBody(msgspec.Struct):
    error: _Message


def odata_message(body: bytes) -> str:
    """Read the message of an OData error; empty when the body is none."""
    try:
        return msgspec.json.decode(body, type=_ErrorBody).error.message
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def page_text(body: bytes) -> str:
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
        return
    message = odata_message(body)
    detail = (message or page_text(body))[:_DETAIL_LENGTH]
    said = f"{place} answered {status}" + (f": {detail}" if detail else "")
    if status == http.HTTPStatus.UNAUTHORIZED:
        basic = "basic" in headers.get("WWW-Authenticate", "basic").lower()
        raise LoginRefused(
            f"SYSPRO refused the login at {place} (401)", remedy=_LOGIN_REMEDY if basic else _BASIC_REMEDY
        )
    if status == http.HTTPStatus.FORBIDDEN or (status >= 500 and _SQL_PERMISSION.search(detail)):  # noqa: PLR2004
        raise AccessDenied(f"{said}. Let the SYSPRO administrator permit the OData operator to read it")
    if status == http.HTTPStatus.NOT_FOUND:
        raise NotFound(said)
    if status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise PermanentError(
            f"A proxy before {place} wants a login (407). Set HTTPS_PROXY with its credentials"
        )
    if status in _TRANSIENT:
        retry_after = parse_retry_after(headers.get("Retry-After"), now)
        raise ServiceBusy(said, retry_after=retry_after, heavy=status in _HEAVY)
    if http.HTTPStatus.MULTIPLE_CHOICES <= status < http.HTTPStatus.BAD_REQUEST:
        target = headers.get("Location", "another address").partition("?")[0]
        raise SettingsError(
            f"{place} redirects to {target}",
            setting="odata_url",
            remedy="Set the address that answers by itself; credentials are not sent on",
        )
    raise RequestRefused(said, message=message)
