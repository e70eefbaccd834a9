"""What can go wrong between the tap and SYSPRO, sorted by what to do about it.

| class | the answer that means it | what the tap does |
| --- | --- | --- |
| `LoginRefusedError` | 401 | ends the run at once: a second attempt could lock the account |
| `AccessDeniedError` | 403, or a SQL permission error anywhere in a body | gives the table up |
| `NotFoundError` | 404, or a SQL error that there is no such table | gives the company or the table up |
| `RequestRefusedError` | other 4xx | gives the table up: the same request would be refused again |
| `ServiceBusyError` | 408, 429, 5xx, time-out, cut or non-JSON body | tries again, for less at a time |
| `DoubtfulReadError` | rows that contradict each other or `$count` | gives the table and its bookmark up |

`odata/answers.py` decides which answer is which. Where a table is given up, the other tables and companies
are read, and its bookmark stands behind its last complete page; only a doubtful read puts the old one back.
"""

from __future__ import annotations

from singer_kit.errors import DataError, PermanentError, RetryableError, SettingsError

#: What helps where the OData user may not read a table.
PERMISSION_REMEDY = "Let the SYSPRO administrator permit the OData operator to read it"


class LoginRefusedError(SettingsError):
    """A login with a wrong user name or password."""


class AccessDeniedError(PermanentError):
    """A table that the OData user may not read."""


class NotFoundError(PermanentError):
    """No such company or table at this address."""


class RequestRefusedError(PermanentError):
    """A request that SYSPRO understood and refused.

    Args:
        problem: What the user reads.
        odata_message: What OData says; empty when a web server in front of it refused.
    """

    def __init__(self, problem: str, *, odata_message: str) -> None:
        super().__init__(problem)
        self.odata_message = odata_message


class ServiceBusyError(RetryableError):
    """A request that SYSPRO, or something between, could not answer now.

    Args:
        problem: What the user reads.
        retry_after: Seconds that SYSPRO asked us to wait.
        heavy: Whether a smaller page may help (a time-out, a 5xx answer, a body cut short).
        unreachable: Whether nobody answered who could say anything of the table asked for.
    """

    def __init__(
        self,
        problem: str,
        *,
        retry_after: float | None = None,
        heavy: bool = False,
        unreachable: bool = False,
    ) -> None:
        super().__init__(problem, retry_after=retry_after)
        self.heavy = heavy
        self.unreachable = unreachable


class DoubtfulReadError(DataError):
    """Rows that cannot be the whole truth; nothing may be concluded from them."""


class EndOfRunError(BaseException):
    """An error after which nothing of this run can succeed.

    A `BaseException`, as the end of the run is the only answer: whoever isolates a company or a stream, and
    the SDK that would log a stack trace, lets it pass.

    Args:
        reason: What the user reads.
    """

    def __init__(self, reason: LoginRefusedError) -> None:
        super().__init__(str(reason))
        self.reason = reason
