"""Which answer of Anaplan means which error, and what a user can do about it.

Anaplan reference, "Status codes".
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from singer_kit.errors import PermanentError, RetryableError
from singer_kit.retry import parse_retry_after

from target_anaplan.errors import (
    LostAnswerError,
    ModelBusyError,
    ModelUnavailableError,
    NotFoundError,
    RefusedError,
    TooManyRequestsError,
    UnauthorizedError,
)

if TYPE_CHECKING:
    from datetime import datetime

    import requests
    from singer_kit.errors import KitError

_MAX_SHOWN = 300


@dataclass(frozen=True)
class Meaning:
    """What a status means.

    Attributes:
        error: The class of the error.
        explanation: What the status says of the model; empty where the answer says it better.
        setting: The setting that changes what happens then.
        remedy: What to do.
    """

    error: type[RetryableError | PermanentError]
    explanation: str = ""
    setting: str | None = None
    remedy: str | None = None


#: What each status means; one that is not listed here is refused for good below 500, and lost from there on.
MEANINGS: dict[int, Meaning] = {
    401: Meaning(UnauthorizedError),
    404: Meaning(NotFoundError),
    409: Meaning(
        ModelBusyError, "the model is busy", "lock_wait_seconds", "Wait longer for it, or run at another time"
    ),
    410: Meaning(LostAnswerError),
    422: Meaning(
        ModelUnavailableError,
        "the model is archived",
        remedy="Have a workspace administrator unarchive the model",
    ),
    423: Meaning(
        ModelBusyError,
        "the model is locked",
        "lock_wait_seconds",
        "Have a workspace administrator unlock the model, or wait longer for it",
    ),
    424: Meaning(
        ModelUnavailableError,
        "the model is offline or in maintenance",
        remedy="Run again when the model is online",
    ),
    425: Meaning(
        ModelUnavailableError,
        "the model is deployed and refuses a structural change",
        remedy="Change the model's mode in Anaplan, or use an import that changes no structure",
    ),
    429: Meaning(TooManyRequestsError),
}
_SERVER_FAILED = Meaning(LostAnswerError)


def failure(request: object, answer: requests.Response, now: datetime) -> KitError:
    """The error that an answer other than a success means.

    Args:
        request: What was asked; errors name it.
        answer: The answer.
        now: The moment that a date in `Retry-After` is counted from.
    """
    status = answer.status_code
    meaning = _SERVER_FAILED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else MEANINGS.get(status)
    problem = f"Anaplan answered {request} with HTTP {status}{_reason(answer)}"
    if meaning is None:
        return RefusedError(problem, status=status)
    if meaning.explanation:
        problem = f"{problem}: {meaning.explanation}"
    if issubclass(meaning.error, RetryableError):
        retry_after = parse_retry_after(answer.headers.get("Retry-After"), now)
        return meaning.error(problem, retry_after=retry_after, setting=meaning.setting, remedy=meaning.remedy)
    return meaning.error(problem, setting=meaning.setting, remedy=meaning.remedy)


def json_object(request: object, answer: requests.Response) -> dict[str, Any]:
    """The JSON object in a successful answer.

    Raises:
        LostAnswerError: There is none, so something between here and Anaplan gave the answer.
    """
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise LostAnswerError(
            f"The answer to {request} is no JSON object",
            remedy="Look for a proxy that answers in Anaplan's place",
        )
    return body


def server_time(answer: requests.Response) -> float | None:
    """When the server answered, by its own clock in epoch seconds; None where it does not say."""
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return None


def _reason(answer: requests.Response) -> str:
    """What the error envelope says, in whichever of its two forms."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    status = body.get("status") if isinstance(body, dict) else None
    message = status.get("message") if isinstance(status, dict) else None
    if isinstance(status, str) and status:
        message = body.get("statusMessage") or status
    return f" ({str(message)[:_MAX_SHOWN]})" if message else ""
