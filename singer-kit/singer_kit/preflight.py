"""The findings of `--test`: what works and what does not, in plain words."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from singer_kit.errors import clause, render
from singer_kit.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.errors import KitError

Level = Literal["ok", "warning", "error"]

_MARKS: dict[Level, tuple[str, str]] = {
    "ok": ("ok     ", "green"),
    "warning": ("warning", "yellow"),
    "error": ("error  ", "bold red"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: Whether it works.
        subject: What was looked at.
        message: What was seen, without a full stop.
        remedy: What to do about it, as an imperative sentence without its full stop.
    """

    level: Level
    subject: str
    message: str
    remedy: str = ""

    @classmethod
    def of_error(cls, subject: str, error: KitError) -> Finding:
        """Say that the look at something ended with this error."""
        seen = clause(render(error.problem, setting=error.setting))
        return cls("error", subject, seen, error.remedy or "")


def report(findings: Sequence[Finding], *, plugin: str) -> int:
    """Print the findings to stderr.

    Args:
        findings: What was found, in the order in which it was looked at.
        plugin: Name of the plugin.

    Returns:
        The exit code: 1 when anything does not work.
    """
    from rich.console import Console  # noqa: PLC0415  # costs start-up time, needed by --test alone
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=sys.stderr, soft_wrap=True, highlight=False)
    for finding in findings:
        mark, style = _MARKS[finding.level]
        console.print(
            Text.assemble((mark, style), "  ", redact(f"{finding.subject}: {render(finding.message)}"))
        )
        if finding.remedy:
            console.print(Text(f"         -> {redact(render(finding.remedy))}", style="dim"))
    errors = sum(finding.level == "error" for finding in findings)
    verdict = f"{errors} of {len(findings)} checks failed" if errors else f"{len(findings)} checks passed"
    console.print(Text(f"{plugin}: {verdict}.", style="bold"))
    return 1 if errors else 0
