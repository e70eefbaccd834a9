"""OAuth: the device grant, the authorization code, refresh and revocation (Anaplan reference, "OAuth")."""

from __future__ import annotations

import base64
import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from syspro_sandbox.anaplan.state.grants import GrantError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from syspro_sandbox.anaplan.options import OAuthClient, User
    from syspro_sandbox.anaplan.tenant import Tenant

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FORM = "application/x-www-form-urlencoded"
OFFLINE = "offline_access"
DEFAULT_SCOPE = "openid profile email offline_access"
ACTIVATE = "/activate"
SECONDS_PER_MINUTE = 60

Fields = dict[str, str]


class OAuthError(Exception):
    """A refusal; `code` is the `error` of the answer."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.code = code


def _client(tenant: Tenant, fields: Fields) -> OAuthClient:
    for client in tenant.options.oauth_clients:
        if client.id == fields.get("client_id"):
            return client
    raise OAuthError(401, "unauthorized_client", "Unknown client")


def _required(fields: Fields, name: str) -> str:
    if not fields.get(name):
        raise OAuthError(400, "invalid_request", f"Missing required parameter: {name}")
    return fields[name]


def _start_device(tenant: Tenant, request: Request, fields: Fields) -> Response:
    client = _client(tenant, fields)
    if client.grant != "device":
        raise OAuthError(403, "unauthorized_client", "The client may not use this grant")
    options = tenant.options
    device_code, user_code = tenant.grants.start_device(client, fields.get("scope", DEFAULT_SCOPE))
    if options.device_approval != "person":
        approve_device(tenant, user_code, options.users[0], deny=options.device_approval == "denied")
    page = f"{str(request.base_url).rstrip('/')}{ACTIVATE}"
    return JSONResponse(
        {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={user_code}",
            "expires_in": options.device_code_seconds,
            "interval": options.device_interval_seconds,
        }
    )


def approve_device(tenant: Tenant, user_code: str, user: User, *, deny: bool = False) -> bool:
    """Answer a device as a person does; users of single sign-on are denied."""
    state = "denied" if deny or user.single_sign_on else "approved"
    return tenant.grants.answer_device(user_code, user.email, state)  # type: ignore[arg-type]


def _show_activation(_: Tenant, request: Request, __: Fields) -> Response:
    code = escape(request.query_params.get("user_code", ""))
    return HTMLResponse(
        f'<form method="post"><input name="user_code" value="{code}"><input name="username">'
        '<input name="password" type="password"><button>Confirm</button>'
        '<button name="deny" value="yes">Deny</button></form>'
    )


def _activate(tenant: Tenant, _: Request, fields: Fields) -> Response:
    user = tenant.user(fields.get("username", ""))
    if user is None or user.password != fields.get("password"):
        return HTMLResponse("Wrong user or password", 401)
    if not approve_device(tenant, fields.get("user_code", ""), user, deny="deny" in fields):
        return HTMLResponse("Nobody waits under that code", 404)
    return HTMLResponse("The device is answered")


def _authorize(tenant: Tenant, request: Request, _: Fields) -> Response:
    """Send the person back with a code; the login page in between is a switch."""
    fields = dict(request.query_params)
    client = _client(tenant, fields)
    redirect_uri = _required(fields, "redirect_uri")
    if client.redirect_uris and redirect_uri not in client.redirect_uris:
        raise OAuthError(403, "invalid_request", "The redirect URI is not registered")
    if client.grant != "code" or fields.get("response_type") != "code":
        raise OAuthError(403, "unauthorized_client", "The client may not use this grant")
    options = tenant.options
    if options.authorization == "page" and "approved" not in fields:
        return HTMLResponse(f'<a href="?{escape(urlencode({**fields, "approved": "yes"}))}">Allow</a>')
    answer = {"state": fields["state"]} if "state" in fields else {}
    if options.authorization == "denied":
        answer |= {"error": "access_denied", "error_description": "The user denied the request"}
    else:
        email = options.users[0].email
        scope = fields.get("scope", DEFAULT_SCOPE)
        answer["code"] = tenant.grants.issue_code(client, email, redirect_uri, scope)
    return RedirectResponse(
        f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(answer)}", status_code=302
    )


def _issue_token(tenant: Tenant, _: Request, fields: Fields) -> Response:
    client = _client(tenant, fields)
    grant = _required(fields, "grant_type")
    if client.secret and fields.get("client_secret") != client.secret:
        raise OAuthError(401, "unauthorized_client", "Wrong client secret")
    wanted = {DEVICE_GRANT: "device", "authorization_code": "code", "refresh_token": client.grant}
    if wanted.get(grant) != client.grant:
        raise OAuthError(403, "unauthorized_client", "The client may not use this grant")
    grants = tenant.grants
    try:
        if grant == "refresh_token":
            email, scope, refresh = grants.use_refresh_token(client, _required(fields, "refresh_token"))
        else:
            if grant == DEVICE_GRANT:
                email, scope = grants.take_device(client, _required(fields, "device_code"))
            else:
                email, scope = grants.take_code(
                    client, _required(fields, "code"), fields.get("redirect_uri", "")
                )
            refresh = grants.issue_refresh_token(client, email, scope) if OFFLINE in scope.split() else ""
    except GrantError as error:
        raise OAuthError(tenant.options.oauth_error_status, str(error), DESCRIPTIONS[str(error)]) from None
    user = tenant.user(email)
    if user is None:
        raise OAuthError(tenant.options.oauth_error_status, "invalid_grant", "The user is no longer known")
    answer = {
        "access_token": tenant.tokens.issue(email).value,
        "id_token": _id_token(tenant, user, client),
        "refresh_token": refresh,
        "scope": scope,
        "expires_in": int(tenant.options.token_minutes * SECONDS_PER_MINUTE),
        "token_type": "Bearer",
    }
    return JSONResponse({name: value for name, value in answer.items() if value != ""})


DESCRIPTIONS = {
    "authorization_pending": "User has yet to authorize device code",
    "slow_down": "You are polling faster than the specified interval",
    "expired_token": "The device code has expired",
    "access_denied": "The user denied the request",
    "invalid_grant": "Unknown or invalid code or refresh token",
}


def _id_token(tenant: Tenant, user: User, client: OAuthClient) -> str:
    """Claims about the user, in the form of a JWT that nobody signed."""
    claims = {"sub": user.id, "email": user.email, "aud": client.id, "iat": int(tenant.now)}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    texts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return f"{'.'.join(texts)}."


def _revoke(tenant: Tenant, _: Request, fields: Fields) -> Response:
    client = _client(tenant, fields)
    if client.secret and fields.get("client_secret") != client.secret:
        raise OAuthError(401, "unauthorized_client", "Wrong client secret")
    tenant.grants.revoke(_required(fields, "token"))
    return Response(status_code=200)


def _refuse_method(_: Tenant, request: Request, __: Fields) -> Response:
    raise OAuthError(405, "invalid_request", f"Method not allowed: {request.method}")


CALLS: dict[tuple[str, str], Callable[[Tenant, Request, Fields], Response]] = {
    ("POST", "/oauth/device/code"): _start_device,
    ("POST", "/oauth/token"): _issue_token,
    ("POST", "/oauth/revoke"): _revoke,
    ("GET", "/auth/authorize"): _authorize,
    ("GET", "/auth/prelogin"): _authorize,
    ("GET", ACTIVATE): _show_activation,
    ("POST", ACTIVATE): _activate,
}
PATHS = frozenset(path for _, path in CALLS)


def answer_oauth_call(tenant: Tenant, request: Request, body: bytes) -> Response:
    """Answer a call of OAuth."""
    handler = CALLS.get((request.method, request.url.path), _refuse_method)
    try:
        return handler(tenant, request, _fields(request, body))
    except OAuthError as error:
        return JSONResponse({"error": error.code, "error_description": str(error)}, status_code=error.status)


def _fields(request: Request, body: bytes) -> Fields:
    """The fields of a body, JSON or a form."""
    if not body:
        return {}
    try:
        if request.headers.get("content-type", "").startswith(FORM):
            return dict(parse_qsl(body.decode()))
        fields: Any = json.loads(body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise OAuthError(400, "invalid_request", "The body is neither JSON nor a form")
    return {name: str(value) for name, value in fields.items()}
