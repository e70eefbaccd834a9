"""A file is uploaded as a whole or not at all."""

from __future__ import annotations

import gzip

import pytest
from target_anaplan.api.uploads import Uploader
from target_anaplan.csv_format import CsvFormat
from target_anaplan.errors import LostAnswerError
from target_anaplan.spool.rows import CsvSpool, Origin


class Files:
    """A server for chunks from several threads; the n-th may fail."""

    def __init__(self, fail=None):
        self.fail = fail
        self.calls = []
        self.chunks = {}

    def in_model(self, path):
        return path

    def call(self, method, path, *, body=None, data=None, content_type=None, expects_json, read_seconds=None):
        self.calls.append((method, path, body))
        if method == "PUT":
            number = path.rpartition("/")[2]
            if number == self.fail:
                raise LostAnswerError("no answer")
            assert content_type == "application/x-gzip"
            self.chunks[number] = gzip.decompress(data)

    def get(self, _path):
        return {"chunks": [{"id": number} for number in self.chunks]}


@pytest.fixture
def sealed(tmp_path):
    (tmp_path / "spool").mkdir()
    spool = CsvSpool(tmp_path / "spool", CsvFormat(("Code", "Name")))
    for number in range(200):
        spool.add_record(Origin("items", {"id": number}))
        spool.add_row((str(number), "name"))
    yield spool.seal(tmp_path / "f.csv.gz", 100)
    spool.close()


def test_chunks_arrive_complete_and_are_finished_last(sealed):
    files = Files()
    Uploader(files, threads=4).upload("113", sealed)
    text = b"".join(files.chunks[str(number)] for number in range(len(sealed.chunks)))
    assert text == gzip.decompress(sealed.path.read_bytes())
    assert all(len(chunk) <= 100 for chunk in files.chunks.values())
    assert files.calls[0] == ("POST", "files/113", {"chunkCount": -1})
    assert files.calls[-1] == ("POST", "files/113/complete", {"id": "113"})


def test_a_chunk_that_fails_fails_the_upload(sealed):
    files = Files(fail="7")
    with pytest.raises(LostAnswerError):
        Uploader(files, threads=4).upload("113", sealed)
    assert not [call for call in files.calls if call[1].endswith("complete")]
