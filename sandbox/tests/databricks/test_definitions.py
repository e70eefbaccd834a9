from __future__ import annotations

import json

import deltalake
import pytest
from syspro_sandbox import databricks
from syspro_sandbox.databricks import DatabricksOptions
from syspro_sandbox.databricks.sql.errors import SqlError

pytestmark = pytest.mark.server

T = "main.syspro.t"


def _refused(sandbox, text):
    with pytest.raises(SqlError) as caught:
        sandbox.query(text)
    return caught.value.condition


def _described(sandbox, name=T):
    return [
        (row["col_name"], row["data_type"], row["comment"]) for row in sandbox.query(f"DESCRIBE TABLE {name}")
    ]


class TestTables:
    def test_names_are_stored_in_lower_case(self, sandbox):
        sandbox.query("CREATE TABLE main.SYSPRO.`Invoices` (Amount INT)")
        sandbox.query("INSERT INTO MAIN.Syspro.INVOICES VALUES (1)")
        assert sandbox.query("SELECT i.amount FROM Main.syspro.InVoices AS i, main.syspro.INVOICES")[0] == {
            "amount": 1
        }
        assert [row["tableName"] for row in sandbox.query("SHOW TABLES IN main.syspro")] == ["invoices"]

    @pytest.mark.parametrize("name", ["größe", "a#b%20", "x=1", "order", "_loads", "n" * 255])
    def test_odd_names_work_and_survive(self, sandbox, tmp_path, name):
        sandbox.query(f"CREATE TABLE main.syspro.`{name}` (a INT)")
        sandbox.query(f"INSERT INTO main.syspro.`{name}` VALUES (1)")
        sandbox.close()
        again = databricks.create(tmp_path)
        assert again.query(f"SELECT a FROM main.syspro.`{name}`") == [{"a": 1}]
        again.close()

    def test_clauses_beyond_the_engine_are_kept(self, sandbox, tmp_path):
        sandbox.query(
            f"CREATE TABLE {T} (CONSTRAINT pk PRIMARY KEY (k), "
            "k STRING NOT NULL COMMENT 'the, key (k)', d DATE) "
            "CLUSTER BY (K, d) COMMENT 'c' "
            "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'mine' = 'x')"
        )
        notes = json.loads((tmp_path / "databricks/catalogs/main/syspro/schema.json").read_text())["tables"][
            "t"
        ]
        assert (notes["clustering"], notes["primary_key"]) == (["K", "d"], ["k"])
        assert notes["properties"] == {"delta.enableChangeDataFeed": "true"}
        assert _described(sandbox)[:2] == [("k", "string", "the, key (k)"), ("d", "date", None)]
        found = deltalake.DeltaTable(sandbox.table_path(T))
        assert found.metadata().description == "c"
        assert found.metadata().configuration == {"mine": "x"}

    @pytest.mark.parametrize(
        ("definition", "condition"),
        [
            ("(a INT) PARTITIONED BY (a) CLUSTER BY (a)",
             "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED"),
            ("(a INT) CLUSTER BY (b)", "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA"),
            ("(a INT) PARTITIONED BY (b)", "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA"),
            ("(a BOOLEAN) CLUSTER BY (a)", "DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED"),
            ("(a INT, b INT, c INT, d INT, e INT) CLUSTER BY (a, b, c, d, e)",
             "DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS"),
            (f"({', '.join(f'c{n} INT' for n in range(33))}) CLUSTER BY (c32)",
             "DELTA_CLUSTERING_COLUMN_MISSING_STATS"),
            ("(a INT, PRIMARY KEY (a))", "DELTA_PRIMARY_KEY_COLUMN_NULLABLE"),
            ("(a INT, A INT)", "COLUMN_ALREADY_EXISTS"),
            ("(`a b` INT)", "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES"),
            ("(a TEXT)", "UNSUPPORTED_DATATYPE"),
            ("(a INT) PARTITION BY (a)", "PARSE_SYNTAX_ERROR"),
            ("(a INT) LOCATION '/tmp/x'", "SANDBOX_UNSUPPORTED"),
            ("(a VARCHAR(5))", "SANDBOX_UNSUPPORTED"),
            ("LIKE main.syspro.other", "SANDBOX_UNSUPPORTED"),
        ],
    )  # fmt: skip
    def test_wrong_definitions_leave_nothing(self, sandbox, definition, condition):
        assert _refused(sandbox, f"CREATE TABLE {T} {definition}") == condition
        assert sandbox.query("SHOW TABLES IN main.syspro") == []
        sandbox.query(f"CREATE TABLE {T} (a INT)")

    def test_creating_again(self, sandbox):
        sandbox.query(f"CREATE TABLE {T} (a INT)")
        sandbox.query(f"CREATE TABLE IF NOT EXISTS {T} (b INT)")
        assert _refused(sandbox, f"CREATE TABLE {T} (b INT)") == "TABLE_OR_VIEW_ALREADY_EXISTS"
        assert _described(sandbox) == [("a", "int", None)]
        sandbox.query(f"CREATE OR REPLACE TABLE {T} (b INT)")
        assert _described(sandbox) == [("b", "int", None)]

    def test_a_table_from_a_query(self, sandbox):
        for text in ("SELECT 1 AS a", "SELECT 'x' AS b, 2 AS c"):
            sandbox.query(f"CREATE OR REPLACE TABLE {T} COMMENT 'made' AS {text}")
        assert sandbox.query(f"SELECT * FROM {T}") == [{"b": "x", "c": 2}]
        assert deltalake.DeltaTable(sandbox.table_path(T)).metadata().description == "made"

    def test_dropping_removes_the_files(self, sandbox, tmp_path):
        sandbox.query(f"CREATE TABLE {T} (a INT)")
        path = sandbox.table_path(T)
        sandbox.query(f"DROP TABLE {T}")
        assert not path.exists()
        assert _refused(sandbox, f"DROP TABLE {T}") == "TABLE_OR_VIEW_NOT_FOUND"
        sandbox.query(f"DROP TABLE IF EXISTS {T}")
        sandbox.query(f"CREATE TABLE {T} (b STRING)")
        assert sandbox.query(f"SELECT b FROM {T}") == []


class TestAlter:
    @pytest.fixture(autouse=True)
    def table(self, sandbox):
        sandbox.query(
            f"CREATE TABLE {T} (k STRING NOT NULL, N INT, d DECIMAL(10,2)) "
            "TBLPROPERTIES ('delta.enableTypeWidening' = 'true')"
        )
        sandbox.query(f"INSERT INTO {T} VALUES ('a', 1, 2.50)")

    def test_columns_are_added_by_a_metadata_commit(self, sandbox):
        sandbox.query(
            f"ALTER TABLE {T} ADD COLUMNS "
            "(`x` DECIMAL(14,2) COMMENT 'new', y TIMESTAMP_NTZ, s STRUCT<a:INT, b: STRING>)"
        )
        assert _described(sandbox)[3:] == [
            ("x", "decimal(14,2)", "new"),
            ("y", "timestamp_ntz", None),
            ("s", "struct<a: int, b: string>", None),
        ]
        log = max((sandbox.table_path(T) / "_delta_log").glob("*.json")).read_text()
        assert '"add"' not in log
        assert sandbox.query(f"SELECT k, x FROM {T}") == [{"k": "a", "x": None}]
        sandbox.query(f"INSERT INTO {T} (k, y) VALUES ('b', TIMESTAMP_NTZ'2026-01-01 00:00:00')")
        assert sandbox.query(f"SELECT count(y) AS n FROM {T}") == [{"n": 1}]

    def test_old_protocols_gain_the_features_they_need(self, sandbox):
        sandbox.query("CREATE TABLE main.syspro.old (a INT)")
        sandbox.query("ALTER TABLE main.syspro.old ADD COLUMN t TIMESTAMP_NTZ")
        protocol = deltalake.DeltaTable(sandbox.table_path("main.syspro.old")).protocol()
        assert "timestampNtz" in protocol.reader_features

    @pytest.mark.parametrize(
        ("change", "condition"),
        [
            ("ADD COLUMNS (K INT)", "FIELDS_ALREADY_EXISTS"),
            ("ADD COLUMNS (z INT NOT NULL)", "PARSE_SYNTAX_ERROR"),
            ("ADD COLUMNS (z TEXT)", "UNSUPPORTED_DATATYPE"),
            ("ALTER COLUMN k TYPE INT", "DELTA_UNSUPPORTED_TYPE_CHANGE"),
            ("ALTER COLUMN d TYPE DECIMAL(8,2)", "DELTA_UNSUPPORTED_TYPE_CHANGE"),
            ("ALTER COLUMN nope TYPE INT", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"),
            ("RENAME COLUMN k TO j", "SANDBOX_UNSUPPORTED"),
        ],
    )
    def test_wrong_changes_are_refused(self, sandbox, change, condition):
        before = _described(sandbox)
        assert _refused(sandbox, f"ALTER TABLE {T} {change}") == condition
        assert _described(sandbox) == before

    def test_types_are_widened(self, sandbox):
        sandbox.query(f"ALTER TABLE {T} ALTER COLUMN n TYPE BIGINT")
        sandbox.query(f"ALTER TABLE {T} ALTER COLUMN d TYPE DECIMAL(14,3)")
        sandbox.query(f"INSERT INTO {T} VALUES ('b', 5000000000, 1.125)")
        assert [kind for _, kind, _ in _described(sandbox)] == ["string", "bigint", "decimal(14,3)"]
        assert [str(row["d"]) for row in sandbox.query(f"SELECT d FROM {T} ORDER BY k")] == ["2.500", "1.125"]

    def test_comments_and_tags(self, sandbox, tmp_path):
        sandbox.query(f"COMMENT ON TABLE {T} IS 'it\\'s new'")
        sandbox.query(f"COMMENT ON COLUMN {T}.n IS 'number'")
        sandbox.query(f"ALTER TABLE {T} SET TAGS ('source' = 'syspro', 'old' = '1')")
        sandbox.query(f"ALTER TABLE {T} UNSET TAGS ('old')")
        sandbox.query(f"ALTER TABLE {T} ALTER COLUMN K SET TAGS ('pii' = 'no')")
        assert deltalake.DeltaTable(sandbox.table_path(T)).metadata().description == "it's new"
        assert _described(sandbox)[1] == ("N", "int", "number")
        notes = json.loads((tmp_path / "databricks/catalogs/main/syspro/schema.json").read_text())["tables"][
            "t"
        ]
        assert (notes["tags"], notes["column_tags"]) == ({"source": "syspro"}, {"k": {"pii": "no"}})


class TestViews:
    @pytest.fixture(autouse=True)
    def views(self, sandbox):
        sandbox.query(f"CREATE TABLE {T} (k STRING, n INT)")
        sandbox.query(f"INSERT INTO {T} VALUES ('a', 1), ('a', 2)")
        sandbox.query(
            "CREATE VIEW main.syspro.z (key COMMENT 'k', total) COMMENT 'sums' "
            f"AS SELECT k, sum(n) FROM {T} GROUP BY k"
        )
        sandbox.query("CREATE VIEW main.syspro.a AS SELECT * FROM main.syspro.z")

    def test_views_survive_a_restart_and_new_columns(self, sandbox, tmp_path):
        sandbox.query(f"CREATE VIEW main.syspro.everything AS SELECT * FROM {T}")
        sandbox.query(f"ALTER TABLE {T} ADD COLUMNS (x INT)")
        sandbox.close()
        again = databricks.create(tmp_path)
        assert again.query("SELECT * FROM main.syspro.a") == [{"key": "a", "total": 3}]
        assert again.query("SELECT * FROM main.syspro.everything LIMIT 1") == [{"k": "a", "n": 1}]
        assert _described(again, "main.syspro.z") == [("key", "string", "k"), ("total", "bigint", None)]
        again.close()

    @pytest.mark.parametrize(
        ("text", "condition"),
        [
            (f"CREATE VIEW main.syspro.a AS SELECT k FROM {T}", "TABLE_OR_VIEW_ALREADY_EXISTS"),
            (f"CREATE VIEW {T} AS SELECT 1 AS a", "TABLE_OR_VIEW_ALREADY_EXISTS"),
            ("CREATE VIEW main.syspro.new AS SELECT * FROM main.syspro.nope", "TABLE_OR_VIEW_NOT_FOUND"),
            (f"CREATE VIEW main.syspro.new AS SELECT nope FROM {T}", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"),
            (f"CREATE VIEW main.syspro.new AS SELECT k, n AS K FROM {T}", "COLUMN_ALREADY_EXISTS"),
            ("CREATE VIEW main.nope.new AS SELECT 1 AS a", "SCHEMA_NOT_FOUND"),
            ("INSERT INTO main.syspro.a VALUES ('x', 1)", "EXPECT_TABLE_NOT_VIEW"),
            ("DROP TABLE main.syspro.a", "EXPECT_TABLE_NOT_VIEW"),
            (f"DROP VIEW {T}", "EXPECT_VIEW_NOT_TABLE"),
        ],
    )
    def test_wrong_uses_are_refused(self, sandbox, text, condition):
        assert _refused(sandbox, text) == condition

    def test_replacing_and_dropping(self, sandbox):
        sandbox.query("CREATE OR REPLACE VIEW main.syspro.a AS SELECT 7 AS seven")
        assert sandbox.query("SELECT * FROM main.syspro.a") == [{"seven": 7}]
        sandbox.query("DROP VIEW main.syspro.a")
        assert _refused(sandbox, "SELECT * FROM main.syspro.a") == "TABLE_OR_VIEW_NOT_FOUND"

    def test_a_view_cannot_read_itself(self, sandbox):
        text = "CREATE OR REPLACE VIEW main.syspro.z AS SELECT * FROM main.syspro.a"
        assert _refused(sandbox, text) == "RECURSIVE_VIEW"
        assert sandbox.query("SELECT total FROM main.syspro.a") == [{"total": 3}]

    def test_quotes_in_a_view_survive(self, sandbox):
        sandbox.query(
            "CREATE VIEW main.syspro.q AS SELECT `a b`.`x y` AS `from` FROM (SELECT 1 AS `x y`) AS `a b`"
        )
        assert sandbox.query("SELECT q.`from` FROM main.syspro.q") == [{"from": 1}]

    def test_a_view_whose_table_is_gone_says_so(self, sandbox):
        sandbox.query(f"DROP TABLE {T}")
        assert _refused(sandbox, "SELECT * FROM main.syspro.z") == "TABLE_OR_VIEW_NOT_FOUND"


class TestInformationSchema:
    def test_tables_and_columns(self, sandbox):
        sandbox.query(
            f"CREATE TABLE {T} (k STRING NOT NULL COMMENT 'it\\'s', d DECIMAL(14,2), p DATE) "
            "PARTITIONED BY (p)"
        )
        sandbox.query(f"CREATE VIEW main.syspro.v AS SELECT d FROM {T}")
        tables = (
            "SELECT table_name, table_type FROM main.information_schema.tables "
            "WHERE table_schema = 'syspro' ORDER BY 1"
        )
        assert [tuple(row.values()) for row in sandbox.query(tables)] == [("t", "MANAGED"), ("v", "VIEW")]
        columns = (
            "SELECT column_name, full_data_type, is_nullable, numeric_scale, comment, partition_index "
            "FROM main.INFORMATION_SCHEMA.columns "
            "WHERE table_schema = 'syspro' ORDER BY table_name, ordinal_position"
        )
        assert [tuple(row.values()) for row in sandbox.query(columns)] == [
            ("k", "string", "NO", None, "it's", None),
            ("d", "decimal(14,2)", "YES", 2, None, None),
            ("p", "date", "YES", None, None, 1),
            ("d", "decimal(14,2)", "YES", 2, None, None),
        ]
        sandbox.query(f"ALTER TABLE {T} ADD COLUMNS (x INT)")
        assert len(sandbox.query(columns)) == 5

    def test_wrong_names_fail(self, sandbox):
        assert (
            _refused(sandbox, "SELECT nope FROM main.information_schema.tables")
            == "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"
        )
        assert _refused(sandbox, "SELECT * FROM main.information_schema.nope") == "TABLE_OR_VIEW_NOT_FOUND"


class TestSchemas:
    def test_their_life(self, sandbox):
        assert _refused(sandbox, "CREATE SCHEMA main.syspro") == "SCHEMA_ALREADY_EXISTS"
        sandbox.query("CREATE SCHEMA IF NOT EXISTS main.syspro")
        assert _refused(sandbox, "DROP SCHEMA main.syspro") == "SCHEMA_NOT_EMPTY"
        sandbox.query("DROP SCHEMA main.syspro CASCADE")
        assert _refused(sandbox, "DROP SCHEMA main.syspro") == "SCHEMA_NOT_FOUND"
        assert _refused(sandbox, f"CREATE TABLE {T} (a INT)") == "SCHEMA_NOT_FOUND"

    def test_catalogs_are_fixed(self, sandbox):
        sandbox.query("CREATE CATALOG IF NOT EXISTS main")
        assert _refused(sandbox, "CREATE CATALOG other") == "SANDBOX_UNSUPPORTED"
        assert _refused(sandbox, "SELECT * FROM other.a.b") == "NO_SUCH_CATALOG_EXCEPTION"

    def test_more_catalogs(self, tmp_path):
        found = databricks.create(tmp_path, options=DatabricksOptions(catalogs=("main", "dev")))
        found.query("CREATE SCHEMA dev.s")
        found.query("CREATE TABLE dev.s.t AS SELECT 1 AS a")
        assert found.query("SELECT a FROM dev.s.t") == [{"a": 1}]
        assert found.query("SHOW CATALOGS") == [{"catalog": "main"}, {"catalog": "dev"}]
        found.close()


@pytest.mark.parametrize(
    ("denied", "text"),
    [
        (("CREATE_SCHEMA", "main"), "CREATE SCHEMA main.new"),
        (("CREATE_TABLE", "main.syspro"), f"CREATE TABLE {T} (a INT)"),
        (("CREATE_VOLUME", "main"), "CREATE VOLUME main.syspro.new"),
        (("USE_SCHEMA", "main.syspro"), "SELECT * FROM main.syspro.known"),
        (("SELECT", "main.syspro.known"), "SELECT * FROM main.syspro.known"),
        (("MODIFY", "main.syspro"), "DELETE FROM main.syspro.known"),
    ],
)
def test_grants_are_enforced(sandbox, tmp_path, denied, text):
    sandbox.query("CREATE TABLE main.syspro.known (a INT)")
    sandbox.close()
    found = databricks.create(tmp_path, options=DatabricksOptions(denied=frozenset({denied})))
    assert _refused(found, text) == "INSUFFICIENT_PERMISSIONS"
    found.close()


def test_a_folder_with_a_name_no_url_takes(tmp_path):
    folder = tmp_path / "my ä#%20 data"
    for _ in range(2):
        found = databricks.create(folder)
        found.query("CREATE SCHEMA IF NOT EXISTS main.syspro")
        found.query(f"CREATE TABLE IF NOT EXISTS {T} (a INT)")
        found.query(f"INSERT INTO {T} VALUES (1)")
        found.close()
    assert len(list((folder / "databricks/catalogs/main/syspro/tables/t").glob("*.parquet"))) == 2
