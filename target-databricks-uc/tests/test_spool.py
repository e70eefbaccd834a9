"""The local folder of a run."""

import tempfile

import pytest
from singer_kit.errors import PermanentError
from target_databricks_uc.spool import Spool


def test_it_is_removed_with_what_is_in_it():
    spool = Spool("x")
    (spool.folder / "f").write_text("x")
    spool.remove()
    assert not spool.folder.exists()


def test_a_folder_that_cannot_be_made_is_told_in_plain_words(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(PermanentError, match="missing") as caught:
        Spool("x")
    assert caught.value.setting == "TMPDIR"
