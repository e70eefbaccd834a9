"""What several test modules of the kit use: Singer lines, captured output, plugins as processes."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

HERE = Path(__file__).parent
TIMEOUT = 60  # seconds that no passing test comes near


def message(kind, stream=None, **fields):
    """One Singer line."""
    return json.dumps({"type": kind, **({"stream": stream} if stream else {}), **fields})


def schema(stream, *, keys=("id",), **properties):
    properties = {"id": {"type": "integer"}, **properties}
    return message(
        "SCHEMA", stream, schema={"type": "object", "properties": properties}, key_properties=list(keys)
    )


def record(stream, **fields):
    return message("RECORD", stream, record=fields)


def state(value):
    return message("STATE", value=value)


def printed(call):
    """What a call writes to standard output, as one JSON value per line."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(output):
        call()
    return [json.loads(line) for line in output.buffer.getvalue().splitlines()]


class Gate:
    """Two named pipes: the plugin says that it has come to a place, and waits there for the test."""

    def __init__(self, path):
        self.path = str(path)
        os.mkfifo(f"{path}.reached")
        os.mkfifo(f"{path}.go")

    def wait(self):
        """Block until the plugin is there."""
        Path(f"{self.path}.reached").read_bytes()

    def open(self):
        """Let it go on."""
        Path(f"{self.path}.go").write_bytes(b"")


class Plugin:
    """A demo plugin as a process of its own."""

    def __init__(self, script, config_file, *options):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / script), "--config", str(config_file), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LOGLEVEL": "INFO"},
        )
        self.log = ""

    def send(self, *lines):
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()

    def wait_for_log(self, text):
        """Block until the plugin has logged this."""
        while text not in self.log:
            line = self.process.stderr.readline().decode()
            assert line, f"{text!r} never came:\n{self.log}"
            self.log += line

    def end(self):
        """Close its input and wait; return exit code, parsed output and log."""
        output, log = self.process.communicate(timeout=TIMEOUT)
        self.log += log.decode()
        return self.process.returncode, [json.loads(line) for line in output.splitlines()], self.log
