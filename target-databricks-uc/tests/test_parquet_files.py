"""Staged files: what they hold, and when one is closed."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from singer_kit.errors import PermanentError
from target_databricks_uc.arrow_types import arrow_schema
from target_databricks_uc.parquet_files import ParquetFile, ParquetFiles
from target_databricks_uc.table_design import Table

from .configured import settings_of

PROPERTIES = {"id": {"type": "integer"}, "at": {"type": ["string", "null"], "format": "date-time"}}
SCHEMA = arrow_schema(Table.from_schema("t", {"properties": PROPERTIES}, ["id"], [], settings_of()))


def rows(*ids):
    return pa.Table.from_pylist([{"id": one} for one in ids], SCHEMA)


def test_files_hold_microseconds_and_no_schema_of_arrows_own(tmp_path):
    written = ParquetFile(tmp_path / "f.parquet", SCHEMA)
    written.write(rows(1))
    written.close()
    file = pq.ParquetFile(written.path)
    assert b"ARROW:schema" not in (file.metadata.metadata or {})
    assert file.schema_arrow.field("at").type == pa.timestamp("us", tz="UTC")
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_file_is_closed_when_it_is_large_enough_and_at_the_end(tmp_path):
    closed = []
    one_row = ParquetFile(tmp_path / "one", SCHEMA)
    limit = one_row.write(rows(1)) + 1  # one chunk stays below it, two do not
    files = ParquetFiles(tmp_path, "7-", SCHEMA, limit, lambda *told: closed.append(told))
    for number in range(5):
        files.write(rows(number))
    assert [name for _, name, _ in closed] == ["000001.parquet", "000002.parquet"]
    files.close()
    files.close()  # there is nothing left to close
    assert [pq.read_table(path)["id"].to_pylist() for path, _, _ in closed] == [[0, 1], [2, 3], [4]]
    assert [path.name for path, _, _ in closed] == [f"7-{name}" for _, name, _ in closed]
    assert [size for _, _, size in closed] == [path.stat().st_size for path, _, _ in closed]


def test_a_disk_that_refuses_is_told_in_plain_words(tmp_path):
    with pytest.raises(PermanentError, match="missing") as caught:
        ParquetFile(tmp_path / "missing" / "f.parquet", SCHEMA)
    assert caught.value.setting == "TMPDIR"
