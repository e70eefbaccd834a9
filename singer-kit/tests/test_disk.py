import errno
import gzip
import sqlite3

import pytest
import requests
from singer_kit.disk import explained_disk_errors
from singer_kit.errors import OutputClosedError, PermanentError


def test_what_the_disk_refuses_names_folder_setting_and_remedy(tmp_path):
    with pytest.raises(PermanentError) as error, explained_disk_errors(tmp_path, "state_dir"):
        (tmp_path / "none" / "file").write_text("")
    assert (
        error.value.problem
        == f"The disk refuses to read or write below {tmp_path}: No such file or directory"
    )
    assert error.value.setting == "state_dir"
    assert error.value.remedy.startswith("Make room, or choose another folder")


def test_a_database_file_is_on_the_disk(tmp_path):
    with pytest.raises(PermanentError, match="unable to open"), explained_disk_errors(tmp_path, "state_dir"):
        sqlite3.connect(tmp_path / "none" / "file").execute("select 1")


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(errno.ECONNRESET, "reset"),
        TimeoutError(errno.ETIMEDOUT, "timed out"),
        requests.ConnectionError("no route"),
        gzip.BadGzipFile("not a file of ours"),
        OutputClosedError("gone"),
        ValueError("a bug"),
    ],
)
def test_what_is_not_of_the_disk_passes(tmp_path, error):
    with pytest.raises(type(error)) as raised, explained_disk_errors(tmp_path, "state_dir"):
        raise error
    assert raised.value is error
