"""The table `_loads`: what is counted of a batch, and that its entry is there."""

import json
from datetime import date, datetime, timezone
from decimal import Decimal

import pyarrow as pa
import pytest
from target_databricks_uc import sql
from target_databricks_uc.load_log import COLUMNS, BatchTotals

from .messages import record, schema

MOMENT = datetime(2026, 6, 17, 8, tzinfo=timezone.utc)
CHUNK = pa.schema(
    {
        "price": pa.decimal128(20, 6),
        "day": pa.date32(),
        "never": pa.date32(),
        "_sdc_deleted_at": pa.timestamp("us", tz="UTC"),
    }
)


def chunk(*rows):
    names = ("price", "day", "_sdc_deleted_at")
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], CHUNK)


def test_totals_are_those_of_all_chunks():
    totals = BatchTotals(MOMENT)
    totals.add(chunk((Decimal("0.1"), date(2026, 1, 2), None), (None, None, MOMENT)), 100, 101)
    totals.add(chunk((Decimal("0.2"), date(2026, 1, 1), None)), 102, 102)
    assert (totals.rows, totals.deleted) == (3, 1)
    assert (totals.first_sequence, totals.last_sequence) == (100, 102)
    assert totals.sums == {"price": Decimal("0.3")}
    assert totals.dates == {"day": (date(2026, 1, 1), date(2026, 1, 2))}


@pytest.mark.server
def test_every_batch_has_an_entry(workspace):
    price = {"type": ["number", "null"], "x-sql-datatype": "DECIMAL(14,2)"}
    day = {"type": ["string", "null"], "format": "date"}
    workspace.load(
        schema("Items", {"id": {"type": "integer"}, "price": price, "day": day}),
        record("Items", id=1, price=1.10, day="2026-01-05"),
        record("Items", id=2, price=2.25, day="2026-01-03"),
        record("Items", id=1, price=-0.35),
    )
    [load] = workspace.query(f"SELECT * FROM {workspace.schema}.`_loads`")
    assert (load["stream"], load["table_name"], load["load_method"]) == ("Items", "items", "MERGE")
    assert (load["files"], load["rows_staged"], load["rows_changed"]) == ("1", "3", "2")
    assert int(load["last_sequence"]) - int(load["first_sequence"]) == 2
    assert json.loads(load["staged_sums"], parse_float=Decimal) == {"price": Decimal("3.00")}
    assert json.loads(load["dates"]) == {"day": ["2026-01-03", "2026-01-05"]}
    assert load["statement_id"]
    batches = {row[0] for row in workspace.rows("items", "_sdc_batch_id")}
    assert batches == {load["batch_id"]}


@pytest.mark.server
def test_a_table_of_loads_without_staged_sums_gets_the_column(workspace):
    items = schema("Items", {"id": {"type": "integer"}})
    workspace.load(items, record("Items", id=1))
    loads = f"{workspace.schema}.`_loads`"
    workspace.query(f"DROP TABLE {loads}")
    workspace.query(sql.create_audit_table(loads, [one for one in COLUMNS if one.name != "staged_sums"]))
    workspace.load(items, record("Items", id=2))
    assert [row["staged_sums"] for row in workspace.query(f"SELECT * FROM {loads}")] == ["{}"]
