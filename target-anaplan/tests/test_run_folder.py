"""The folder of a run lives as long as the run."""

from __future__ import annotations

from target_anaplan.spool.run_folder import RunFolder


def test_the_folder_of_a_dead_run_is_removed_and_of_a_living_one_kept(tmp_path):
    dead, living, next_run = (RunFolder(tmp_path, name) for name in ("dead", "living", "next"))
    (tmp_path / "dead").mkdir()
    (tmp_path / "dead.lock").touch()
    living.open()
    next_run.open()
    assert not dead.path.exists()
    assert living.path.exists()
    for folder in (living, next_run):
        folder.close()
    assert list(tmp_path.iterdir()) == []
