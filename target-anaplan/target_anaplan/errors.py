"""What can go wrong with Anaplan, sorted once: retryable, permanent, or about the data.

Which HTTP status belongs to which class: Anaplan reference 2.1, the table of statuses.
"""

from __future__ import annotations

from singer_kit.errors import DataError, PermanentError, RetryableError


class LostAnswerError(RetryableError):
    """No usable answer came (time-out, dropped connection, 5xx): the request may have had its effect."""


class TooManyRequestsError(RetryableError):
    """The tenant's 600 requests a minute are used up (429): the request had no effect."""


class ModelBusyError(RetryableError):
    """The model is busy or locked (409, 423): the request had no effect and may succeed later."""


class UnauthorizedError(PermanentError):
    """The token is missing, expired or revoked, or the credentials are wrong (401)."""


class NotFoundError(PermanentError):
    """The object is missing, or hidden from this user (404)."""


class RefusedError(PermanentError):
    """Any other refusal.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ModelUnavailableError(PermanentError):
    """The model is archived, offline or deployed (422, 424, 425): waiting does not help."""


class MappingFailedError(PermanentError):
    """One mapping cannot be delivered; the others go on."""


class RowRefusedError(DataError):
    """One row cannot be written exactly as the mapping asks; it is quarantined with this reason.

    Attributes:
        code: A stable word for the kind of reason.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
