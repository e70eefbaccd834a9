"""Rows of a dump find the records that they come from."""

from __future__ import annotations

import pytest
from target_anaplan.api.dumps import read_dump
from target_anaplan.csv_format import CsvFormat
from target_anaplan.delivery.rejected_rows import find_sent_row, reason, reason_code
from target_anaplan.spool.rows import CsvSpool, Origin


@pytest.fixture
def spool(tmp_path):
    (tmp_path / "spool").mkdir()
    spool = CsvSpool(tmp_path / "spool", CsvFormat(("Code", "Name")))
    for number, name in enumerate(("one\nmore\nlines", "two", "three"), start=1):
        spool.add_record(Origin("items", {"id": number}, f"key/{number}"))
        spool.add_row((f"C{number}", name))
    spool.seal(tmp_path / "f.csv.gz", 1000)
    yield spool
    spool.close()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('"_Status_","Code","Name","_Line_","_Error_1_"\n"E","C2","two","5","Invalid name: "\n', ["key/2"]),
        ('"_Status_","Code","Name","_Line_","_Error_1_"\n"E","C2","two","3","by row number"\n', ["key/2"]),
        ('"_Status_","Code","Name","_Line_","_Error_1_"\n"E","C1","one\nmore\nlines","2","x"\n', ["key/1"]),
        ('"Code","Name","_Line_","_Error_1_","_Error_2_"\n"C3","three","6","","second"\n', ["key/3"]),
        ('"Code","__Error__0"\n"C3","old form"\n', [None]),
    ],
)
def test_dump_rows_find_their_record(tmp_path, spool, text, keys):
    path = tmp_path / "dump.csv"
    path.write_text(text, encoding="utf-8", newline="")
    rows = list(read_dump(path))
    found = [find_sent_row(spool, row) for row in rows]
    assert [row.origin.syspro_key if row else None for row in found] == keys
    assert all(row.errors for row in rows)


@pytest.mark.parametrize(
    ("errors", "text", "code"),
    [
        ((), "Anaplan gave no reason", "unknown"),
        (("Invalid name: x",), "Invalid name: x", "invalid_name"),
        (("Invalid name: x", "No such item: y"), "Invalid name: x; No such item: y", "invalid_name"),
    ],
)
def test_the_errors_of_a_row_become_one_reason_and_one_code(errors, text, code):
    assert (reason(errors), reason_code(errors)) == (text, code)
