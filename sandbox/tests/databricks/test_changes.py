from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import deltalake
import pyarrow as pa
import pytest
from syspro_sandbox.databricks.sql.errors import SqlError

pytestmark = pytest.mark.server

T = "main.syspro.t"


@pytest.fixture
def table(sandbox):
    sandbox.query(f"CREATE TABLE {T} (k STRING NOT NULL, n BIGINT, d DECIMAL(14,2))")
    sandbox.query(f"INSERT INTO {T} VALUES ('a', 1, 1.00), ('b', 2, 2.50)")
    return sandbox


def _rows(sandbox):
    return [tuple(row.values()) for row in sandbox.query(f"SELECT k, n, d FROM {T} ORDER BY k")]


def _refused(sandbox, text):
    with pytest.raises(SqlError) as caught:
        sandbox.query(text)
    return caught.value.condition


def _merge(source, actions):
    return f"MERGE INTO {T} AS t USING ({source}) AS s ON t.k <=> s.k {actions}"


def test_merge_counts_what_it_did(table):
    actions = (
        "WHEN MATCHED AND s.n < 0 THEN DELETE WHEN MATCHED THEN UPDATE SET t.n = s.n "
        "WHEN NOT MATCHED THEN INSERT (k, n) VALUES (s.k, s.n)"
    )
    source = (
        "SELECT 'a' AS k, -1 AS n UNION ALL SELECT 'b', 9 UNION ALL SELECT 'c', 3 UNION ALL SELECT 'd', 4"
    )
    assert table.query(_merge(source, actions)) == [
        {"num_affected_rows": 4, "num_updated_rows": 1, "num_deleted_rows": 1, "num_inserted_rows": 2}
    ]
    assert _rows(table) == [("b", 9, Decimal("2.50")), ("c", 3, None), ("d", 4, None)]
    nothing = _merge("SELECT 'x' AS k", "WHEN MATCHED THEN DELETE")
    assert table.query(nothing)[0]["num_affected_rows"] == 0


def test_other_changes_count_too(table):
    assert table.query(f"UPDATE {T} SET n = 0 WHERE k = 'a'") == [{"num_affected_rows": 1}]
    assert table.query(f"DELETE FROM {T} WHERE n = 0") == [{"num_affected_rows": 1}]
    assert table.query(f"INSERT OVERWRITE {T} SELECT 'z' AS k, 1 AS n, 2 AS d") == [
        {"num_affected_rows": 1, "num_inserted_rows": 1}
    ]
    assert table.query(f"TRUNCATE TABLE {T}") == [{"num_affected_rows": 1}]
    assert _rows(table) == []


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (_merge("SELECT 'a' AS k UNION ALL SELECT 'a'", "WHEN MATCHED THEN UPDATE SET n = 1"),
         "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE"),
        (_merge("SELECT NULL AS k", "WHEN NOT MATCHED THEN INSERT (k) VALUES (s.k)"),
         "DELTA_NOT_NULL_CONSTRAINT_VIOLATED"),
        (_merge("SELECT 'a' AS k", "WHEN MATCHED THEN UPDATE SET nope = 1"),
         "DELTA_MERGE_UNRESOLVED_EXPRESSION"),
        (_merge("SELECT 'a' AS k", "WHEN MATCHED THEN UPDATE SET *"), "DELTA_MERGE_UNRESOLVED_EXPRESSION"),
        (f"INSERT INTO {T} VALUES ('a')", "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"),
        (f"INSERT INTO {T} (k, n) SELECT 'a' AS k", "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"),
        (f"INSERT INTO {T} BY NAME SELECT 'a' AS k, 1 AS nope", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"),
        (f"INSERT INTO {T} SELECT 'a' AS k, 'x' AS n, 1 AS d", "CAST_INVALID_INPUT"),
        (f"UPDATE {T} SET nope = 1", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"),
        (f"MERGE {T} USING {T} AS s ON true WHEN MATCHED THEN DELETE", "PARSE_SYNTAX_ERROR"),
        (f"MERGE INTO {T} AS t USING {T} AS s ON true WHEN MATCHED THEN INSERT *", "PARSE_SYNTAX_ERROR"),
    ],
)  # fmt: skip
def test_wrong_changes_change_nothing(table, text, condition):
    before = _rows(table)
    assert _refused(table, text) == condition
    assert _rows(table) == before


def test_missing_columns_become_null(table):
    table.query(f"INSERT INTO {T} (d, k) VALUES (3.25, 'c')")
    table.query(f"INSERT INTO {T} BY NAME SELECT 4 AS N, 'e' AS K")
    assert _rows(table)[2:] == [("c", None, Decimal("3.25")), ("e", 4, None)]


@pytest.mark.parametrize("by_name", ["", "BY NAME"])
def test_replace_where_replaces_only_its_slice(table, by_name):
    source = "SELECT 'a' AS k, n AS n, CAST(n AS DECIMAL(14,2)) AS d FROM VALUES (7), (8) AS v(n)"
    text = f"INSERT INTO {T} {by_name} REPLACE WHERE k = 'a' {source}"
    for _ in range(2):
        table.query(text)
        assert sorted(_rows(table)) == [("a", 7, Decimal(7)), ("a", 8, Decimal(8)), ("b", 2, Decimal("2.50"))]
    assert _refused(table, text.replace("k = 'a'", "k = 'b'")) == "DELTA_REPLACE_WHERE_MISMATCH"
    assert len(_rows(table)) == 3


def test_conflicting_merges_say_so_and_lose_nothing(table):
    def add(number):
        try:
            table.query(_merge("SELECT 'a' AS k, 1 AS one", "WHEN MATCHED THEN UPDATE SET t.n = t.n + s.one"))
        except SqlError as error:
            return error.condition
        return "committed"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(add, range(8)))
    assert set(outcomes) <= {"committed", "DELTA_CONCURRENT_APPEND"}
    assert _rows(table)[0][1] == 1 + outcomes.count("committed")


def test_the_table_on_disk_is_what_the_sql_said(table):
    found = deltalake.DeltaTable(table.table_path(T))
    rows = pa.table(found.to_pyarrow_table()).sort_by("k").to_pylist()
    assert rows == [{"k": "a", "n": 1, "d": Decimal("1.00")}, {"k": "b", "n": 2, "d": Decimal("2.50")}]
    assert [(field.name, field.nullable) for field in found.schema().fields] == [
        ("k", False),
        ("n", True),
        ("d", True),
    ]


class TestCopyInto:
    @pytest.fixture(autouse=True)
    def events(self, sandbox):
        sandbox.query("CREATE TABLE main.syspro.e (a BIGINT, b STRING, c DATE)")

    def copy(self, path, extra="", select="CAST(a AS BIGINT) AS a, b"):
        return f"COPY INTO main.syspro.e FROM (SELECT {select} FROM '{path}') FILEFORMAT = PARQUET {extra}"

    def test_a_file_is_loaded_once_whatever_becomes_of_it(self, sandbox, stage):
        path = stage("run/1.parquet", a=[1, 2], b=["x", "y"])
        text = self.copy(
            path.rpartition("/")[0],
            "FILES = ('1.parquet') COPY_OPTIONS ('mergeSchema' = 'false', 'force' = 'false')",
        )
        loaded = {"num_affected_rows": 2, "num_inserted_rows": 2, "num_skipped_corrupt_files": 0}
        assert sandbox.query(text) == [loaded]
        stage("run/1.parquet", a=[3], b=["z"])
        assert sandbox.query(text)[0]["num_inserted_rows"] == 0
        assert sandbox.query(self.copy(path, "COPY_OPTIONS ('force' = 'true')"))[0]["num_inserted_rows"] == 1
        assert sandbox.query("SELECT sum(a) AS s, count(c) AS n FROM main.syspro.e") == [{"s": 6, "n": 0}]

    def test_two_at_once_load_once(self, sandbox, stage):
        text = self.copy(stage("1.parquet", a=[1], b=["x"]))
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda _: sandbox.query(text)[0]["num_inserted_rows"], range(4)))
        assert sorted(results) == [0, 0, 0, 1]

    def test_a_folder_and_a_pattern(self, sandbox, stage):
        for name in ("f/1.parquet", "f/2.parquet", "f/_3.parquet", "f/.4.parquet"):
            stage(name, a=[1], b=["x"])
        assert (
            sandbox.query(self.copy("/Volumes/main/syspro/landing/f", "PATTERN = '2*'"))[0][
                "num_inserted_rows"
            ]
            == 1
        )
        assert sandbox.query(self.copy("/Volumes/main/syspro/landing/f"))[0]["num_inserted_rows"] == 1

    def test_dropping_the_table_loses_the_memory(self, sandbox, stage):
        text = self.copy(stage("1.parquet", a=[1], b=["x"]))
        sandbox.query(text)
        sandbox.query("DROP TABLE main.syspro.e")
        sandbox.query("CREATE TABLE main.syspro.e (a BIGINT, b STRING)")
        assert sandbox.query(text)[0]["num_inserted_rows"] == 1

    @pytest.mark.parametrize(
        ("change", "condition"),
        [
            (
                lambda text: text.replace("CAST(a AS BIGINT)", "CAST(a AS INT)"),
                "DELTA_FAILED_TO_MERGE_FIELDS",
            ),
            (lambda text: text.replace("AS a, b", "AS a, b AS other"), "DELTA_METADATA_MISMATCH"),
            (lambda text: text.replace("syspro.e ", "syspro.nope "), "DELTA_MISSING_DELTA_TABLE_COPY_INTO"),
            (lambda text: text.replace("1.parquet", "2.parquet"), "PATH_NOT_FOUND"),
            (lambda text: text + "FILES = ('9.parquet')", "PATH_NOT_FOUND"),
            (lambda text: text.replace("PARQUET", "PARKAY"), "PARSE_SYNTAX_ERROR"),
            (lambda text: text.replace("FILEFORMAT = PARQUET", ""), "PARSE_SYNTAX_ERROR"),
            (lambda text: text + "FILES = ('a') PATTERN = 'b'", "PARSE_SYNTAX_ERROR"),
            (lambda text: text + "FORMAT_OPTION ('a' = 'b')", "PARSE_SYNTAX_ERROR"),
            (lambda text: text + "COPY_OPTIONS ('mergeSchema' = 'true')", "SANDBOX_UNSUPPORTED"),
        ],
    )
    def test_wrong_copies_are_refused(self, sandbox, stage, change, condition):
        text = self.copy(stage("1.parquet", a=[1], b=["x"]))
        assert _refused(sandbox, change(text)) == condition
        assert sandbox.query(text)[0]["num_inserted_rows"] == 1

    def test_an_empty_folder_has_no_schema(self, sandbox, stage, tmp_path):
        (tmp_path / "databricks/catalogs/main/syspro/volumes/landing/f").mkdir()
        text = self.copy("/Volumes/main/syspro/landing/f")
        assert _refused(sandbox, text) == "COPY_INTO_SOURCE_SCHEMA_INFERENCE_FAILED"


class TestFiles:
    def test_both_ways_of_reading(self, sandbox, stage):
        path = stage(
            "a.parquet",
            a=[1],
            t=pa.array([dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)], pa.timestamp("us", "UTC")),
        )
        row = {"a": 1, "t": dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)}
        assert sandbox.query(f"SELECT * FROM parquet.`{path}`") == [row]
        rescued = {**row, "_rescued_data": None}
        assert sandbox.query(f"SELECT * FROM read_files('{path}', format => 'parquet')") == [rescued]

    @pytest.mark.parametrize(
        ("path", "condition"),
        [
            ("/Volumes/main/syspro/landing/nope.parquet", "PATH_NOT_FOUND"),
            ("/Volumes/main/syspro/nope/a.parquet", "VOLUME_NOT_FOUND"),
            ("/tmp", "PATH_NOT_FOUND"),
            ("/Volumes/main/syspro/landing/../../../..", "PATH_NOT_FOUND"),
            ("/Volumes/main/syspro/landing/_hidden.parquet", "CANNOT_INFER_EMPTY_SCHEMA"),
            ("/Volumes/main/syspro/landing/empty.parquet", "FAILED_READ_FILE.NO_HINT"),
            ("/Volumes/main/syspro/landing/text.parquet", "FAILED_READ_FILE.NO_HINT"),
            ("/Volumes/main/syspro/landing/k=v", "CANNOT_INFER_EMPTY_SCHEMA"),
            ("/Volumes/main/syspro/landing", "SANDBOX_UNSUPPORTED"),
            ("/Volumes/main/syspro/landing/*/a.parquet", "SANDBOX_UNSUPPORTED"),
        ],
    )
    def test_what_the_engine_would_misread_is_refused(self, sandbox, stage, tmp_path, path, condition):
        stage("_hidden.parquet", a=[1])
        folder = tmp_path / "databricks/catalogs/main/syspro/volumes/landing"
        (folder / "empty.parquet").touch()
        (folder / "text.parquet").write_text("PAR1 no parquet PAR1")
        (folder / "k=v").mkdir()
        for source in (f"parquet.`{path}`", f"read_files('{path}', format => 'parquet')"):
            assert _refused(sandbox, f"SELECT * FROM {source}") == condition

    def test_dictionary_types_are_refused(self, sandbox, tmp_path):
        file = tmp_path / "databricks/catalogs/main/syspro/volumes/landing/a.parquet"
        pa.parquet.write_table(pa.table({"a": pa.array(["x"]).dictionary_encode()}), file)
        with pytest.raises(SqlError, match="store_schema=False"):
            sandbox.query("SELECT * FROM parquet.`/Volumes/main/syspro/landing/a.parquet`")


def test_metadata_commits_are_told_apart(table, monkeypatch):
    path = table.table_path(T)
    newest = max((path / "_delta_log").glob("*.json"))
    monkeypatch.setattr(
        "syspro_sandbox.databricks.warehouse.engine.Engine.execute", _conflicting(path, int(newest.stem) + 1)
    )
    assert _refused(table, f"DELETE FROM {T}") == "DELTA_METADATA_CHANGED"


def _conflicting(path, version):
    from syspro_sandbox.databricks.warehouse.engine import EngineError

    def execute(self, text, running=None):
        (path / "_delta_log" / f"{version:020d}.json").write_text(json.dumps({"metaData": {}}))
        raise EngineError("execution error: Failed to commit transaction: 0")

    return execute
