"""The spool: what is sealed is what Anaplan must read, however the rows came in."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from target_anaplan.csv_format import CsvFormat
from target_anaplan.errors import MappingFailedError
from target_anaplan.spool.rows import CsvSpool, Origin

FORMAT = CsvFormat(("Code", "Text"))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


def spool_in(path, **options):
    folder = path / "spool"
    folder.mkdir()
    return CsvSpool(folder, options.pop("file_format", FORMAT), **options)


def add(spool, number, *cells, stream="s"):
    spool.add_record(Origin(stream, {"id": number}))
    spool.add_row(cells)


def read(sealed):
    return list(csv.reader(io.StringIO(gzip.decompress(sealed.path.read_bytes()).decode(), newline="")))


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT), max_size=30), chunk=st.integers(10, 200))
def test_chunks_are_whole_records_and_together_the_file(tmp_path_factory, rows, chunk):
    spool = spool_in(tmp_path_factory.mktemp("s"))
    for number, row in enumerate(rows):
        add(spool, number, *row)
    sealed = spool.seal(tmp_path_factory.mktemp("a") / "f.csv.gz", chunk)
    parts = [gzip.decompress(sealed.chunk(number)) for number in range(len(sealed.chunks))]
    assert b"".join(parts) == gzip.decompress(sealed.path.read_bytes())
    assert read(sealed) == [["Code", "Text"], *map(list, rows)]
    assert all(part.endswith(b"\n") for part in parts)
    assert len(b"".join(parts)) == sealed.size
    spool.close()


def test_a_later_record_of_the_same_stream_key_takes_the_place_of_the_earlier(tmp_path):
    spool = spool_in(tmp_path, key=[0])
    add(spool, 1, "A", "old")
    add(spool, 2, "B", "b")
    spool.add_record(Origin("s", {"id": 1}))
    spool.add_row(("A", "new"))
    spool.add_row(("A2", "second row of the record"))
    sealed = spool.seal(tmp_path / "f.csv.gz", 1000)
    assert read(sealed)[1:] == [["B", "b"], ["A", "new"], ["A2", "second row of the record"]]
    assert sealed.replaced == 1
    spool.close()


def test_equal_keys_of_different_records_are_an_error(tmp_path):
    spool = spool_in(tmp_path, key=[0])
    add(spool, 1, "A", "x")
    add(spool, 2, "A", "y")
    with pytest.raises(
        MappingFailedError, match=r"Code 'A' \(s {\"id\":1} and s {\"id\":2}\).*on_duplicate: last"
    ):
        spool.seal(tmp_path / "f.csv.gz", 1000)
    spool.close()


def test_the_last_of_equal_keys_is_kept_when_asked(tmp_path):
    spool = spool_in(tmp_path, key=[0], keep_last=True)
    add(spool, 1, "A", "x")
    add(spool, 2, "B", "z")
    add(spool, 3, "A", "y")
    sealed = spool.seal(tmp_path / "f.csv.gz", 1000)
    assert read(sealed)[1:] == [["B", "z"], ["A", "y"]]
    assert sealed.replaced == 1
    spool.close()


def test_records_without_a_key_are_all_kept(tmp_path):
    spool = spool_in(tmp_path)
    for _number in range(3):
        spool.add_record(Origin("s", {}))
        spool.add_row(("A", "x"))
    assert spool.seal(tmp_path / "f.csv.gz", 1000).rows == 3
    spool.close()


def test_rows_are_found_by_physical_line_and_by_number(tmp_path):
    spool = spool_in(tmp_path)
    add(spool, 1, "A", "one\nmore line")
    add(spool, 2, "B", "b")
    sealed = spool.seal(tmp_path / "f.csv.gz", 1000)
    assert [spool.row_at_line(line).cells[0] for line in (2, 3, 4)] == ["A", "A", "B"]
    assert spool.row_at_line(1) is None
    assert spool.row_at_position(2).origin.key == {"id": 2}
    assert gzip.decompress(sealed.keys_path.read_bytes()) == b's {"id":1}\ns {"id":2}\n'
    spool.close()


def test_a_refusal_is_forgotten_when_its_record_comes_again(tmp_path):
    spool = spool_in(tmp_path)
    spool.add_record(Origin("s", {"id": 1}))
    spool.refuse("date", "no date", b'{"d":"x"}')
    add(spool, 1, "A", "good now")
    spool.add_record(Origin("s", {"id": 2}))
    spool.refuse("date", "no date", b'{"d":"y"}')
    sealed = spool.seal(tmp_path / "f.csv.gz", 1000)
    assert sealed.rows == 1
    assert [(row.origin.key, row.record) for row in spool.refused_rows()] == [({"id": 2}, {"d": "y"})]
    spool.close()


def test_close_leaves_the_sealed_file_alone(tmp_path):
    spool = spool_in(tmp_path)
    add(spool, 1, "A", "x")
    sealed = spool.seal(tmp_path / "f.csv.gz", 1000)
    spool.close()
    assert not (tmp_path / "spool").exists()
    assert read(sealed) == [["Code", "Text"], ["A", "x"]]
