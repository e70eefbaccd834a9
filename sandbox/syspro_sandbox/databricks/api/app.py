"""The ASGI application: all routes, the check of tokens, and the log of calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from syspro_sandbox.databricks.api.errors import ApiError, answer_api_error
from syspro_sandbox.databricks.sql.errors import SqlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from syspro_sandbox.databricks.api.oauth import OAuth

_PROTECTED = "/api/"


@dataclass(frozen=True)
class Call:
    """One call as it came over the wire."""

    method: str
    path: str
    status: int


def create_app(routes: Sequence[BaseRoute], oauth: OAuth, log: list[Call]) -> ASGIApp:
    """The application: `routes`, of which those below /api/ want a token; every call is written to `log`."""
    app = Starlette(
        routes=[*oauth.routes, *routes],
        exception_handlers={
            ApiError: answer_api_error,
            SqlError: answer_api_error,
            404: _unknown,
            405: _unknown,
        },
    )
    return _Gate(app, oauth, log)


class _Gate:
    def __init__(self, app: ASGIApp, oauth: OAuth, log: list[Call]) -> None:
        self._app = app
        self._oauth = oauth
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def logged(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._log.append(Call(scope["method"], scope["path"], message["status"]))
            await send(message)

        if scope["path"].startswith(_PROTECTED):
            try:
                self._oauth.check(Headers(scope=scope).get("authorization", ""))
            except ApiError as error:
                await error.response()(scope, receive, logged)
                return
        await self._app(scope, receive, logged)


async def _unknown(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - Starlette's signature
    message = f"No API found for '{request.method} {request.url.path}'."
    return JSONResponse({"error_code": "ENDPOINT_NOT_FOUND", "message": message}, 404)
