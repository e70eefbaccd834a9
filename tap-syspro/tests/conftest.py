"""What the tests of the tap share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode adds no folder of its own


@pytest.fixture
def tap(tmp_path, capfd, monkeypatch):
    """Runs the command."""
    from tap_runner import TapRunner

    return TapRunner(tmp_path, capfd, monkeypatch)
