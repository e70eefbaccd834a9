import json
from contextlib import suppress

import pytest
from hypothesis import settings

from .kit_harness import Gate, Plugin

settings.register_profile("kit", deadline=None)
settings.load_profile("kit")


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path / "gate")


@pytest.fixture
def start(tmp_path):
    """Start `tap` or `target`; what a failed test leaves running is killed."""
    started = []

    def start_plugin(kind, *options, **config):
        if kind == "target":
            config = {"folder": str(tmp_path), **config}
        config_file = tmp_path / f"{kind}-{len(started)}.json"
        config_file.write_text(json.dumps(config))
        started.append(Plugin(f"kit_demo_{kind}.py", config_file, *options))
        return started[-1]

    yield start_plugin
    for process in (plugin.process for plugin in started):
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            with suppress(BrokenPipeError):  # what the plugin did not read any more
                pipe.close()


@pytest.fixture
def loaded(tmp_path):
    """What the demo target has written for a stream."""

    def read(stream):
        path = tmp_path / f"{stream}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    return read
