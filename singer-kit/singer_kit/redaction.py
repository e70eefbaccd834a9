"""Keeping secrets out of logs: a registered value is blotted out in every form in which it may turn up."""

from __future__ import annotations

import base64
import json
import logging
import re
import traceback
from typing import Any
from urllib.parse import quote, quote_plus

from typing_extensions import override

#: What stands in the place of a secret.
MASK = "***"
#: Shorter values would blot out half of the text.
_MIN_LENGTH = 4

_forms: set[str] = set()
_pattern: re.Pattern[str] | None = None


def register_secret(value: str) -> None:
    """Have a value, and its encoded forms, blotted out from now on."""
    global _pattern  # noqa: PLW0603  # logging is global, and so is what must not be logged
    if len(value) < _MIN_LENGTH:
        return
    _forms.update(_encoded_forms(value))
    longest_first = sorted(_forms, key=len, reverse=True)
    _pattern = re.compile("|".join(map(re.escape, longest_first)))


def _encoded_forms(value: str) -> set[str]:
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    return (
        {value, quote(value, safe=""), quote(value), quote_plus(value)}
        | escaped
        | _base64_forms(value.encode())
    )


def _base64_forms(value: bytes) -> set[str]:
    """The characters that the value decides wherever it stands in a base64 text, as in `user:password`."""
    forms = set()
    for lead, skipped in ((0, 0), (1, 2), (2, 3)):
        decided = (lead + len(value)) * 8 // 6
        for encoder in (base64.b64encode, base64.urlsafe_b64encode):
            forms.add(encoder(bytes(lead) + value).decode()[skipped:decided])
    return {form for form in forms if len(form) > _MIN_LENGTH}


def redact(text: str) -> str:
    """The text with every registered secret replaced by `***`."""
    return text if _pattern is None else _pattern.sub(MASK, text)


class RedactingFilter(logging.Filter):
    """A filter that blots secrets out of a log record: message, arguments, exception and extra fields.

    A record without a secret stays as it is, so that formatters that look at its parts (the SDK's
    `StructuredFormatter` reads metrics from the arguments) keep working.
    """

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if _pattern is None:
            return True
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit: still no reason to show a secret
            message = f"{record.msg} {record.args}"
            record.msg, record.args = message, None
        if (clean := redact(message)) != message:
            record.msg, record.args = clean, None
        if record.exc_info:
            text = record.exc_text or "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            if (clean := redact(text)) != text:
                # A structured formatter would draw the exception itself: only text can be cleaned.
                record.msg, record.args = f"{record.getMessage()}\n{clean}", None
                record.exc_info = record.exc_text = None
        for name, value in vars(record).items():
            if name not in ("msg", "args"):
                setattr(record, name, _redact_value(value))
        return True


def _redact_value(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _redact_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_redact_value(item) for item in value]
    return value


def log_handlers() -> list[logging.Handler]:
    """Every handler there is: the root logger's and those of a logging configuration."""
    loggers = [logging.getLogger(), *logging.root.manager.loggerDict.values()]
    return [handler for logger in loggers for handler in getattr(logger, "handlers", ())]


def install() -> None:
    """Put the filter on every handler."""
    for handler in log_handlers():
        if not any(isinstance(known, RedactingFilter) for known in handler.filters):
            handler.addFilter(RedactingFilter())
