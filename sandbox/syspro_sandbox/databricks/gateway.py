"""The door of the stand-in: all routes, the check of tokens, and the log of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from syspro_sandbox.databricks.api.errors import ApiError, answer_api_error
from syspro_sandbox.databricks.sql.errors import SqlError
from syspro_sandbox.exchange import Exchange, ExchangeLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Message, Receive, Scope, Send

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.databricks.api.oauth import OAuth

_PROTECTED = "/api/"


class Gateway:
    """The ASGI application.

    Args:
        routes: What answers, beside the routes of `oauth`; what is below /api/ wants a token.
        oauth: Knows the tokens.
        clock: The time of the log.

    Attributes:
        log: The requests that were answered.
    """

    def __init__(self, routes: Sequence[BaseRoute], oauth: OAuth, clock: Clock) -> None:
        self._router = Starlette(
            routes=[*oauth.routes, *routes],
            exception_handlers={
                ApiError: answer_api_error,
                SqlError: answer_api_error,
                404: _unknown,
                405: _unknown,
            },
        )
        self._oauth = oauth
        self._clock = clock
        self.log = ExchangeLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it for its token, and log it."""
        if scope["type"] != "http":
            return

        async def logged(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.log.append(self._exchange(scope, message["status"]))
            await send(message)

        if scope["path"].startswith(_PROTECTED):
            try:
                self._oauth.check(Headers(scope=scope).get("authorization", ""))
            except ApiError as error:
                await error.response()(scope, receive, logged)
                return
        await self._router(scope, receive, logged)

    def _exchange(self, scope: Scope, status: int) -> Exchange:
        query = scope["query_string"].decode("ascii", "replace")
        return Exchange(scope["method"], scope["path"], query, status, self._clock.time())


async def _unknown(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001  # Starlette's signature
    message = f"No API found for '{request.method} {request.url.path}'."
    return JSONResponse({"error_code": "ENDPOINT_NOT_FOUND", "message": message}, 404)
