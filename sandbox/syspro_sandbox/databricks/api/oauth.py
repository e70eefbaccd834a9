"""OAuth for service principals: discovery and client credentials (Databricks reference, "Login")."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_plus

from starlette.responses import JSONResponse
from starlette.routing import Route

from syspro_sandbox.databricks.api.errors import ApiError
from syspro_sandbox.databricks.options import ACCOUNT_ID, WORKSPACE_ID

if TYPE_CHECKING:
    from starlette.requests import Request

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.databricks.options import DatabricksOptions

_SCOPES = {"all-apis"}
_BEARER = "bearer "


class OAuth:
    """The access tokens: issued, checked, revoked.

    Args:
        options: The service principal and the lifetime of tokens.
        clock: The time tokens expire by.
    """

    def __init__(self, options: DatabricksOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._expiry: dict[str, float] = {}
        self.routes = [
            Route("/.well-known/databricks-config", self._describe_host),
            Route("/oidc/.well-known/oauth-authorization-server", self._describe_issuer),
            Route(
                "/oidc/accounts/{account_id}/.well-known/oauth-authorization-server", self._describe_issuer
            ),
            Route("/oidc/v1/token", self._token, methods=["POST"]),
            Route("/oidc/accounts/{account_id}/v1/token", self._token, methods=["POST"]),
        ]

    def check(self, authorization: str) -> None:
        """Refuse a call without a valid token.

        Raises:
            ApiError: 401.
        """
        if authorization[: len(_BEARER)].lower() != _BEARER:
            raise ApiError(
                401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type for this API."
            )
        expiry = self._expiry.get(authorization[len(_BEARER) :].strip())
        if expiry is None:
            raise ApiError(401, "UNAUTHENTICATED", "Invalid access token.")
        if expiry <= self._clock.time():
            raise ApiError(401, "UNAUTHENTICATED", "Access token has expired.")

    def revoke_all(self) -> None:
        """Make every token issued so far invalid."""
        self._expiry.clear()

    async def _describe_host(self, request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "oidc_endpoint": f"{_base(request)}/oidc",
                "account_id": ACCOUNT_ID,
                "workspace_id": WORKSPACE_ID,
                "cloud": "aws",
            }
        )

    async def _describe_issuer(self, request: Request) -> JSONResponse:
        account = request.path_params.get("account_id")
        if account not in {None, ACCOUNT_ID}:
            return JSONResponse(
                {"error_code": "NOT_FOUND", "message": f"Account {account} was not found."}, 404
            )
        issuer = f"{_base(request)}/oidc" + (f"/accounts/{account}" if account else "")
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/v1/authorize",
                "token_endpoint": f"{issuer}/v1/token",
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "scopes_supported": sorted(_SCOPES),
            }
        )

    async def _token(self, request: Request) -> JSONResponse:
        if request.path_params.get("account_id", ACCOUNT_ID) != ACCOUNT_ID:
            return _refusal(401, "invalid_client", "Client authentication failed")
        form = {
            name: values[0]
            for name, values in parse_qs((await request.body()).decode(errors="replace")).items()
        }
        if not self._knows(*_credentials(request, form)):
            return _refusal(401, "invalid_client", "Client authentication failed")
        if form.get("grant_type") != "client_credentials":
            return _refusal(
                400, "unsupported_grant_type", f"Grant type {form.get('grant_type')!r} is not supported"
            )
        scope = form.get("scope", "all-apis")
        if not set(scope.split()) <= _SCOPES:
            return _refusal(400, "invalid_scope", f"Scope {scope!r} is not known")
        token = secrets.token_urlsafe(32)
        self._expiry[token] = self._clock.time() + self._options.token_seconds
        return JSONResponse(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": self._options.token_seconds,
                "scope": scope,
            },
            headers={"Cache-Control": "no-store"},
        )

    def _knows(self, client_id: str, client_secret: str) -> bool:
        return hmac.compare_digest(
            client_id.encode(), self._options.client_id.encode()
        ) and hmac.compare_digest(client_secret.encode(), self._options.client_secret.encode())


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """From the Basic header, or from the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(client_secret)


def _refusal(status: int, error: str, description: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, status)
