"""The tap run as its console script runs it, in this process."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass

from singer_kit.cli import main_for
from tap_syspro.tap import TapSyspro

PASSWORD = "odata-Secret-7"


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


class TapRunner:
    """The command with a configuration for two companies.

    Args:
        folder: Where its files go.
        capture: Pytest's `capfd`.
        monkeypatch: Pytest's.
    """

    def __init__(self, folder, capture, monkeypatch):
        self._folder = folder
        self._capture = capture
        self._monkeypatch = monkeypatch
        for name in os.environ:
            if name.startswith(("TAP_SYSPRO_", "MELTANO")):
                monkeypatch.delenv(name)

    def run(self, url, *, config=None, state=None, catalog=None, arguments=(), env=None):
        """Run it; without an address the settings come from the environment.

        Returns:
            The outcome and the messages.
        """
        settings = {
            "odata_url": url,
            "odata_username": "sandbox.reader",
            "odata_password": PASSWORD,
            "companies": ["A", "B"],
            "max_retries": 0,
            **(config or {}),
        }
        config_file = "ENV" if url is None else self._write("config", settings)
        command = ["tap-syspro", "--config", config_file, *arguments]
        if state is not None:
            command += ["--state", self._write("state", state)]
        if catalog is not None:
            command += ["--catalog", self._write("catalog", catalog)]
        self._capture.readouterr()
        with self._monkeypatch.context() as patch:
            patch.setattr("sys.argv", command)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            patch.setattr(logging.getLogger(), "handlers", [])  # the SDK adds one for the stderr of this run
            try:
                main_for(TapSyspro)()
            except SystemExit as ended:
                code = ended.code or 0
        done = Done(code, *self._capture.readouterr())
        assert PASSWORD not in done.stderr + done.stdout
        messages = (
            [] if "--discover" in arguments else [json.loads(line) for line in done.stdout.splitlines()]
        )
        return done, messages

    def discover(self, url, **config):
        """Discover the catalog."""
        done, _ = self.run(url, arguments=["--discover"], config=config)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _write(self, name, value):
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(value))
        return str(path)


def selected(catalog, *streams):
    """The catalog with these streams selected, or with those that are by default."""
    for entry in catalog["streams"]:
        root = next(each for each in entry["metadata"] if not each["breadcrumb"])["metadata"]
        root["selected"] = entry["stream"] in streams if streams else root["selected-by-default"]
    return catalog


def records(messages, stream, company=None):
    """The records of a stream."""
    return [
        message["record"]
        for message in messages
        if message["type"] == "RECORD"
        and message["stream"] == stream
        and company in {None, message["record"]["_syspro_company"]}
    ]


def last_state(messages):
    """The last STATE."""
    return [message["value"] for message in messages if message["type"] == "STATE"][-1]
