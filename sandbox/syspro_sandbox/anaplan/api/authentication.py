"""The authentication service (Anaplan reference, "Tokens", "Refused logins", "Certificates" and "Lock-outs").

A scheme of `Authorization` is one entry of `LOGINS`.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from syspro_sandbox.anaplan.api.certificate_login import (
    MalformedHeaderError,
    MalformedMessageError,
    RefusedCertificateError,
    find_certificate_user,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from syspro_sandbox.anaplan.options import User
    from syspro_sandbox.anaplan.state.tokens import Token
    from syspro_sandbox.anaplan.tenant import Tenant

PATH = "/token/"
ANAPLAN_TOKEN = "AnaplanAuthToken"  # noqa: S105  # the name of a scheme
BEARER = "Bearer"
BAD_CREDENTIAL = "FAILURE_BAD_CREDENTIAL"
BAD_REQUEST = "FAILURE_BAD_REQUEST"
BAD_HEADER = "FAILURE_BAD_HEADER"


class AuthenticationError(Exception):
    """A refusal, in the service's own form: a status that is a string."""

    def __init__(self, http_status: int, status: str, message: str) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.status = status


def split_authorization(request: Request) -> tuple[str, str]:
    """The scheme and the credentials of a request."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    return scheme, credentials


def find_user(tenant: Tenant, request: Request) -> User | None:
    """The user whose token a call of the API carries; `Bearer` is as good here."""
    scheme, value = split_authorization(request)
    token = tenant.tokens.find(value) if scheme in {ANAPLAN_TOKEN, BEARER} else None
    return tenant.user(token.email) if token else None


def _log_in_with_password(tenant: Tenant, credentials: str, _: bytes) -> User:
    try:
        email, separator, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        separator = ""
    if not separator:
        raise AuthenticationError(400, BAD_HEADER, "The Authorization header is malformed")
    user = tenant.user(email)
    is_right = user is not None and user.password == password and not user.single_sign_on
    if user is None or not is_right or tenant.failed_logins.is_locked_out(email):
        if not is_right:
            tenant.failed_logins.add(email)
        raise AuthenticationError(401, BAD_CREDENTIAL, "Login failed: the user or password is incorrect")
    tenant.failed_logins.forget(email)
    return user


def _log_in_with_certificate(tenant: Tenant, credentials: str, body: bytes) -> User:
    try:
        return find_certificate_user(tenant, credentials, body)
    except MalformedHeaderError:
        raise AuthenticationError(400, BAD_HEADER, "The Authorization header is malformed") from None
    except MalformedMessageError:
        raise AuthenticationError(400, BAD_REQUEST, "The request body is malformed") from None
    except RefusedCertificateError:
        raise AuthenticationError(401, BAD_CREDENTIAL, "Login failed: the certificate is refused") from None


LOGINS: dict[str, Callable[[Tenant, str, bytes], User]] = {
    "Basic": _log_in_with_password,
    "CACertificate": _log_in_with_certificate,
}


def _authenticate(tenant: Tenant, request: Request, body: bytes) -> Response:
    scheme, credentials = split_authorization(request)
    if scheme not in LOGINS:
        raise AuthenticationError(400, BAD_HEADER, "The Authorization header is malformed")
    user = LOGINS[scheme](tenant, credentials, body)
    token = tenant.tokens.issue(user.email)
    return _answer(request, "Login successful", tokenInfo=_full(token), http_status=201)


def _living_token(tenant: Tenant, request: Request, *, bearer_status: int = 400) -> Token:
    scheme, value = split_authorization(request)
    if scheme != ANAPLAN_TOKEN:
        status = BAD_HEADER if bearer_status == 400 else BAD_CREDENTIAL  # noqa: PLR2004  # HTTP
        raise AuthenticationError(bearer_status, status, "The Authorization header is malformed")
    token = tenant.tokens.find(value)
    if token is None:
        raise AuthenticationError(401, tenant.options.expired_token_status, "The token is not valid")
    return token


def _refresh(tenant: Tenant, request: Request, _: bytes) -> Response:
    token = tenant.tokens.refresh(_living_token(tenant, request))
    return _answer(request, "Token refreshed", tokenInfo=_full(token))


def _validate(tenant: Tenant, request: Request, _: bytes) -> Response:
    token = _living_token(tenant, request)
    user = tenant.user(token.email)
    if user is None:
        raise AuthenticationError(401, BAD_CREDENTIAL, "The user is no longer known")
    return _answer(
        request,
        "Token validated",
        tokenInfo={"expiresAt": int(token.expires * 1000), "tokenId": token.id},
        userInfo={"userGuid": user.id, "userId": user.email, "customerGuid": tenant.options.customer_id},
    )


def _log_out(tenant: Tenant, request: Request, _: bytes) -> Response:
    tenant.tokens.revoke(_living_token(tenant, request, bearer_status=401))
    return Response(status_code=204)


def _full(token: Token) -> dict[str, Any]:
    return {
        "expiresAt": int(token.expires * 1000),
        "tokenId": token.id,
        "tokenValue": token.value,
        "refreshTokenId": token.refresh_id,
    }


def _answer(request: Request, message: str, *, http_status: int = 200, **payload: Any) -> Response:
    return JSONResponse(
        {
            "meta": {"validationUrl": f"{str(request.base_url).rstrip('/')}{PATH}validate"},
            "status": "SUCCESS",
            "statusMessage": message,
            **payload,
        },
        status_code=http_status,
    )


CALLS: dict[str, tuple[str, Callable[[Tenant, Request, bytes], Response]]] = {
    "authenticate": ("POST", _authenticate),
    "refresh": ("POST", _refresh),
    "validate": ("GET", _validate),
    "logout": ("POST", _log_out),
}


def answer_token_call(tenant: Tenant, request: Request, body: bytes) -> Response:
    """Answer a call below `/token/`."""
    method, handler = CALLS.get(request.url.path.rstrip("/").removeprefix(PATH), ("", None))
    if handler is None:
        return _refusal(AuthenticationError(404, "FAILURE_NOT_FOUND", "Not Found"))
    if request.method != method:
        return _refusal(AuthenticationError(405, BAD_REQUEST, "Method Not Allowed"))
    try:
        return handler(tenant, request, body)
    except AuthenticationError as error:
        return _refusal(error)


def _refusal(error: AuthenticationError) -> Response:
    return JSONResponse({"status": error.status, "statusMessage": str(error)}, status_code=error.http_status)
