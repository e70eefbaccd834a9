"""The three stand-ins, started together on loopback and described by environment variables."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from syspro_sandbox import anaplan, databricks, syspro
from syspro_sandbox.faults import CONTROL_PATH, Faults, FaultyApplication
from syspro_sandbox.serving import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from types import FrameType, TracebackType

    from typing_extensions import Self

DATA_VARIABLE = "SANDBOX_DATA"
#: The variable with the address of the faults' control path.
FAULTS_VARIABLE = "SANDBOX_FAULTS"
DEFAULT_DATA = Path("var") / "sandbox"
RUNNING_FILE = "running.json"
SIGNAL_EXIT_BASE = 128


class SandboxError(Exception):
    """A user's mistake in starting the sandbox, told in one line."""


@dataclass(frozen=True)
class Ports:
    """The ports of the three servers; 0 lets the system choose."""

    HIGHEST_BASE: ClassVar[int] = 65_533

    syspro: int = 0
    anaplan: int = 0
    databricks: int = 0

    @classmethod
    def from_base(cls, base: int) -> Ports:
        """Three ports in a row from `base`, or three free ones for 0."""
        return cls(base, base + 1, base + 2) if base else cls()


def data_dir(given: Path | None = None) -> Path:
    """The folder of the sandbox: as given, as exported by a running sandbox, or below the project."""
    if given is not None:
        return given
    if exported := os.environ.get(DATA_VARIABLE):
        return Path(exported)
    return Path(os.environ.get("MELTANO_PROJECT_ROOT") or Path.cwd()) / DEFAULT_DATA


def read_running(folder: Path) -> dict[str, str] | None:
    """The variables of the sandbox that serves this folder now, or None when none answers."""
    try:
        environment: dict[str, str] = json.loads((folder / RUNNING_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    address = urlsplit(environment.get("TAP_SYSPRO_ODATA_URL", ""))
    try:
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=1):
            return environment
    except OSError:
        return None


class Sandbox:
    """The three servers over one data folder, running while the `with` block runs.

    Args:
        folder: Where the data of all three live; made when absent, opened as it is otherwise.
        scale, seed, companies, today: what SYSPRO's data are made from, see `syspro.create`.
        ports: Where to listen.
        faults: What goes wrong; by default nothing until a test says so.
        syspro_options: How SYSPRO behaves where the real one is unknown.

    Raises:
        SandboxError: When another sandbox already serves this folder, or it cannot be made; on entering,
            when a port is taken.
        syspro.SysproDataError: When the folder holds data made from other settings.
    """

    def __init__(
        self,
        folder: Path,
        *,
        scale: float | None = None,
        seed: int | None = None,
        companies: Sequence[str] | None = None,
        today: date | None = None,
        ports: Ports | None = None,
        faults: Faults | None = None,
        syspro_options: syspro.SysproOptions | None = None,
    ) -> None:
        self.folder = folder.absolute()
        if read_running(self.folder):
            raise SandboxError(
                f"A sandbox already serves {self.folder}: use it (sandbox env), stop it, or choose another "
                "folder with --data"
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SandboxError(
                f"The folder {self.folder} cannot be made ({error.strerror}): choose another with --data"
            ) from error
        self._ports = ports or Ports()
        self._stack = ExitStack()
        self.syspro = syspro.create(
            self.folder, scale=scale, seed=seed, today=today, companies=companies, options=syspro_options
        )
        self.anaplan = anaplan.create(self.folder)
        self.databricks = databricks.create(self.folder)
        self.faults = faults or Faults()
        self.faults.verbs.update(self._verbs())
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        stack = self._stack
        stack.callback(self.syspro.close)
        stack.callback(self.anaplan.close)
        try:
            self._listen(stack)
        except OSError as error:
            stack.close()
            raise SandboxError(
                f"A port from {self._ports.syspro} to {self._ports.databricks} cannot be used "
                f"({error.strerror}): choose others with --port-base"
            ) from error
        return self

    def _listen(self, stack: ExitStack) -> None:
        served = partial(FaultyApplication, faults=self.faults)
        erp = stack.enter_context(
            Server(served(self.syspro.app, "syspro"), port=self._ports.syspro, date_header=False)
        )
        planning = stack.enter_context(Server(served(self.anaplan.app, "anaplan"), port=self._ports.anaplan))
        warehouse = stack.enter_context(
            Server(served(self.databricks.app, "databricks"), port=self._ports.databricks)
        )
        # Before its server, which would wait for the statements under way.
        stack.callback(self.databricks.close)
        self.faults.addresses.update(syspro=erp.url, anaplan=planning.url, databricks=warehouse.url)
        self.environment = {
            DATA_VARIABLE: str(self.folder),
            FAULTS_VARIABLE: f"{erp.url}{CONTROL_PATH}",
            **self.syspro.env(erp.url),
            **self.anaplan.env(planning.url),
            **self.databricks.env(warehouse.url),
        }
        running = self.folder / RUNNING_FILE
        running.write_text(json.dumps(self.environment, indent=2), encoding="utf-8")
        stack.callback(running.unlink, missing_ok=True)

    def _verbs(self) -> dict[str, Callable[[], object]]:
        """What happens in the three systems at a word, as fault rules name it."""
        return {
            "day": partial(syspro.play_day, self.folder),
            "lock-model": partial(self.anaplan.set_model_state, "LOCKED"),
            "unlock-model": partial(self.anaplan.set_model_state, "UNLOCKED"),
            "revoke-tokens": self.databricks.oauth.revoke_all,
            "stop-warehouse": self.databricks.compute.stop,
            "start-warehouse": self.databricks.compute.start,
        }

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command with the sandbox's variables and hand on the signals it is sent.

    Returns:
        The command's exit code; 128 + n when signal n ended it.

    Raises:
        SandboxError: When the command cannot be started.
    """
    try:
        child = subprocess.Popen(command, env={**os.environ, **environment})
    except OSError as error:
        raise SandboxError(f"{command[0]} cannot be started: {error.strerror}") from error

    def forward(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001
        # A terminal sends Ctrl-C to the whole group by itself: the command has it already.
        if signum != signal.SIGINT:
            child.send_signal(signum)

    numbers = [signal.SIGINT, signal.SIGTERM]
    previous = {number: signal.signal(number, forward) for number in numbers}
    try:
        code = child.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return code if code >= 0 or sys.platform == "win32" else SIGNAL_EXIT_BASE - code
