"""Large reads of lists and views: asked for, then fetched page by page (Anaplan reference, "Large reads")."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from syspro_sandbox.anaplan.api.lists import list_csv
from syspro_sandbox.anaplan.api.modules import view_csv
from syspro_sandbox.anaplan.views import EXPORT_TYPES
from syspro_sandbox.anaplan.wire import ApiError, Call, Endpoint

LIFE_SECONDS = 30 * 60
PAGE_BYTES = 10_000_000


def _parent(call: Call) -> tuple[str, str]:
    """The kind of read and the object that is read."""
    return ("list", call.params["list"]) if "list" in call.params else ("view", call.params["view"])


def start_read(call: Call) -> Response:
    """`POST .../readRequests`: the data as of now; complete at once."""
    kind, parent = _parent(call)
    if kind == "list":
        content = list_csv(call)
    else:
        wanted = call.json_object().get("exportType")
        export_type = next((known for known in EXPORT_TYPES if known == wanted), None)
        if export_type is None:
            raise ApiError(400, f"Invalid exportType: {wanted}")
        content = view_csv(call, export_type)
    request_id = secrets.token_hex(16).upper()
    call.tenant.store.execute(
        "INSERT INTO read_request VALUES (?, ?, ?, ?)",
        request_id,
        parent,
        content.encode(),
        call.tenant.now,
    )
    return _answer(call, request_id, "IN_PROGRESS")


def _content(call: Call) -> bytes:
    store, now = call.tenant.store, call.tenant.now
    store.execute("DELETE FROM read_request WHERE accessed + ? <= ?", LIFE_SECONDS, now)
    row = store.row(
        "SELECT * FROM read_request WHERE id = ? AND parent = ?", call.params["read"], _parent(call)[1]
    )
    if row is None:
        raise ApiError(404)
    store.execute("UPDATE read_request SET accessed = ? WHERE id = ?", now, call.params["read"])
    content: bytes = row["content"]
    return content


def show_read(call: Call) -> Response:
    """`GET .../readRequests/{read}`."""
    pages = -(-len(_content(call)) // PAGE_BYTES)
    return _answer(call, call.params["read"], "COMPLETE", availablePages=pages, successful=True)


def read_page(call: Call) -> Response:
    """`GET .../readRequests/{read}/pages/{page}`."""
    text = call.params["page"]
    start = int(text) * PAGE_BYTES if text.isdecimal() else -1
    part = _content(call)[start : start + PAGE_BYTES] if start >= 0 else b""
    if not part:
        raise ApiError(404)
    return Response(part, media_type="text/csv")


def delete_read(call: Call) -> Response:
    """`DELETE .../readRequests/{read}`."""
    _content(call)
    call.tenant.store.execute("DELETE FROM read_request WHERE id = ?", call.params["read"])
    return _answer(call, call.params["read"], "CANCELLED")


def _answer(call: Call, request_id: str, state: str, **more: Any) -> Response:
    kind, parent = _parent(call)
    name = f"{kind}ReadRequest"
    url = f"{call.base}/models/{call.tenant.model.id}/{kind}s/{parent}/readRequests/{request_id}"
    fields = {"requestId": request_id, f"{kind}Id": parent, "requestState": state, "url": url, **more}
    return call.answer(name, **{name: fields})


READS = ("/lists/{list}/readRequests", "/views/{view}/readRequests")

ENDPOINTS = tuple(
    endpoint
    for path in READS
    for endpoint in (
        Endpoint("POST", path, start_read, waits=True),
        Endpoint("GET", f"{path}/{{read}}", show_read, waits=True),
        Endpoint("DELETE", f"{path}/{{read}}", delete_read, waits=True),
        Endpoint("GET", f"{path}/{{read}}/pages/{{page}}", read_page, waits=True),
    )
)
