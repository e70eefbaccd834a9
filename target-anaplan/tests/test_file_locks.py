"""Two runs of one machine never use one file of a model at the same time, whatever their `state_dir`."""

from __future__ import annotations

import pytest
from singer_kit.clock import ManualClock
from singer_kit.shutdown import Interrupted, Shutdown
from target_anaplan.delivery.file_locks import hold_files
from target_anaplan.errors import MappingFailedError

from .mappings import FACTS, ITEMS
from .scripted_anaplan import MODEL


@pytest.fixture
def place(tmp_path):
    """A model of this test's own."""
    return f"http://{tmp_path}", "M"


def test_a_second_run_waits_for_the_file(place):
    clock = ManualClock()
    with (
        hold_files(place, ["1", "2"], 0, clock),
        pytest.raises(MappingFailedError, match="Another run on this machine"),
        hold_files(place, ["2"], 30, clock),
    ):
        pass
    assert sum(clock.slept) == pytest.approx(30)
    with hold_files(place, ["2"], 0, clock):
        pass


def test_a_signal_ends_the_wait_at_once(place):
    shutdown = Shutdown()
    shutdown.requested = 15
    with hold_files(place, ["1"], 0, ManualClock()), pytest.raises(Interrupted):
        _hold(place, ManualClock(shutdown=shutdown))


def _hold(place, clock):
    with hold_files(place, ["1"], 600, clock):
        pytest.fail("the file is held by another run")


@pytest.mark.server
def test_another_state_dir_is_no_way_around_the_lock(model, target, input_lines):
    with hold_files((target.config["api_url"], MODEL), ["113000000001"], 0, ManualClock()):
        run = target.run(
            input_lines, mappings=[ITEMS, FACTS], lock_wait_seconds=0, state_dir=str(target.folder / "other")
        )
    assert run.code == 3, run.err
    assert "Another run on this machine has held the file 113000000001" in run.last_line
    assert not model.calls("files/113000000001")
