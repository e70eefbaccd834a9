"""What a server answers for a table that may not be read, and for one that cannot be read just now.

The two look alike on purpose: the same status, the same frame around the message of SQL Server, and only that
message tells whether to give up or to come again. Its words and numbers are SQL Server's own (229 permission
denied, -2 time-out); the frames are inferred from Microsoft's libraries and ASP.NET.
SYSPRO reference, "Refusals of OData" and "Errors of SQL Server".
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syspro_sandbox.syspro.options import Busy, Denial

_SQL_EXCEPTION = "System.Data.SqlClient.SqlException"
_GENERIC = "An error has occurred."
#: How much of a long page comes before the line that matters.
_LINES_BEFORE = 900
_FRAME = "   at Microsoft.AspNet.OData.Query.ODataQueryOptions.Step{n}(IQueryable query, Object settings)"
_PAGE = """<!DOCTYPE html>
<html><head><title>{title}</title><meta name="viewport" content="width=device-width" />
<style>body {{font-family:"Verdana";font-weight:normal;font-size: .7em;color:black;}}</style></head>
<body bgcolor="white"><span><h1>Server Error in '/SYSPRO8Odata' Application.<hr width=100% size=1></h1>
<h2> <i>Runtime Error</i> </h2></span>
<b> Description: </b>An unhandled exception occurred during the execution of the current web request. Please
review the stack trace for more information about the error and where it originated in the code.<br><br>
<b>Stack Trace:</b> <br><br><table width=100% bgcolor="#ffffcc"><tr><td><code><pre>
{trace}
</pre></code></td></tr></table></body></html>
"""


@dataclass(frozen=True)
class SqlError:
    """An error of SQL Server."""

    number: int
    text: str


def permission_denied(company: str, table: str) -> SqlError:
    """SELECT is not granted."""
    return SqlError(
        229,
        f"The SELECT permission was denied on the object '{table}', database 'SysproCompany{company}', "
        "schema 'dbo'.",
    )


def timed_out() -> SqlError:
    """The query took longer than the service waits."""
    return SqlError(
        -2,
        "Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation or the "
        "server is not responding.",
    )


@dataclass(frozen=True)
class OutageError(Exception):
    """A read that fails in the database.

    Attributes:
        form: How the answer wraps the error.
        error: What SQL Server said.
        status: The HTTP status.
    """

    form: Denial | Busy
    error: SqlError
    status: int = 500

    @property
    def is_html(self) -> bool:
        """Whether the answer is a page."""
        return self.form == "html"

    def body(self) -> str:
        """The answer's body."""
        if self.form == "html":
            return self._page()
        if self.form == "nested_json":
            inner = json.dumps({"error": {"code": str(self.error.number), "message": self.error.text}})
            return _json({"code": "500", "message": inner, "target": "Query"})
        if self.form == "inner_error":
            return _json({"code": "", "message": _GENERIC, "innererror": self._inner_errors()})
        return _json({"code": "", "message": f"{_GENERIC} {self.error.text}"})

    def _inner_errors(self) -> dict[str, Any]:
        """The causes, each inside the one before: the database speaks last."""
        cause = {"message": self.error.text, "type": _SQL_EXCEPTION, "number": self.error.number}
        for kind in (
            "System.Data.Entity.Core.EntityCommandExecutionException",
            "System.Web.Http.HttpResponseException",
        ):
            cause = {
                "message": _GENERIC,
                "type": kind,
                "stacktrace": _FRAME.format(n=1),
                "internalexception": cause,
            }
        return cause

    def _page(self) -> str:
        frames = [_FRAME.format(n=n) for n in range(_LINES_BEFORE)]
        said = f"[SqlException (0x80131904): {self.error.text}]"
        number = f"Error Number:{self.error.number},State:5,Class:14"
        trace = html.escape("\n".join([*frames, said, number, *frames[:20]]))
        return _PAGE.format(title="Runtime Error", trace=trace)


def _json(error: dict[str, Any]) -> str:
    return json.dumps({"error": error}, separators=(",", ":"))
