"""The format of an import file, as the model prescribes it."""

from __future__ import annotations

import pytest
from target_anaplan.csv_format import CsvFormat, codec_name
from target_anaplan.errors import MappingFailedError, RowRefusedError


@pytest.mark.parametrize(
    ("options", "cells", "line"),
    [
        ({}, ("a,b", 'say "x"'), b'"a,b","say ""x"""\n'),
        ({"separator": "\t"}, ("a,b", "c"), b"a,b\tc\n"),
        ({"separator": ";", "qualifier": "'"}, ("a;b", "it's"), b"'a;b';'it''s'\n"),
        ({"encoding": "iso8859-1"}, ("é", ""), b"\xe9,\n"),
        ({"encoding": "utf-16-le"}, ("a", "b"), "a,b\n".encode("utf-16-le")),
        ({}, (" a", "b "), b'" a","b "\n'),
    ],
)
def test_the_format_of_the_file_is_obeyed(options, cells, line):
    file_format = CsvFormat(("Code", "Text"), **options)
    assert file_format.line(cells) == line
    assert file_format.cells(line) == list(cells)


@pytest.mark.parametrize(
    ("options", "cell", "code"),
    [
        ({"qualifier": ""}, "a,b", "qualifier"),
        ({"qualifier": ""}, "a\nb", "qualifier"),
        ({"encoding": "iso8859-1"}, "€", "encoding"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(options, cell, code):
    with pytest.raises(RowRefusedError) as caught:
        CsvFormat(("Code",), **options).line([cell])
    assert caught.value.code == code


def test_encodings_never_bring_a_byte_order_mark():
    for name in ("UTF-8", "UTF-16", "UTF-8-SIG", "UTF-16LE", "ISO-8859-1"):
        assert not "a".encode(codec_name(name)).startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    with pytest.raises(MappingFailedError, match="'nonsense' is not known"):
        codec_name("nonsense")


def test_one_blank_cell_is_still_a_row():
    assert CsvFormat(("Code",)).line([""]) == b'""\n'
    with pytest.raises(RowRefusedError, match="no text qualifier"):
        CsvFormat(("Code",), qualifier="").line([""])
