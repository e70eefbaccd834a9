"""What a person's console leaves out: the SDK's metrics and its chatter, which structured logs keep."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from singer_kit.redaction import log_handlers

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A logging configuration of its own for the plugin; Meltano always hands one over.
_CONFIG_VARIABLE = "SINGER_SDK_LOG_CONFIG"
#: How Meltano shows our lines, and the file that decides it instead where there is one.
_MELTANO_FORMAT_VARIABLE = "MELTANO_CLI_LOG_FORMAT"
_MELTANO_CONFIG_VARIABLE = "MELTANO_CLI_LOG_CONFIG"
#: Meltano's log formats that a person reads; the others are for machines.
_FORMATS_FOR_PEOPLE = frozenset({"colored", "uncolored", "plain"})

_SDK_FOLDER = f"{os.sep}singer_sdk{os.sep}"


def is_for_people(environ: Mapping[str, str]) -> bool:
    """Whether a person reads the log lines as they come, rather than a program later.

    Args:
        environ: The environment of the process.
    """
    if _CONFIG_VARIABLE not in environ:
        return True
    if environ.get(_MELTANO_FORMAT_VARIABLE) not in _FORMATS_FOR_PEOPLE:
        return False
    project = Path(environ.get("MELTANO_PROJECT_ROOT", ""))
    file = project / environ.get(_MELTANO_CONFIG_VARIABLE, "logging.yaml")
    return not (file.is_file() or file.with_suffix(".yml").is_file())


class SdkChatterFilter(logging.Filter):
    """A filter against what the SDK's own code says below a warning, `METRIC` lines included."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or _SDK_FOLDER not in record.pathname


def install(environ: Mapping[str, str] = os.environ) -> None:
    """Keep the SDK's chatter from a person's console, unless the log level is DEBUG."""
    if is_for_people(environ) and not logging.getLogger().isEnabledFor(logging.DEBUG):
        for handler in log_handlers():
            handler.addFilter(SdkChatterFilter())
