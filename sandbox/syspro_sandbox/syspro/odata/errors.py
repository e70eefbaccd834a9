"""Failed requests: what went wrong, and the body that tells it.

Microsoft's form is the one seen in reports on their libraries (OData/WebApi #2331, AspNetCoreOData #1438);
the pages of the web server are inferred from IIS (SYSPRO reference, "Refusals of OData").
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

INVALID_QUERY = "The query specified in the URI is not valid. "
_STACK_TRACE = "   at Microsoft.OData.UriParser.MetadataBinder.Bind(QueryToken token)"

_IIS_PAGE = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"/>
<title>{title}</title>
</head>
<body>
<div id="header"><h1>Server Error</h1></div>
<div id="content">
 <div class="content-container"><fieldset>
  <h2>{title}</h2>
  <h3>{text}</h3>
 </fieldset></div>
</div>
</body>
</html>
"""
_NO_PERMISSION = (
    "You do not have permission to view this directory or page using the credentials that you supplied."
)
_IIS_TEXTS = {
    400: ("400 - Bad Request.", "The request could not be understood by the server."),
    401: ("401 - Unauthorized: Access is denied due to invalid credentials.", _NO_PERMISSION),
    403: ("403 - Forbidden: Access is denied.", _NO_PERMISSION),
    404: (
        "404 - File or directory not found.",
        "The resource you are looking for might have been removed, had its name changed, or is unavailable.",
    ),
    405: (
        "405 - HTTP verb used to access this page is not allowed.",
        "The page cannot be displayed because an invalid method (HTTP verb) was used to attempt access.",
    ),
    406: (
        "406 - Client browser does not accept the MIME type of the requested page.",
        "The page cannot be opened by your browser because it does not accept its file name extension.",
    ),
    500: (
        "500 - Internal server error.",
        "There is a problem with the resource you are looking for, and it cannot be displayed.",
    ),
    414: ("414 - Request URL Too Long.", "The request URL is too long."),
    503: ("503 - Service Unavailable.", "The service is unavailable."),
}
_IIS_SUBSTATUS = {
    11: (
        "404.11 - URL Double Escaped",
        "The request filtering module is configured to deny a request with a double escape sequence.",
    ),
    14: (
        "404.14 - URL too long",
        "The request filtering module is configured to deny a URL that is too long.",
    ),
    15: (
        "404.15 - Query String too long",
        "The request filtering module is configured to deny a request where the query string is too long.",
    ),
}


class ODataError(Exception):
    """A request the OData layer refuses.

    Args:
        message: For the reader.
        status: The HTTP status.
        cause: The inner error's message, for a query that is not valid.
    """

    def __init__(self, message: str, *, status: int = 400, cause: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.cause = cause

    def body(self) -> str:
        """The body in Microsoft's form."""
        error: dict[str, Any] = {"code": "", "message": str(self)}
        if self.cause:
            error["details"] = []
            error["innererror"] = {
                "message": self.cause,
                "type": "Microsoft.OData.ODataException",
                "stacktrace": _STACK_TRACE,
            }
        return json.dumps({"error": error}, ensure_ascii=False, separators=(",", ":"))


def invalid_query(cause: str) -> ODataError:
    """A query option that cannot be understood or applied."""
    return ODataError(INVALID_QUERY + cause, cause=cause)


def unknown_property(name: str, type_name: str) -> ODataError:
    """A query that names a property the entity type does not have."""
    return invalid_query(f"Could not find a property named '{name}' on type '{type_name}'.")


@dataclass(frozen=True)
class WebServerError(Exception):
    """A request that the web server refuses before the OData layer sees it."""

    status: int
    substatus: int = 0
    headers: Mapping[str, str] | None = None

    def body(self) -> str:
        """The page that tells it."""
        return iis_page(self.status, self.substatus)


def iis_page(status: int, substatus: int = 0) -> str:
    """The web server's page for a status."""
    title, text = _IIS_SUBSTATUS[substatus] if substatus else _IIS_TEXTS[status]
    return _IIS_PAGE.format(title=html.escape(title), text=html.escape(text))
