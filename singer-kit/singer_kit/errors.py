"""What can go wrong, sorted by what to do about it.

An error is data: the problem, the setting it is about, the remedy. `render` makes of them, in one place, the
one line that a user reads; it is what `str(error)` says. `exit_code` is how the process ends when nothing
catches the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from singer_kit.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable


def render(problem: str, *, setting: str | None = None, remedy: str | None = None) -> str:
    """Say what is wrong and what to do, in one form.

    "The name is wrong", "user" and "correct it" give "The name is wrong (setting `user`). Correct it."

    Args:
        problem: A clause or a sentence without its full stop.
        setting: Name of the setting that the problem is about.
        remedy: What to do, as an imperative sentence without its full stop.
    """
    where = f" (setting `{setting}`)" if setting else ""
    # Secrets go first: one that is capitalised, or loses a full stop of its own, would be missed.
    sentences = [f"{clause(redact(problem))}{where}", clause(redact(remedy or ""))]
    return " ".join(_sentence(text) for text in sentences if text)


def clause(text: str) -> str:
    """A text without its full stop, as it stands inside another sentence; an ellipsis stays."""
    text = text.strip()
    return text if text.endswith("..") else text.removesuffix(".")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?", "…")) else ".")


class _ExplainedError(BaseException):
    """The fields of an error, and their rendering.

    Args:
        problem: What is wrong, as a clause or a sentence without its full stop.
        setting: Name of the setting that it is about.
        remedy: What to do, as an imperative sentence without its full stop.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, *, setting: str | None = None, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.setting = setting
        self.remedy = remedy

    def __str__(self) -> str:
        return render(self.problem, setting=self.setting, remedy=self.remedy)


class KitError(_ExplainedError, Exception):
    """An error whose message is written for the user; it is shown without a stack trace."""


class SettingsError(KitError):
    """A setting is missing or wrong: the user corrects it."""


class PermanentError(KitError):
    """The other side refuses, and would refuse again."""


class RetryableError(KitError):
    """The other side may well accept the same request later.

    Args:
        problem: What happened.
        retry_after: Seconds that the other side asked us to wait.
        setting: Name of the setting that it is about.
        remedy: What to do when trying again has not helped.
    """

    def __init__(
        self,
        problem: str,
        *,
        retry_after: float | None = None,
        setting: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(problem, setting=setting, remedy=remedy)
        self.retry_after = retry_after


class DataError(KitError):
    """A record or a message does not hold what its schema or its destination asks for."""


class PartialFailureError(KitError):
    """Some parts (companies, streams, mappings) failed, the rest was delivered."""

    exit_code: ClassVar[int] = 3


class OutputClosedError(_ExplainedError):
    """Standard output takes nothing any more: whoever read it is gone, or its disk is full.

    A `BaseException`, as the end of the run is the only answer: `except Exception` on the way (the SDK's
    `Stream.sync` logs a stack trace) must not take it for a fault of the stream.
    """


def reasons(failures: Iterable[tuple[str, str]]) -> str:
    """What failed and why, as one clause; parts that failed for the same reason stand together.

    Args:
        failures: Pairs of a part's name and the reason.
    """
    parts: dict[str, list[str]] = {}
    for part, reason in failures:
        parts.setdefault(clause(reason), []).append(part)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in parts.items())
