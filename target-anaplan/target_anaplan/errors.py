"""What can go wrong with Anaplan, sorted once: retryable, permanent, or about the data.

Which answer of Anaplan becomes which of these errors stands in `api/answers.py`.
"""

from __future__ import annotations

from singer_kit.errors import DataError, PermanentError, RetryableError

# Retryable: the same request may succeed later.


class LostAnswerError(RetryableError):
    """No usable answer came: the request may have had its effect."""


class TooManyRequestsError(RetryableError):
    """The tenant's requests of this minute are used up: the request had no effect."""


class ModelBusyError(RetryableError):
    """The model is busy or locked: the request had no effect."""


# Permanent: Anaplan would refuse again.


class UnauthorizedError(PermanentError):
    """The token is missing, expired or revoked, or the credentials are wrong."""


class NotFoundError(PermanentError):
    """The object is missing, or hidden from this user."""


class ModelUnavailableError(PermanentError):
    """The model is archived, offline or deployed: waiting does not help."""


class RefusedError(PermanentError):
    """Any other refusal.

    Args:
        problem: What was refused.
        status: The HTTP status.
        setting: Name of the setting that it is about.
        remedy: What to do.
    """

    def __init__(
        self, problem: str, *, status: int, setting: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(problem, setting=setting, remedy=remedy)
        self.status = status


class MappingFailedError(PermanentError):
    """One mapping cannot be delivered; the others go on."""


class InDoubtError(MappingFailedError):
    """It is not known what became of a batch; a person has to look."""


# About the data.


class RowRefusedError(DataError):
    """One row cannot be written exactly as the mapping asks; it is quarantined with this reason.

    Args:
        code: A stable word for the kind of reason.
        problem: The reason.
    """

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(problem)
        self.code = code
