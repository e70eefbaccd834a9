"""The life of a load through the unmodified client, and what independent readers see of it."""

from __future__ import annotations

import io
from decimal import Decimal

import deltalake
import pyarrow as pa
import pytest
from pyarrow import parquet
from syspro_sandbox import databricks

pytestmark = pytest.mark.server

PATH = "/Volumes/main/syspro/landing/run-1/000001.parquet"
TABLE = """CREATE TABLE IF NOT EXISTS main.syspro.invoices (company STRING NOT NULL, id STRING NOT NULL,
amount DECIMAL(14,2), _sdc_sequence BIGINT) CLUSTER BY (company)"""
MERGE = f"""MERGE INTO main.syspro.invoices AS t
USING (SELECT CAST(company AS STRING) AS company, CAST(id AS STRING) AS id,
  CAST(amount AS DECIMAL(14,2)) AS amount,
  CAST(_sdc_sequence AS BIGINT) AS _sdc_sequence FROM read_files('{PATH}', format => 'parquet')) AS s
ON t.company <=> s.company AND t.id <=> s.id
WHEN MATCHED AND s._sdc_sequence >= t._sdc_sequence THEN
  UPDATE SET amount = s.amount, _sdc_sequence = s._sdc_sequence
WHEN NOT MATCHED THEN INSERT (company, id, amount, _sdc_sequence)
  VALUES (s.company, s.id, s.amount, s._sdc_sequence)"""


def _file(amount, sequence):
    buffer = io.BytesIO()
    table = pa.table(
        {
            "company": ["A", "Ä"],
            "id": ["000000000000001", "2"],
            "amount": pa.array([Decimal(amount), Decimal("-0.01")], pa.decimal128(14, 2)),
            "_sdc_sequence": [sequence, sequence],
        }
    )
    parquet.write_table(table, buffer, compression="zstd", store_schema=False)
    buffer.seek(0)
    return buffer


def test_upload_merge_and_read_back(client, run, workspace, tmp_path):
    for text in ("CREATE SCHEMA main.syspro", "CREATE VOLUME main.syspro.landing", TABLE):
        run.rows(text)
    client.files.upload(PATH, _file("10.10", 1), overwrite=True)
    assert run.rows(MERGE) == [["2", "0", "0", "2"]]
    assert run.rows(MERGE) == [["2", "2", "0", "0"]]
    client.files.upload(PATH, _file("99.99", 0), overwrite=True)
    assert run.rows(MERGE) == [["0", "0", "0", "0"]]
    rows = [["A", "000000000000001", "10.10", "1"], ["Ä", "2", "-0.01", "1"]]
    assert run.rows("SELECT * FROM main.syspro.invoices ORDER BY company") == rows
    client.files.delete(PATH)
    assert run(MERGE).status.sql_state == "42K03"

    found = deltalake.DeltaTable(tmp_path / "databricks/catalogs/main/syspro/tables/invoices")
    assert sum(pa.table(found.to_pyarrow_table())["amount"].to_pylist()) == Decimal("10.09")

    workspace.sandbox.close()
    again = databricks.create(tmp_path)
    assert again.query("SELECT sum(amount) AS total FROM main.syspro.invoices") == [
        {"total": Decimal("10.09")}
    ]
    again.close()


def test_a_load_of_files_through_the_client(client, run):
    for text in ("CREATE SCHEMA main.syspro", "CREATE VOLUME main.syspro.landing", TABLE):
        run.rows(text)
    client.files.upload(PATH, _file("10.10", 1), overwrite=True)
    folder, _, name = PATH.rpartition("/")
    copy = f"COPY INTO main.syspro.invoices FROM '{folder}' FILEFORMAT = PARQUET FILES = ('{name}')"
    assert [run.rows(copy), run.rows(copy)] == [[["2", "2", "0"]], [["0", "0", "0"]]]
