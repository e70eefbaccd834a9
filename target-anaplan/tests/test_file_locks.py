"""Two runs of one machine never use one file of a model at the same time."""

from __future__ import annotations

import pytest
from target_anaplan.delivery.file_locks import hold_files
from target_anaplan.errors import MappingFailedError


def test_a_second_run_waits_for_the_file(tmp_path):
    with (
        hold_files(tmp_path, "M", ["1", "2"], 0),
        pytest.raises(MappingFailedError, match="Another run on this machine"),
        hold_files(tmp_path, "M", ["2"], 0),
    ):
        pass
    with hold_files(tmp_path, "M", ["2"], 0):
        pass
