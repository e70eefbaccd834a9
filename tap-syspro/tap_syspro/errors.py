"""What can go wrong between the tap and SYSPRO, sorted by what to do about it.

| class | the answer that means it | what the tap does |
| --- | --- | --- |
| `LoginRefused` | 401 | ends the run at once: a second attempt could lock the account |
| `AccessDenied` | 403, or 500 around a SQL permission error | gives the table up |
| `NotFound` | 404 | gives the company or the table up |
| `RequestRefused` | other 4xx | gives the table up: the same request would be refused again |
| `ServiceBusy` | 408, 429, 5xx, time-out, cut or non-JSON body | tries again, for less at a time |
| `DoubtfulRead` | rows that contradict each other or `$count` | gives the table up |

A table that is given up keeps its old bookmark, and the other tables and companies are read.
"""

from __future__ import annotations

from singer_kit.errors import DataError, PermanentError, RetryableError, SettingsError


class LoginRefused(SettingsError):  # noqa: N818 - named by what SYSPRO did
    """SYSPRO refused the user name or the password."""


class AccessDenied(PermanentError):  # noqa: N818
    """The OData user may not read this."""


class NotFound(PermanentError):  # noqa: N818
    """There is no such company or table at this address."""


class RequestRefused(PermanentError):  # noqa: N818
    """SYSPRO understood the request and refused it.

    Attributes:
        message: What OData says; empty when a web server in front of it refused.
    """

    def __init__(self, line: str, *, message: str) -> None:
        super().__init__(line)
        self.message = message


class ServiceBusy(RetryableError):  # noqa: N818
    """SYSPRO, or something between, could not answer now.

    Attributes:
        heavy: Whether a smaller page may help (a time-out, a 5xx answer, a body cut short).
    """

    def __init__(self, message: str, *, retry_after: float | None = None, heavy: bool = False) -> None:
        super().__init__(message, retry_after)
        self.heavy = heavy


class DoubtfulRead(DataError):  # noqa: N818
    """The rows read cannot be the whole truth; nothing may be concluded from them."""
