"""Files and their upload (Anaplan reference, "Uploads" and "Private files")."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from syspro_sandbox.anaplan.state.files import FileObject, UploadError
from syspro_sandbox.anaplan.wire import ApiError, Call, Endpoint, sort_items

if TYPE_CHECKING:
    from collections.abc import Callable

OCTET_STREAM = "application/octet-stream"
GZIP = "application/x-gzip"


def _fields(file: FileObject) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "chunkCount": file.chunk_count,
        "delimiter": file.delimiter,
        "encoding": file.encoding,
        "firstDataRow": file.first_data_row,
        "format": "txt",
        "headerRow": file.header_row,
        "separator": file.separator,
    }


def _file(call: Call) -> FileObject:
    file = call.tenant.files.find(call.params["file"])
    if file is None:
        raise ApiError(404)
    return file


def _chunk_number(call: Call) -> int:
    text = call.params["chunk"]
    if not text.isdecimal():
        raise ApiError(400, f"Invalid chunk: {text}")
    return int(text)


def _content(call: Call, *media_types: str) -> bytes:
    """The uploaded bytes, unpacked when they were packed per chunk."""
    media_type = call.request.headers.get("content-type", "").split(";")[0].strip()
    if media_type not in media_types:
        raise ApiError(415)
    if "content-encoding" in call.request.headers:
        raise ApiError(400, "Content-Encoding is not supported: send gzip chunks as application/x-gzip")
    if media_type != GZIP:
        return call.body
    try:
        return gzip.decompress(call.body)
    except (OSError, EOFError, zlib.error):
        raise ApiError(400, "The chunk is not valid gzip") from None


def list_files(call: Call) -> Response:
    """`GET .../files`."""
    files = [_fields(file) for file in call.tenant.files.all()]
    return call.page("file", "files", sort_items(files, call.text("sort")))


def announce_upload(call: Call) -> Response:
    """`POST .../files/{file}`: set the chunk count; an unknown file is made.

    Anaplan reference, "Unknown file ids".
    """
    count = call.json_object().get("chunkCount")
    if not isinstance(count, int):
        raise ApiError(400, "The mandatory field chunkCount is missing")
    files = call.tenant.files
    file = files.find(call.params["file"]) or files.create(call.params["file"])
    try:
        files.announce(call.user, file.id, count)
    except UploadError as error:
        raise ApiError(400, str(error)) from None
    return call.answer("file", file=_fields(file))


def put_file(call: Call) -> Response:
    """`PUT .../files/{file}`: the whole content at once, never packed."""
    file = _file(call)
    content = _content(call, OCTET_STREAM)
    limit = call.tenant.options.max_single_put_bytes
    if limit is not None and len(content) > limit:
        raise ApiError(400, f"The content is larger than {limit} bytes: upload it in chunks")
    _store(call, lambda: call.tenant.files.put(call.user, file.id, content))
    return Response(status_code=204)


def put_chunk(call: Call) -> Response:
    """`PUT .../files/{file}/chunks/{chunk}`."""
    file = _file(call)
    number = _chunk_number(call)
    content = _content(call, OCTET_STREAM, GZIP)
    _store(call, lambda: call.tenant.files.put_chunk(call.user, file.id, number, content))
    return Response(status_code=204)


def complete_upload(call: Call) -> Response:
    """`POST .../files/{file}/complete`: a call without a body fails (Anaplan reference, "Uploads")."""
    file = _file(call)
    if not call.body and call.tenant.options.complete_needs_body:
        raise ApiError(500)
    if call.body:
        call.json_object()
    _store(call, lambda: call.tenant.files.complete(call.user, file.id))
    return call.answer("file", file=_fields(_file(call)))


def _store(call: Call, action: Callable[[], None]) -> None:
    try:
        action()
    except UploadError as error:
        raise ApiError(400, f"{error} (file {call.params['file']})") from None


def list_chunks(call: Call) -> Response:
    """`GET .../files/{file}/chunks`."""
    numbers = call.tenant.files.chunk_numbers(call.user, _file(call).id)
    return call.page("chunk", "chunks", chunk_entries(len(numbers)))


def chunk_entries(count: int) -> list[dict[str, str]]:
    """Chunks as lists name them."""
    return [{"id": str(number), "name": f"Chunk {number}"} for number in range(count)]


def read_chunk(call: Call) -> Response:
    """`GET .../files/{file}/chunks/{chunk}`."""
    return _bytes(call.tenant.files.chunk(call.user, _file(call).id, _chunk_number(call)))


def read_file(call: Call) -> Response:
    """`GET .../files/{file}`."""
    return _bytes(call.tenant.files.content(call.user, _file(call).id))


def _bytes(content: bytes | None) -> Response:
    if content is None:
        raise ApiError(404)
    return Response(content, media_type=OCTET_STREAM)


def delete_file(call: Call) -> Response:
    """`DELETE .../files/{file}`: the user's private content only."""
    call.tenant.files.delete(call.user, _file(call).id)
    return Response(status_code=204)


ENDPOINTS = (
    Endpoint("GET", "/files", list_files),
    Endpoint("POST", "/files/{file}", announce_upload),
    Endpoint("PUT", "/files/{file}", put_file),
    Endpoint("GET", "/files/{file}", read_file),
    Endpoint("DELETE", "/files/{file}", delete_file),
    Endpoint("GET", "/files/{file}/chunks", list_chunks),
    Endpoint("PUT", "/files/{file}/chunks/{chunk}", put_chunk),
    Endpoint("GET", "/files/{file}/chunks/{chunk}", read_chunk),
    Endpoint(
        "POST", "/files/{file}/complete", complete_upload, takes=lambda options: options.complete_seconds
    ),
)
