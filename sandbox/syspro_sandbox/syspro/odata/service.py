"""The OData service as an ASGI application: `/<company>`, its `$metadata`, its entity sets."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_to_bytes

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from syspro_sandbox.syspro.odata.answers import EntityReader
from syspro_sandbox.syspro.odata.entities import entity_sets
from syspro_sandbox.syspro.odata.errors import ODataError, WebServerError, iis_page
from syspro_sandbox.syspro.odata.formats import Format, read_format
from syspro_sandbox.syspro.odata.keys import key_condition, split_key
from syspro_sandbox.syspro.odata.metadata import metadata_document, service_document
from syspro_sandbox.syspro.odata.outages import OutageError, permission_denied, timed_out
from syspro_sandbox.syspro.odata.queries import (
    read_filter,
    read_parameters,
    read_query,
    refuse_disabled_count,
)
from syspro_sandbox.syspro.options import is_named
from syspro_sandbox.syspro.served import served_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from syspro_sandbox.syspro.odata.entities import EntitySet
    from syspro_sandbox.syspro.odata.queries import Parameters
    from syspro_sandbox.syspro.options import SysproOptions

PATH = "SYSPROOData"
_VERSION = {"OData-Version": "4.0"}
_CHALLENGE = {"WWW-Authenticate": f'Basic realm="{PATH}"'}


class ODataService:
    """The service, for the data of all companies.

    Args:
        databases: The companies' files.
        passwords: Who may read, by user name.
        options: The switches.
    """

    def __init__(
        self, databases: Mapping[str, Path], passwords: Mapping[str, str], options: SysproOptions
    ) -> None:
        self._databases = databases
        self._passwords = passwords
        self._options = options
        self._sets = {
            company: entity_sets(served_tables(company, options), options.odata) for company in databases
        }
        self._metadata = lru_cache(maxsize=None)(self._describe)
        self._busy = Counter[tuple[str, str]]()
        self._lock = threading.Lock()

    def _describe(self, company: str) -> str:
        """The model of a company's database; written when it is first asked for."""
        return metadata_document(self._sets[company].values(), self._options.odata)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await run_in_threadpool(self.respond, Request(scope))
        await response(scope, receive, send)

    def respond(self, request: Request) -> Response:
        """The answer to a request."""
        try:
            self._filter_request(request)
            return self._route(request)
        except WebServerError as error:
            return _html(error.body(), error.status, error.headers)
        except OutageError as error:
            if error.is_html:
                return _html(error.body(), error.status)
            return Response(error.body(), error.status, _VERSION, Format().media_type)
        except ODataError as error:
            if self._options.odata.errors == "iis":
                return _html(iis_page(error.status), error.status)
            return Response(error.body(), error.status, _VERSION, Format().media_type)

    def _filter_request(self, request: Request) -> None:
        """What the web server does before the service is asked.

        Raises:
            WebServerError: When it refuses the request.
        """
        options, path = self._options.odata, request.scope["raw_path"]
        query = request.scope["query_string"]
        if len(path) + len(query) > options.line_limit:
            raise WebServerError(414)
        if len(path) > options.path_limit:
            raise WebServerError(404, 14)
        if len(query) > options.query_limit:
            raise WebServerError(404, 15)
        if options.plus_refused and b"+" in unquote_to_bytes(path):
            raise WebServerError(404, 11)
        if not self._is_known(request.headers.get("Authorization", "")):
            raise WebServerError(401, headers=_CHALLENGE)
        if request.method != "GET":
            raise WebServerError(405, headers={"Allow": "GET"})

    def _is_known(self, authorization: str) -> bool:
        scheme, _, credentials = authorization.partition(" ")
        try:
            user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and user in self._passwords and self._passwords[user] == password

    def _route(self, request: Request) -> Response:
        company, *segments = _segments(request)
        if company not in self._databases:
            raise WebServerError(404)
        root = f"{request.url.scheme}://{request.url.netloc}/{PATH}/{quote(company)}/"
        parameters = read_parameters(request.scope["query_string"].decode("ascii", "replace"))
        if segments == ["$metadata"]:
            return Response(self._metadata(company), headers=_VERSION, media_type="application/xml")
        accept = request.headers.get("Accept", "")
        if segments[-1:] == ["$count"] and "text/plain" in accept.lower():
            accept = ""  # a bare number is no JSON
        form = read_format(parameters.get("$format"), accept)
        if not segments:
            shown = [each for name, each in self._sets[company].items() if not self._hides(company, name)]
            document = service_document(shown, f"{root}$metadata")
            return Response(document, headers=_VERSION, media_type=form.media_type)
        name, key = split_key(segments[0])
        entity_set = self._entity_set(company, name)
        reader = EntityReader(self._databases[company], entity_set, self._options.odata, form, root)
        match segments[1:]:
            case [] if key:
                return self._entity(reader, key, parameters)
            case []:
                return self._collection(reader, parameters)
            case ["$count"] if not key:
                return self._count(reader, parameters)
        raise _not_found(segments[-1])

    def _entity_set(self, company: str, name: str) -> EntitySet:
        options, sets = self._options, self._sets[company]
        if name not in sets or self._hides(company, name):
            raise _not_found(name)
        if options.denies(company, name):
            if options.odata.denial == "forbidden":
                raise ODataError("Access is denied.", status=403)
            raise OutageError(options.odata.denial, permission_denied(company, name))
        if is_named(options.busy_tables, company, name) and self._is_busy(company, name):
            if options.odata.busy == "unavailable":
                raise WebServerError(503)
            raise OutageError(options.odata.busy, timed_out())
        return sets[name]

    def _is_busy(self, company: str, name: str) -> bool:
        """Whether one more read of a table times out."""
        with self._lock:
            self._busy[company, name] += 1
            return (
                self._options.busy_answers is None or self._busy[company, name] <= self._options.busy_answers
            )

    def _hides(self, company: str, name: str) -> bool:
        return self._options.odata.denial == "missing" and self._options.denies(company, name)

    def _collection(self, reader: EntityReader, parameters: Parameters) -> Response:
        query = read_query(parameters, reader.entity_set, reader.options)
        if query.count:
            time.sleep(reader.options.count_seconds)
        pieces = reader.collection(query, parameters)
        return StreamingResponse(pieces, headers=_VERSION, media_type=reader.form.media_type)

    def _count(self, reader: EntityReader, parameters: Parameters) -> Response:
        refuse_disabled_count(reader.options)
        time.sleep(reader.options.count_seconds)
        count = reader.count(read_filter(parameters, reader.entity_set, reader.options))
        return Response(str(count), headers=_VERSION, media_type="text/plain")

    def _entity(self, reader: EntityReader, key: str, parameters: Parameters) -> Response:
        if not reader.options.keys_in_metadata:
            raise _not_found(key)
        selection = {name: value for name, value in parameters.items() if name == "$select"}
        query = read_query(selection, reader.entity_set, reader.options)
        where = key_condition(key, reader.entity_set, reader.options)
        body = reader.entity(replace(query, where=where))
        if body is None:
            raise _not_found(key)
        return Response(body, headers=_VERSION, media_type=reader.form.media_type)


def _segments(request: Request) -> list[str]:
    """The parts of the path behind the service's name, decoded one by one (`%2F` may stand in a key)."""
    parts = request.scope["raw_path"].decode("ascii", "replace").split("/")[2:]
    return [unquote(part) for part in parts if part] or [""]


def _html(page: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A page of the web server, which names its character set in itself alone."""
    return Response(page, status, {"Content-Type": "text/html", **(headers or {})})


def _not_found(segment: str) -> ODataError:
    return ODataError(f"Resource not found for the segment '{segment}'.", status=404)
