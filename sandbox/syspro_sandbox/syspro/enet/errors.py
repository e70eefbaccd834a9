"""What e.net answers when it cannot do what it is asked: plain text at HTTP 200.

SYSPRO reference, "Refusals of e.net".

The texts of the first group were recorded or quoted from real servers. Those of the second were never seen by
anybody: they are made up here in the same manner, so no reader may rely on their words.
"""

from __future__ import annotations


class EnetError(Exception):
    """A failed request; its text is the answer's body."""


# Seen.
INVALID_PASSWORD = "ERROR: Invalid operator password"  # noqa: S105  # no password
INVALID_SESSION = (
    "ERROR: The supplied UserID is invalid. Either you were not logged in; or your session has expired. "
    "You will need to logon again."
)
UNKNOWN_INSTANCE = "ERROR: Unable to read the SYSPRO base directory registry string BaseDir{instance}"
ACCESS_DENIED = (
    "ERROR: Access denied to Functional Area '{area}' for operator '{operator}' "
    "(Business Object '{business_object}')"
)
UNKNOWN_BUSINESS_OBJECT = "ERROR: e.net exception raised: 100000"

# Made up.
UNKNOWN_OPERATOR = "ERROR: Invalid operator code"
UNKNOWN_COMPANY = "ERROR: Invalid company"
INVALID_COMPANY_PASSWORD = "ERROR: Invalid company password"  # noqa: S105  # no password
INVALID_XML = "ERROR: The XML document supplied is invalid"
ALREADY_LOGGED_IN = "ERROR: Operator '{operator}' is already logged in"
NO_SEAT = "ERROR: The maximum number of licensed users has been reached"
TOO_MANY_ROWS = "ERROR: ReturnRows '{rows}' exceeds the maximum of {most}"
UNKNOWN_TABLE = "ERROR: Table '{table}' not available to {business_object}"
UNKNOWN_COLUMN = "ERROR: Column '{column}' not found in table '{table}'"
INVALID_CONDITION = "ERROR: Invalid condition '{condition}' in Where"
INVALID_BRACKETS = "ERROR: Brackets do not match in Where"
INVALID_VALUE = "ERROR: Value '{value}' for column '{column}' is invalid"
NO_RECORD = "ERROR: Record not found in table '{table}'"
