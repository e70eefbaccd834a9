"""Fixtures of the tests: a scripted Anaplan, and the real executable against it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer

import pytest

from .executable import FORKING, Target
from .scripted_anaplan import Handler, Script
from .singer_messages import record, schema, state


@pytest.fixture(scope="session")
def forking():
    """A process that has imported the target and forks for each run: starting Python costs a second a run."""
    if not hasattr(os, "fork"):
        yield None
        return
    with subprocess.Popen(
        [sys.executable, "-c", FORKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def script():
    """A scripted Anaplan without objects."""
    return Script()


@pytest.fixture
def server(script):
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"script": script}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def target(tmp_path, server, forking):
    """The executable."""
    return Target(tmp_path, server, forking)


@pytest.fixture
def model(script):
    """A model with an import into a list and one into a module."""
    script.add_import(1, "Items", ["Code", "Name"])
    script.add_import(2, "Facts", ["Item", "Value"], kind="MODULE_DATA")
    return script


@pytest.fixture
def input_lines():
    """Records for both imports, the module's first."""
    return [
        schema("facts", "id", "item", "value"),
        record("facts", id=1, item="A", value=1.10),
        state(1),
        schema("items", "id", "name", "_syspro_key"),
        record("items", id="A", name='Größe, "5"', _syspro_key="C/T/A"),
        record("items", id="B", name=None, _syspro_key="C/T/B"),
        state(2),
    ]
