"""Spark's own parser reads what target-databricks-uc sends, except the statements only Databricks has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from syspro_sandbox import databricks
from syspro_sandbox.serving import Server

pytestmark = pytest.mark.spark

ONLY_ON_DATABRICKS = ("COPY INTO", "CREATE VOLUME", "SHOW VOLUMES")


def message(kind, **fields):
    return json.dumps({"type": kind, **fields}) + "\n"


def keyed(properties):
    return message(
        "SCHEMA",
        stream="ap_invoices",
        key_properties=["_syspro_company", "Invoice"],
        schema={"type": "object", "properties": {"_syspro_company": {"type": "string"}, **properties}},
    )


INVOICE = {
    "Invoice": {"type": "string"},
    "InvoiceDate": {"type": ["null", "string"], "format": "date", "description": "Document date, 'as is'"},
    "Value": {"type": ["null", "number"], "x-sql-datatype": "DECIMAL(14,2)"},
    "_sdc_deleted_at": {"type": ["null", "string"], "format": "date-time"},
}
MESSAGES = "".join(
    [
        keyed(INVOICE),
        message(
            "RECORD", stream="ap_invoices", record={"_syspro_company": "A", "Invoice": "1", "Value": 1.5}
        ),
        keyed(
            {
                **INVOICE,
                "Value": {"type": ["null", "number"], "x-sql-datatype": "DECIMAL(18,4)"},
                "New": {"type": "integer"},
            }
        ),
        message("RECORD", stream="ap_invoices", record={"_syspro_company": "A", "Invoice": "2", "New": 7}),
        message(
            "RECORD",
            stream="ap_invoices",
            record={"_syspro_company": "A", "Invoice": "1", "_sdc_deleted_at": "2026-06-17T00:00:00Z"},
        ),
        message(
            "SCHEMA",
            stream="events",
            key_properties=[],
            schema={"type": "object", "properties": {"text": {"type": "string"}}},
        ),
        message("RECORD", stream="events", record={"text": "O'Brien \\ sons"}),
        message("STATE", value={}),
    ]
)


def test_spark_reads_every_statement(spark_parser, tmp_path):
    box = databricks.create(tmp_path)
    with Server(box.app) as server:
        subprocess.run(
            [str(Path(sys.executable).with_name("target-databricks-uc")), "--config=ENV"],
            input=MESSAGES, text=True, check=True, env={**os.environ, **box.env(server.url)},
        )  # fmt: skip
    texts = {execution.text for execution in box.statements}
    box.close()
    read = [text for text in texts if not text.startswith(ONLY_ON_DATABRICKS)]
    assert any(text.startswith("MERGE") for text in read)
    for text in read:
        assert spark_parser.parsePlan(text).toString()
