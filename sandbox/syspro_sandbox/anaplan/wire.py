"""The forms of requests and answers that all endpoints share (Anaplan reference, "Envelopes")."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request

    from syspro_sandbox.anaplan.options import AnaplanOptions, User
    from syspro_sandbox.anaplan.tenant import Tenant

API = "/2/0"
MAX_PAGE = 5000
ODD_LIMIT = 20
SUCCESS = {"code": 200, "message": "Success"}

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    406: "Not Acceptable",
    410: "Gone",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    423: "Locked",
    424: "Failed Dependency",
    425: "Too Early",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class ApiError(Exception):
    """An answer that is not 200."""

    def __init__(self, status: int, message: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message or REASONS[status])
        self.status = status
        self.headers = headers


@dataclass(frozen=True)
class Endpoint:
    """A call of the API.

    Args:
        method: The HTTP method.
        path: Below the API, or below the model, with `{names}`.
        handler: What answers.
        waits: Whether it has to wait while a task works on the model (Anaplan reference, "Busy models").
        writes: Whether a locked model refuses it.
        takes: How long it takes at least, in seconds.
        listing: Whether users without access to the model get an empty list instead of 404.
    """

    method: str
    path: str
    handler: Callable[[Call], Response]
    waits: bool = False
    writes: bool = False
    takes: Callable[[AnaplanOptions], float] | None = None
    listing: bool = False


@dataclass(frozen=True)
class Call:
    """One request of a user, with what is needed to answer it."""

    tenant: Tenant
    request: Request
    body: bytes
    user: User
    params: Mapping[str, str]

    @property
    def base(self) -> str:
        """The address of the API as the client knows it."""
        return f"{str(self.request.base_url).rstrip('/')}{API}"

    def text(self, name: str) -> str:
        """A parameter of the query, empty when it is not there."""
        return self.request.query_params.get(name, "")

    def flag(self, name: str) -> bool:
        """A parameter of the query that is true or not."""
        return self.text(name).lower() == "true"

    def accepts(self, media_type: str) -> bool:
        """Whether the client asked for that type by name."""
        return media_type in self.request.headers.get("accept", "")

    def json(self) -> Any:
        """The body.

        Raises:
            ApiError: 415 for a body of another type, 400 for one that is no JSON.
        """
        content_type = self.request.headers.get("content-type", "")
        if self.body and not content_type.startswith("application/json"):
            raise ApiError(415)
        try:
            return json.loads(self.body or b"null")
        except ValueError:
            raise ApiError(400, "The request body is not valid JSON") from None

    def json_object(self) -> dict[str, Any]:
        """The body, when it is an object.

        Raises:
            ApiError: 400 for anything else.
        """
        body = self.json()
        if not isinstance(body, dict):
            raise ApiError(400, "The request body must be a JSON object")
        return body

    def require_administrator(self) -> None:
        """Refuse users who do not administer the workspace.

        Raises:
            ApiError: 403.
        """
        if not self.user.workspace_administrator:
            raise ApiError(403)

    def schema(self, name: str) -> str:
        """The address of a schema, below the model where the call is."""
        model = f"/models/{self.params['model']}" if "model" in self.params else ""
        return f"{self.base}{model}/objects/{name}"

    def answer(self, schema: str, **payload: Any) -> Response:
        """An answer in the envelope; empty collections are left out."""
        body = {"meta": {"schema": self.schema(schema)}, "status": SUCCESS}
        body.update({key: value for key, value in payload.items() if value != []})
        return JSONResponse(body)

    def page(self, schema: str, key: str, items: Sequence[Any]) -> Response:
        """A page of a list in the envelope, with `limit`, `offset` and the links of the real thing."""
        limit = min(self._whole_number("limit", MAX_PAGE, 1), MAX_PAGE)
        offset = self._whole_number("offset", 0, 0)
        selected = list(items[offset : offset + limit])
        paging: dict[str, Any] = {
            "currentPageSize": len(selected),
            "totalSize": len(items),
            "offset": offset,
        }
        if "limit" not in self.request.query_params and self.tenant.options.odd_next_link and selected:
            paging["next"] = self._link(ODD_LIMIT, ODD_LIMIT)
        elif offset + limit < len(items):
            paging["next"] = self._link(limit, offset + limit)
        if offset:
            paging["previous"] = self._link(limit, max(0, offset - limit))
        body = {"meta": {"paging": paging, "schema": self.schema(schema)}, "status": SUCCESS}
        if selected:
            body[key] = selected
        return JSONResponse(body)

    def _link(self, limit: int, offset: int) -> str:
        return f"{str(self.request.url).split('?')[0]}?limit={limit}&offset={offset}"

    def _whole_number(self, name: str, default: int, least: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not text.isdecimal() or int(text) < least:
            raise ApiError(400, f"Invalid value for {name}: {text}")
        return int(text)


def error_response(error: ApiError, path: str, now: float) -> Response:
    """The error envelope."""
    stamp = datetime.fromtimestamp(now, timezone.utc).isoformat(timespec="microseconds")
    return JSONResponse(
        {
            "status": {"code": error.status, "message": str(error)},
            "path": path,
            "timestamp": stamp.replace("+00:00", "000Z"),
        },
        status_code=error.status,
        headers=error.headers,
    )


def sort_items(items: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Sort as model-level lists do: a prefix is optional, unknown fields change nothing."""
    for term in reversed([term for term in order.split(",") if term]):
        field = term.lstrip("+-")
        if items and field in items[0]:
            items = sorted(items, key=lambda item: str(item.get(field, "")), reverse=term.startswith("-"))
    return items


def sort_strictly(items: list[dict[str, Any]], order: str, fields: Sequence[str]) -> list[dict[str, Any]]:
    """Sort as tenant-level lists do: every term needs a prefix and a known field.

    Raises:
        ApiError: 400 for another term.
    """
    for term in [term for term in order.split(",") if term]:
        if term[0] not in "+-" or term[1:] not in fields:
            raise ApiError(400, f"Invalid sort: {term}")
    return sort_items(items, order)
