"""The way from the command line to an exit code."""

from __future__ import annotations

import logging
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, NoReturn

import click
from singer_sdk.exceptions import ConfigValidationError, InvalidInputLine, SingerSDKError

from singer_kit import console, redaction
from singer_kit.errors import KitError, OutputClosedError, SettingsError, render
from singer_kit.shutdown import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_sdk.plugin_base import PluginBase


def main_for(plugin_class: type[PluginBase]) -> Callable[[], NoReturn]:
    """Make the console script of a tap or target."""

    def main() -> NoReturn:
        # click leaves the files of --state and --catalog open where --discover fails: no news for a user.
        warnings.filterwarnings("ignore", "unclosed file", ResourceWarning)
        # Which Pythons are supported, we decide; a user can do nothing about the SDK's advice in each run.
        warnings.filterwarnings("ignore", "Python 3.10 reached its end of life")
        run(lambda: _start(plugin_class), name=plugin_class.name)

    return main


def run(command: Callable[[], object], *, name: str) -> NoReturn:
    """Run a command and end the process with its exit code.

    Args:
        command: Returns an exit code or None, or raises; for a click command, its `main` without
            `standalone_mode`.
        name: Name of the program: its logger, and how it speaks of itself.
    """
    sys.exit(_exit_code(command, logging.getLogger(name), name))


def _start(plugin_class: type[PluginBase]) -> object:
    command = _build(plugin_class)
    redaction.install()
    console.install()
    if sys.stdout is None:  # the interpreter's way to say that the descriptor is not open
        raise OutputClosedError(
            "Standard output is closed", remedy="Start the program with one, such as a file"
        )
    return command.main(standalone_mode=False)


def _build(plugin_class: type[PluginBase]) -> click.Command:
    """Build the command, which sets up logging.

    Raises:
        SettingsError: What the environment says of logging is wrong.
    """
    try:
        command: click.Command = plugin_class.cli
    except Exception as error:  # whatever a logging configuration may do wrong
        raise SettingsError(
            f"Logging cannot be set up: {error}",
            remedy="Correct LOGLEVEL or the file of SINGER_SDK_LOG_CONFIG",
        ) from error
    return command


def explain(error: BaseException, name: str) -> list[str]:
    """Say what went wrong: one line for the user, or one for each wrong setting.

    Args:
        error: What ended the run.
        name: Name of the program.
    """
    if isinstance(error, (KitError, OutputClosedError)):
        return [str(error)]
    if isinstance(error, ConfigValidationError):
        return [render(f"Wrong setting: {problem}") for problem in error.errors]
    if isinstance(error, (SingerSDKError, InvalidInputLine)):
        return [render(" ".join(redaction.redact(str(error)).split()))]  # the SDK's may have several lines
    return [render(f"This is a bug in {name}, please report it: {type(error).__name__}: {error}")]


def _exit_code(command: Callable[[], object], logger: logging.Logger, name: str) -> int:
    try:
        result = command()
    except Interrupted as stop:
        logger.warning("%s.", stop)
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 128 + signal.SIGINT
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (Exception, OutputClosedError) as error:
        for line in explain(error, name):
            logger.error("%s", line)  # noqa: TRY400  # the line says all; a stack trace is for bugs
        if isinstance(error, OutputClosedError):
            _discard_output()
        if isinstance(error, (KitError, OutputClosedError)):
            return error.exit_code
        if not isinstance(error, (SingerSDKError, InvalidInputLine)):
            logger.debug("Where it happened:", exc_info=True)
        return 1
    return result if isinstance(result, int) else 0


def _discard_output() -> None:
    """Let the interpreter's last flush of standard output go nowhere, or it complains once more."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
