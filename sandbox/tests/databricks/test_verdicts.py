"""What is refused, and as what: wrong SQL as Databricks says it, a gap of the stand-in as a gap."""

from __future__ import annotations

import datetime as dt
import signal
from decimal import Decimal

import pyarrow as pa
import pytest
from syspro_sandbox import databricks
from syspro_sandbox.databricks.api.results import Result
from syspro_sandbox.databricks.sql.errors import SQLSTATES, UNSUPPORTED, SqlError

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    found = databricks.create(tmp_path_factory.mktemp("verdicts"))
    found.query("CREATE SCHEMA main.s")
    found.query("CREATE TABLE main.s.t (a BIGINT, b STRING, d DATE)")
    found.query("INSERT INTO main.s.t VALUES (1, 'x', NULL)")
    yield found
    found.close()


def _condition(sandbox, text):
    with pytest.raises(SqlError) as caught:
        sandbox.query(text)
    assert str(caught.value).startswith(f"[{caught.value.condition}] ")
    assert str(caught.value).endswith(f"SQLSTATE: {SQLSTATES[caught.value.condition]}")
    return caught.value.condition


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("SELEC 1", "PARSE_SYNTAX_ERROR"),
        ("SELECT FROM main.s.t WHERE", "PARSE_SYNTAX_ERROR"),
        ("SELECT a FROM main.s.t LIMIT 1, 2", "PARSE_SYNTAX_ERROR"),
        ('SELECT a FROM "main"."s"."t"', "PARSE_SYNTAX_ERROR"),
        ("SELECT a FROM main.s.t WHERE b SIMILAR TO 'x'", "PARSE_SYNTAX_ERROR"),
        ("CREATE THING x", "PARSE_SYNTAX_ERROR"),
        ("INSERT main.s.t VALUES (1)", "PARSE_SYNTAX_ERROR"),
        ("SELECT CAST(a AS TEXT) FROM main.s.t", "UNSUPPORTED_DATATYPE"),
        ("SELECT a::INT64 FROM main.s.t", "UNSUPPORTED_DATATYPE"),
        ("SELECT nope FROM main.s.t", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"),
        ("SELECT x.a FROM main.s.t AS y", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"),
        ("SELECT a FROM main.s.t AS x JOIN main.s.t AS y ON x.a = y.a", "AMBIGUOUS_REFERENCE"),
        ("SELECT a FROM main.s.t GROUP BY b", "MISSING_AGGREGATION"),
        ("SELECT * FROM main.s.nope", "TABLE_OR_VIEW_NOT_FOUND"),
        ("SELECT * FROM main.nope.t", "TABLE_OR_VIEW_NOT_FOUND"),
        ("SHOW TABLES IN main.nope", "SCHEMA_NOT_FOUND"),
        ("SELECT strptime(b, 'x') FROM main.s.t", "UNRESOLVED_ROUTINE"),
        ("SELECT CAST('x' AS INT)", "CAST_INVALID_INPUT"),
        ("SELECT CAST('2026-13-01' AS DATE)", "CAST_INVALID_INPUT"),
        ("SELECT DATE'2026-13-01'", "CAST_INVALID_INPUT"),
        ("SELECT 1 / 0", "DIVIDE_BY_ZERO"),
        ("SELECT (SELECT id FROM range(2))", "SCALAR_SUBQUERY_TOO_MANY_ROWS"),
    ],
)
def test_wrong_sql(sandbox, text, condition):
    assert _condition(sandbox, text) == condition


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM main.s.t QUALIFY row_number() OVER (ORDER BY a) = 1",
        "SELECT * EXCEPT (a) FROM main.s.t",
        "SELECT b, count(*) FROM main.s.t GROUP BY ALL",
        "SELECT b:x.y FROM main.s.t",
        "SELECT 'it''s'",
        "SELECT _metadata.file_path FROM main.s.t",
        "DELETE FROM main.s.t WHERE a IN (SELECT 1)",
        "MERGE WITH SCHEMA EVOLUTION INTO main.s.t USING main.s.t AS s ON true WHEN MATCHED THEN DELETE",
        "WITH s AS (SELECT 1 AS a) MERGE INTO main.s.t USING s ON true WHEN MATCHED THEN DELETE",
        "INSERT INTO main.s.t REPLACE USING (a) SELECT * FROM main.s.t",
        "INSERT INTO main.s.t SELECT 1 AS a, NULL, NULL",
        "SELECT * FROM read_files('/Volumes/main/s/v/x', format => 'csv')",
        "OPTIMIZE main.s.t",
        "DESCRIBE HISTORY main.s.t",
        "BEGIN ATOMIC SELECT 1 END",
    ],
)
def test_gaps_are_told_from_wrong_sql(sandbox, text):
    assert _condition(sandbox, text) == UNSUPPORTED


def test_an_error_that_nobody_knows_is_the_sandbox_s_own():
    from syspro_sandbox.databricks.sql.tokens import Statement
    from syspro_sandbox.databricks.warehouse.engine_messages import translate

    assert translate("something else", Statement("SELECT 1")).condition == "SANDBOX_ENGINE_ERROR"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (-7, "-7"),
        (1.5, "1.5"),
        (1e16, "1E16"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (Decimal("1E-9"), "0.000000001"),
        (Decimal("-12345678901234567890.10"), "-12345678901234567890.10"),
        (dt.date(2026, 6, 17), "2026-06-17"),
        (dt.datetime.fromisoformat("2026-06-17T01:02:03"), "2026-06-17T01:02:03.000"),
        (dt.datetime(2026, 6, 17, 1, 2, 3, 4, tzinfo=dt.timezone.utc), "2026-06-17T01:02:03.000004Z"),
        (b"\x00\xff", "AP8="),
        ([1, None], '["1", null]'),
        ({"a": "ü", "b": True}, '{"a": "ü", "b": "true"}'),
    ],
)
def test_values_are_strings_or_null(value, text):
    table = pa.table({"a": pa.array([value], pa.string() if value is None else None)})
    assert Result.of(table, chunk_rows=10).rows == [[text]]


def test_variants_are_json_text(sandbox):
    assert sandbox.query("SELECT parse_json('{\"a\": [1, null]}') AS v, 2 AS n") == [
        {"v": '{"a":[1,null]}', "n": 2}
    ]


def test_ctrl_c_stays_with_the_sandbox(sandbox):
    sandbox.query("SELECT 1")
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert sandbox.query("SELECT 1 AS a") == [{"a": 1}]


def test_the_engine_ends_with_its_parent(sandbox):
    process = sandbox._warehouse._engine._process
    process.stdin.close()
    assert process.wait(timeout=10) == 0
