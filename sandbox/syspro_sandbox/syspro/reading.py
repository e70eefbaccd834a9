"""Reading the databases while another process may play a business day in them."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from syspro_sandbox.syspro.database import BUSY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees the database as it is at its first statement, until the block ends.

    It may move between threads: a server's answer is written by whichever worker is free.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, check_same_thread=False
    )
    try:
        connection.isolation_level = None
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        yield connection
    finally:
        connection.close()


def decimal_text(stored: int, scale: int) -> str:
    """A decimal of a scale as text, exactly, with all its digits behind the point."""
    if not scale:
        return str(stored)
    digits = str(abs(stored)).zfill(scale + 1)
    return f"{'-' if stored < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


class Rendered(dict[Any, str]):
    """The stored values of one column as they go over the wire, each rendered when it is first met.

    Most columns repeat a few values, so a page costs little more than its look-ups. Each page has its own.
    """

    def __init__(self, render: Callable[[Any], str]) -> None:
        super().__init__()
        self._render = render

    def __missing__(self, stored: Any) -> str:
        text = self[stored] = self._render(stored)
        return text
