"""Run Singer plugins as processes in a row, over pipes that are listened in on."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUN_SECONDS = 120
Message = dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """What one process wrote, and how it ended."""

    code: int
    lines: list[bytes]
    log: str

    def messages(self, kind: str, stream: str | None = None) -> list[Message]:
        """The Singer messages of a kind; fractions are `Decimal`, as their text says."""
        parsed: list[Message] = [json.loads(line, parse_float=Decimal) for line in self.lines]
        return [one for one in parsed if one["type"] == kind and (not stream or one["stream"] == stream)]

    def states(self) -> list[bytes]:
        """The values of a tap's STATE messages, byte for byte."""
        head = b'{"type":"STATE","value":'
        return [line.strip()[len(head) : -1] for line in self.lines if line.startswith(head)]


def pipe(*commands: Sequence[str], environment: Mapping[str, str]) -> list[Finished]:
    """Run commands as a shell would with `|` between them.

    Args:
        commands: A tap, mappers, a target; or a tap alone.
        environment: The plugins' settings; those of the tests' own environment are kept away.

    Returns:
        What became of each, in their order.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("TAP_", "TARGET_"))
    }
    with ExitStack() as stack:
        logs = [stack.enter_context(tempfile.TemporaryFile()) for _ in commands]
        processes = [
            subprocess.Popen(
                command, env={**inherited, **environment}, stderr=log, stdout=subprocess.PIPE,
                stdin=subprocess.PIPE if number else subprocess.DEVNULL,
            )
            for number, (command, log) in enumerate(zip(commands, logs, strict=True))
        ]  # fmt: skip
        written: list[list[bytes]] = [[] for _ in processes]
        following = [*(process.stdin for process in processes[1:]), None]
        carriers = [
            threading.Thread(target=_carry, args=(process.stdout, sink, lines))
            for process, sink, lines in zip(processes, following, written, strict=True)
        ]
        for carrier in carriers:
            carrier.start()
        try:
            codes = [process.wait(RUN_SECONDS) for process in processes]
        finally:
            for process in processes:
                process.kill()
            for carrier in carriers:
                carrier.join()
        return [
            Finished(code, lines, _read(log)) for code, lines, log in zip(codes, written, logs, strict=True)
        ]


def _carry(source: BinaryIO, sink: BinaryIO | None, lines: list[bytes]) -> None:
    """Hand on what a process writes, and remember it; one that reads no more ends it, as in a shell."""
    with suppress(BrokenPipeError), source, sink or nullcontext():
        for line in source:
            lines.append(line)
            if sink is not None:
                sink.write(line)


def _read(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace")
