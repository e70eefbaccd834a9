"""What can go wrong, sorted by what to do about it.

`str(error)` is the one line that a user reads: what happened, where, what to do. `exit_code` is how the
process ends when nothing catches the error (DESIGN section 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class KitError(Exception):
    """An error whose message is written for the user; it is shown without a stack trace."""

    exit_code: ClassVar[int] = 1


class SettingsError(KitError):
    """A setting is missing or wrong: the user corrects it.

    Args:
        message: What is wrong.
        setting: Name of the setting.
        remedy: What to do, when it does not follow from the message.
    """

    def __init__(self, message: str, *, setting: str | None = None, remedy: str | None = None) -> None:
        self.setting = setting
        self.remedy = remedy
        text = f"{message} (setting `{setting}`)" if setting else message
        super().__init__(f"{text.removesuffix('.')}. {remedy[0].upper()}{remedy[1:]}" if remedy else text)


class PermanentError(KitError):
    """The other side refuses, and would refuse again."""


class RetryableError(KitError):
    """The other side may well accept the same request later.

    Args:
        message: What happened.
        retry_after: Seconds that the other side asked us to wait.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class DataError(KitError):
    """A record or a message does not hold what its schema or its destination asks for."""


class PartialFailure(KitError):  # noqa: N818  # it is an outcome: the rest was delivered
    """Some parts (companies, streams, mappings) failed, the rest was delivered."""

    exit_code: ClassVar[int] = 3


def reasons(failures: Iterable[tuple[str, str]]) -> str:
    """What failed and why, in one line; parts that failed for the same reason stand together.

    Args:
        failures: Pairs of a part's name and the reason.
    """
    parts: dict[str, list[str]] = {}
    for part, reason in failures:
        parts.setdefault(reason, []).append(part)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in parts.items())


class OutputClosed(BaseException):
    """Whoever read our standard output is gone.

    A `BaseException`, as the end of the run is the only answer: `except Exception` on the way (the SDK's
    `Stream.sync` logs a stack trace) must not take it for a fault of the stream.
    """

    exit_code: ClassVar[int] = 1
