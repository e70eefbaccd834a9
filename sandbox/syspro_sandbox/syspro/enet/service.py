"""The e.net REST service as an ASGI application: `/SYSPROWCFService/Rest/<method>`, read by GET."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from syspro_sandbox.syspro.enet import comfch, comfnd, comqco
from syspro_sandbox.syspro.enet.documents import document, element, parse_request
from syspro_sandbox.syspro.enet.errors import (
    ACCESS_DENIED,
    INVALID_COMPANY_PASSWORD,
    INVALID_PASSWORD,
    UNKNOWN_BUSINESS_OBJECT,
    UNKNOWN_COMPANY,
    UNKNOWN_OPERATOR,
    EnetError,
)
from syspro_sandbox.syspro.enet.sessions import Sessions
from syspro_sandbox.syspro.served import served_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.syspro.calendar import BusinessClock
    from syspro_sandbox.syspro.enet.sessions import Session
    from syspro_sandbox.syspro.options import SysproOptions

    Parameters = Mapping[str, str]

PATH = "SYSPROWCFService/Rest"
#: Recorded for SYSPRO 7; SYSPRO 8's is unknown.
_VERSIONS = {"7": "7.0.0.6", "8": "8.0.0.0"}
_PAGE = "<HTML><HEAD><TITLE>{title}</TITLE></HEAD><BODY><H2>{title}</H2><P>{text}</P></BODY></HTML>"


class CompanyProfile(NamedTuple):
    """What a logon profile tells about a company."""

    name: str
    local_currency: str


class EnetService:
    """The service; what fails is a text at HTTP 200 as well.

    Args:
        databases: The companies' files.
        passwords: Of the operators.
        profiles: Of the companies.
        options: The switches.
        clock: The machine's clock, by which sessions expire.
        business_clock: The clock with SYSPRO's business date.

    Attributes:
        sessions: Who is at work.
    """

    def __init__(
        self,
        databases: Mapping[str, Path],
        passwords: Mapping[str, str],
        profiles: Mapping[str, CompanyProfile],
        *,
        options: SysproOptions,
        clock: Clock,
        business_clock: BusinessClock,
    ) -> None:
        self._databases = databases
        self._passwords = passwords
        self._profiles = profiles
        self._options = options
        self._business_clock = business_clock
        self.sessions = Sessions(options.enet, clock)
        self._tables = {company: served_tables(company, options) for company in databases}
        self._methods: dict[str, Callable[[Parameters], bytes]] = {
            "getversion": self._get_version,
            "logon": self._logon,
            "logoff": self._logoff,
            "getlogonprofile": self._get_logon_profile,
            "query/query": self._query,
            "query/fetch": self._fetch,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await run_in_threadpool(self.respond, Request(scope))
        await response(scope, receive, send)

    def respond(self, request: Request) -> Response:
        """The answer to a request; paths are matched whatever their case."""
        query = request.scope["query_string"]
        if len(request.scope["raw_path"]) + len(query) > self._options.enet.url_limit:
            status = self._options.enet.url_status
            return _page(status, "Request URI Too Long", "The request URI exceeds the configured limit.")
        path = request.scope["path"].lower().strip("/").removeprefix(PATH.lower()).strip("/")
        method = self._methods.get(path)
        if method is None:
            return _page(404, "Service", "Endpoint not found.")
        if request.method != "GET":
            return _page(405, "Service", "Method not allowed.")
        try:
            body = method(dict(parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True)))
        except EnetError as error:
            body = str(error).encode("Windows-1252", "replace")
        return Response(body, headers={"Content-Type": self._options.enet.content_type})

    def _get_version(self, _: Parameters) -> bytes:
        return _VERSIONS[self._options.enet.generation].encode()

    def _logon(self, parameters: Parameters) -> bytes:
        operator, company = parameters.get("Operator", "").strip(), parameters.get("CompanyId", "").strip()
        if operator not in self._passwords:
            raise EnetError(UNKNOWN_OPERATOR)
        if self._passwords[operator] != parameters.get("OperatorPassword", ""):
            raise EnetError(INVALID_PASSWORD)
        if company not in self._databases:
            raise EnetError(UNKNOWN_COMPANY)
        if self._options.enet.company_passwords.get(company, "") != parameters.get("CompanyPassword", ""):
            raise EnetError(INVALID_COMPANY_PASSWORD)
        wants = parameters.get("XmlIn", "")
        alone = bool(wants) and parse_request(wants).findtext(".//FailWhenAlreadyLoggedIn", "").strip() == "Y"
        return self.sessions.open(operator, company, alone=alone).encode()

    def _logoff(self, parameters: Parameters) -> bytes:
        self.sessions.close(parameters.get("UserId", ""))
        return b"0"

    def _get_logon_profile(self, parameters: Parameters) -> bytes:
        session = self._session(parameters)
        company = self._profiles[session.company]
        today = self._business_clock.now().date().isoformat()
        values = {
            "CompanyId": session.company,
            "CompanyName": company.name,
            "OperatorCode": session.operator,
            "OperatorLanguageCode": "05",
            "AccountingDate": today,
            "CompanyDate": today,
            "LocalCurrencyCode": company.local_currency,
            "SysproVersion": _VERSIONS[self._options.enet.generation],
        }
        return document("UserInfo", [element(name, value) for name, value in values.items()])

    def _query(self, parameters: Parameters) -> bytes:
        session = self._session(parameters)
        name, enet = parameters.get("BusinessObject"), self._options.enet
        if name == comqco.NAME and enet.companies_listed:
            return comqco.companies({company: self._profiles[company].name for company in self._databases})
        if name != comfnd.NAME:
            raise EnetError(UNKNOWN_BUSINESS_OBJECT)
        tables = self._tables[session.company]
        request = comfnd.read_find(parse_request(parameters.get("XmlIn", "")), tables, enet)
        self._check_access(session, request.table.name, comfnd.NAME)
        return comfnd.find(request, self._databases[session.company], enet)

    def _fetch(self, parameters: Parameters) -> bytes:
        session = self._session(parameters)
        request = parse_request(parameters.get("XmlIn", ""))
        table = comfch.read_fetch(request, self._tables[session.company])
        self._check_access(session, table.name, comfch.NAME)
        return comfch.fetch(request, table, self._databases[session.company], self._options.enet)

    def _session(self, parameters: Parameters) -> Session:
        return self.sessions.resume(parameters.get("UserId", ""))

    def _check_access(self, session: Session, table: str, business_object: str) -> None:
        if self._options.denies(session.company, table):
            raise EnetError(
                ACCESS_DENIED.format(area=table, operator=session.operator, business_object=business_object)
            )


def _page(status: int, title: str, text: str) -> Response:
    return Response(_PAGE.format(title=title, text=text), status, media_type="text/html")
