"""The Files API: files and directories of volumes (Databricks reference, "Files API")."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import shutil
import uuid
from contextlib import contextmanager
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from syspro_sandbox.databricks.api.errors import ApiError, invalid
from syspro_sandbox.databricks.warehouse.volumes import VolumePath

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request

    from syspro_sandbox.databricks.options import DatabricksOptions
    from syspro_sandbox.databricks.warehouse.metastore import Metastore
    from syspro_sandbox.databricks.warehouse.privileges import Privileges

FILES = "/api/2.0/fs/files"
DIRECTORIES = "/api/2.0/fs/directories"
_MAX_PAGE = 1000
_BYTES = "application/octet-stream"


class Files:
    """Files and directories, only inside volumes that exist.

    Args:
        metastore: The volumes.
        privileges: What the principal may read and write.
        options: How uploads treat missing folders.
    """

    def __init__(self, metastore: Metastore, privileges: Privileges, options: DatabricksOptions) -> None:
        self._metastore = metastore
        self._privileges = privileges
        self._options = options
        self.routes = [
            Route(f"{FILES}/{{path:path}}", self._upload, methods=["PUT"]),
            Route(f"{FILES}/{{path:path}}", self._download, methods=["GET", "HEAD"]),
            Route(f"{FILES}/{{path:path}}", self._delete, methods=["DELETE"]),
            Route(f"{FILES}/{{path:path}}", self._refuse_multipart, methods=["POST"]),
            Route(f"{DIRECTORIES}/{{path:path}}", self._make_directory, methods=["PUT"]),
            Route(f"{DIRECTORIES}/{{path:path}}", self._list_directory, methods=["GET"]),
            Route(f"{DIRECTORIES}/{{path:path}}", self._check_directory, methods=["HEAD"]),
            Route(f"{DIRECTORIES}/{{path:path}}", self._delete_directory, methods=["DELETE"]),
        ]

    def _place(self, request: Request, prefix: str, privilege: str) -> tuple[VolumePath, Path]:
        """The place a URL means; each segment is escaped by itself, so a name holds any character but '/'."""
        raw = request.scope["raw_path"].decode().removeprefix(prefix)
        segments = [unquote(segment) for segment in raw.split("/") if segment]
        if any("/" in segment or "\0" in segment for segment in segments):
            raise invalid("A name in the path holds a '/' or NUL.")
        path = VolumePath.of(segments)
        place = path.on_disk(self._metastore)
        self._privileges.require(privilege, path.volume.full)
        return path, place

    # -- files

    async def _upload(self, request: Request) -> Response:
        path, place = self._place(request, FILES, "WRITE_VOLUME")
        if not path.parts or place.is_dir():
            raise invalid(f"{path.text} is a directory.")
        overwrite = request.query_params.get("overwrite", "false") == "true"
        if place.exists() and not overwrite:
            raise ApiError(409, "ALREADY_EXISTS", f"The file being created already exists: {path.text}")
        if not place.parent.is_dir() and not self._options.upload_makes_folders:
            raise _missing(path)
        with self._draft() as draft:
            with draft.open("wb") as file:
                async for block in request.stream():
                    await run_in_threadpool(file.write, block)
            # The file appears whole: an upload that breaks off leaves nothing.
            _make(place.parent, path)
            draft.replace(place)
        return Response(status_code=204)

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        draft = self._metastore.root / "uploads" / uuid.uuid4().hex
        draft.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    async def _download(self, request: Request) -> Response:
        path, place = self._place(request, FILES, "READ_VOLUME")
        if not place.is_file():
            raise _missing(path)
        return FileResponse(place, media_type=mimetypes.guess_type(place.name)[0] or _BYTES)

    async def _delete(self, request: Request) -> Response:
        path, place = self._place(request, FILES, "WRITE_VOLUME")
        if not place.is_file():
            raise _missing(path)
        place.unlink()
        return Response(status_code=204)

    async def _refuse_multipart(self, request: Request) -> Response:
        """Multipart uploads are left out, as in workspaces without them."""
        raise ApiError(404, "NOT_FOUND", f"No API found for 'POST {request.url.path}'.")

    # -- directories

    async def _make_directory(self, request: Request) -> Response:
        path, place = self._place(request, DIRECTORIES, "WRITE_VOLUME")
        _make(place, path)
        return Response(status_code=204)

    async def _check_directory(self, request: Request) -> Response:
        path, place = self._place(request, DIRECTORIES, "READ_VOLUME")
        if not place.is_dir():
            raise _missing(path)
        modified = formatdate(place.stat().st_mtime, usegmt=True)
        return Response(headers={"last-modified": modified, "content-type": _BYTES})

    async def _list_directory(self, request: Request) -> Response:
        path, place = self._place(request, DIRECTORIES, "READ_VOLUME")
        if not place.is_dir():
            raise _missing(path)
        entries = sorted(place.iterdir(), key=lambda entry: entry.name)
        start = _offset(request.query_params.get("page_token", ""))
        size = min(int(request.query_params.get("page_size") or _MAX_PAGE) or _MAX_PAGE, _MAX_PAGE)
        body: dict[str, Any] = {"contents": [_entry(path, entry) for entry in entries[start : start + size]]}
        if start + size < len(entries):
            body["next_page_token"] = base64.urlsafe_b64encode(str(start + size).encode()).decode()
        return JSONResponse(body)

    async def _delete_directory(self, request: Request) -> Response:
        path, place = self._place(request, DIRECTORIES, "WRITE_VOLUME")
        if not place.is_dir():
            raise _missing(path)
        if not path.parts or any(place.iterdir()):
            raise ApiError(400, "DIRECTORY_NOT_EMPTY", f"The directory is not empty: {path.text}")
        shutil.rmtree(place)
        return Response(status_code=204)


def _make(folder: Path, path: VolumePath) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise invalid(f"{path.text} leads through a file or has too long a name.") from error


def _entry(path: VolumePath, entry: Path) -> dict[str, Any]:
    status = entry.stat()
    found: dict[str, Any] = {
        "name": entry.name,
        "path": f"{path.text}/{entry.name}",
        "is_directory": entry.is_dir(),
        "last_modified": int(status.st_mtime * 1000),
    }
    return found if entry.is_dir() else {**found, "file_size": status.st_size}


def _offset(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token) or 0)
    except (binascii.Error, ValueError) as error:
        raise invalid("page_token is not one of this directory.") from error


def _missing(path: VolumePath) -> ApiError:
    return ApiError(404, "NOT_FOUND", f"The path was not found: {path.text}")
