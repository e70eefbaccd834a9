"""What the tests of the tap share."""

from __future__ import annotations

import pytest

from .tap_runner import TapRunner


@pytest.fixture
def tap(tmp_path, capfd, monkeypatch):
    """The command, to be run in this process."""
    return TapRunner(tmp_path, capfd, monkeypatch)
