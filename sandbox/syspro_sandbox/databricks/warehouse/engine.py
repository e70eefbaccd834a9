"""The SQL engine: Sail, spoken to over Arrow Flight SQL (Databricks reference, "Sail")."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import flight

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCRIPT = Path(__file__).with_name("engine_process.py")
_COMMAND_TYPE = b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery"
_LENGTH_DELIMITED = 2
_SESSION_SECONDS = 10 * 365 * 24 * 3600
#: What one Flight message takes (Databricks reference, "Size of a statement"); a warehouse takes four times
#: as much.
MAX_TEXT_BYTES = 4 * 1024 * 1024 - 4096


class EngineError(Exception):
    """What the engine answered to a statement it did not run."""


class StatementCancelledError(EngineError):
    """The statement was cancelled."""


class Running:
    """A statement in the engine, which another thread can cancel."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._reader: flight.FlightStreamReader | None = None
        self._lock = threading.Lock()

    def attach(self, reader: flight.FlightStreamReader) -> None:
        """Name the stream to break on cancelling."""
        with self._lock:
            self._reader = reader
            if self.cancelled.is_set():
                reader.cancel()

    def cancel(self) -> None:
        """End the statement: a query stops; a change that has begun may still commit, as on Databricks."""
        with self._lock:
            self.cancelled.set()
            if self._reader is not None:
                self._reader.cancel()


class Engine:
    """Sail with memory catalogs; `close` ends it at once, whatever it is at."""

    def __init__(self, catalogs: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_settings(catalogs)},
            text=True,
            # Ctrl-C is for the sandbox, which ends its engine itself.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        address = self._process.stdout.readline().split() if self._process.stdout else []
        if not address:
            self._end()
            raise EngineError("The SQL engine (pysail) did not start; its output above says why")
        self._client = flight.connect(f"grpc://{address[0]}:{address[1]}")
        self._active: set[Running] = set()
        self._lock = threading.Lock()

    def execute(self, text: str, running: Running | None = None) -> pa.Table:
        """Run one statement and fetch its whole result.

        Raises:
            EngineError: The engine's message.
            StatementCancelledError: `running` was cancelled.
        """
        running = running or Running()
        with self._lock:
            self._active.add(running)
        try:
            # Commands run while the flight is described, queries while it is fetched.
            info = self._client.get_flight_info(flight.FlightDescriptor.for_command(_command(text)))
            return pa.concat_tables([self._fetch(endpoint, running) for endpoint in info.endpoints])
        except (pa.ArrowException, OSError) as error:
            if running.cancelled.is_set():
                raise StatementCancelledError("cancelled") from error
            raise EngineError(str(error).partition("with message: ")[2] or str(error)) from error
        finally:
            with self._lock:
                self._active.discard(running)

    def _fetch(self, endpoint: flight.FlightEndpoint, running: Running) -> pa.Table:
        reader = self._client.do_get(endpoint.ticket)
        running.attach(reader)
        # Chunk by chunk: `read_all` turns a cancelled stream into KeyboardInterrupt in a main thread.
        return pa.Table.from_batches(
            [chunk.data for chunk in reader if chunk.data is not None], schema=reader.schema
        )

    def schema(self, query: str) -> pa.Schema:
        """The columns a query has, without running it."""
        return self.execute(f"SELECT * FROM ({query}) AS `_` LIMIT 0").schema

    def close(self) -> None:
        """Break what runs and end the engine's process."""
        with self._lock:
            active = list(self._active)
        for running in active:
            running.cancel()
        self._client.close()
        self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _settings(catalogs: Sequence[str]) -> dict[str, str]:
    """The engine's environment variables."""
    listed = [f'{{name="{name}",type="memory",initial_database=["default"]}}' for name in catalogs]
    return {
        "SAIL_CATALOG__LIST": f"[{','.join(listed)}]",
        "SAIL_CATALOG__DEFAULT_CATALOG": json.dumps(catalogs[0]),
        "SAIL_FLIGHT__SESSION_TIMEOUT_SECS": str(_SESSION_SECONDS),
        "RUST_LOG": "off",
    }


def _command(text: str) -> bytes:
    """The protobuf message CommandStatementQuery inside an Any."""
    return _field(1, _COMMAND_TYPE) + _field(2, _field(1, text.encode()))


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:  # noqa: PLR2004  # seven bits a byte
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
