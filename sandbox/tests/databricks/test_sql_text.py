"""The text side of SQL: nothing here needs the engine, but for one test that compares literals with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syspro_sandbox import databricks
from syspro_sandbox.databricks.sql import create_table
from syspro_sandbox.databricks.sql.errors import SqlError
from syspro_sandbox.databricks.sql.names import Defaults, literal, object_name, quote
from syspro_sandbox.databricks.sql.parameters import Parameter, bind, inline_identifiers
from syspro_sandbox.databricks.sql.relations import Files, relations
from syspro_sandbox.databricks.sql.tokens import Statement, tokenize
from syspro_sandbox.databricks.warehouse.metastore import _object_of, folder_name

names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40
)


@given(texts)
def test_a_literal_is_read_back_as_it_was(text):
    assert [token.text for token in tokenize(literal(text))] == [text]


@given(names)
def test_a_quoted_name_is_read_back_as_it_was(name):
    assert [(token.kind, token.text) for token in tokenize(quote(name))] == [("quoted", name)]


@given(
    st.lists(
        st.one_of(
            texts.map(literal), names.map(quote), st.sampled_from(["SELECT", ",", "(", ")", "1.5", "<=>"])
        ),
        min_size=1,
    )
)
def test_tokens_stand_where_the_text_has_them(pieces):
    text = " /* ; */ ".join(pieces)
    tokens = tokenize(text)
    assert [text[token.start : token.end] for token in tokens] == pieces


@given(st.lists(st.tuples(names, names), min_size=1, max_size=6))
def test_an_edit_leaves_the_rest_alone(pairs):
    statement = Statement(" , ".join(quote(before) for before, _ in pairs))
    for token, (_, after) in zip(statement.tokens[::2], pairs, strict=True):
        statement.replace(token.start, token.end, quote(after))
    assert statement.edited().text == " , ".join(quote(after) for _, after in pairs)


@given(names)
def test_a_folder_gives_its_name_back(name):
    folder = folder_name(name)
    assert _object_of(folder) == name
    assert set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-~")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    found = databricks.create(tmp_path_factory.mktemp("literals"))
    yield found
    found.close()


@pytest.mark.server
@settings(max_examples=50, deadline=None)
@given(text=texts)
def test_the_engine_reads_literals_alike(engine, text):
    assert engine.query(f"SELECT {literal(text)} AS a") == [{"a": text}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT * FROM a.b.c", ["a.b.c"]),
        ("SELECT a FROM t, u AS v, (SELECT 1 FROM w) x WHERE a IN (SELECT b FROM y), z",
         ["t", "u", "w", "y"]),
        ("SELECT * FROM a JOIN b USING (k) LEFT JOIN c ON a.k = c.k, d", ["a", "b", "c", "d"]),
        ("WITH q AS (SELECT 1), r (x) AS (SELECT * FROM q) SELECT * FROM r, s", ["s"]),
        ("SELECT extract(YEAR FROM d), trim(BOTH ' ' FROM x) FROM t WHERE a IS DISTINCT FROM b", ["t"]),
        ("SELECT * FROM range(5) r, t", ["t"]),
        ("SELECT * FROM VALUES (1), (2) AS v", []),
        ("SELECT 'FROM x' AS `FROM y` FROM t -- FROM z", ["t"]),
        ("SELECT * FROM a UNION ALL SELECT * FROM b ORDER BY c, d", ["a", "b"]),
        ("MERGE INTO t AS x USING s ON x.a = s.a WHEN MATCHED THEN UPDATE SET x.a = s.a", ["t!", "s"]),
        ("MERGE INTO t USING (SELECT * FROM s JOIN u USING (k)) AS q ON true WHEN MATCHED THEN DELETE",
         ["t!", "s", "u"]),
        ("INSERT INTO TABLE t SELECT * FROM u", ["t!", "u"]),
        ("INSERT OVERWRITE t TABLE u", ["t!"]),
        ("DELETE FROM t WHERE a = (SELECT max(a) FROM u)", ["t!", "u"]),
        ("UPDATE t SET a = 1", ["t!"]),
        ("SELECT * FROM parquet.`/Volumes/a` p, read_files('/Volumes/b', format => 'parquet') r, t",
         ["/Volumes/a", "/Volumes/b", "t"]),
    ],
)  # fmt: skip
def test_relations_are_found_in_their_places(text, found):
    shown = [
        item.path if isinstance(item, Files) else ".".join(item.parts) + ("!" if item.target else "")
        for item in relations(Statement(text))
    ]
    assert shown == found


@pytest.mark.parametrize(
    ("text", "aliased"),
    [("FROM t", False), ("FROM t AS x", True), ("FROM t x", True), ("FROM t WHERE a", False),
     ("FROM t LEFT JOIN u", False), ("FROM t `where`", True)],
)  # fmt: skip
def test_aliases_are_told_from_keywords(text, aliased):
    assert next(iter(relations(Statement(f"SELECT 1 {text}")))).aliased == aliased


@pytest.mark.parametrize("text", ["", " -- nothing", "SELECT 1; SELECT 2", "SELECT 'open", "SELECT `open"])
def test_no_single_statement(text):
    with pytest.raises(SqlError, match="PARSE_SYNTAX_ERROR"):
        tokenize(text)


def test_a_trailing_semicolon_is_no_matter():
    assert Statement("SELECT 1 ; ; -- done").text == "SELECT 1"


@pytest.mark.parametrize(
    ("parameter", "sql"),
    [
        (Parameter("it's"), "'it\\'s'"),
        (Parameter(None), "CAST(NULL AS STRING)"),
        (Parameter("1.5", "DECIMAL(14, 2)"), "CAST('1.5' AS DECIMAL(14, 2))"),
    ],
)
def test_parameters_become_literals(parameter, sql):
    bound = bind(Statement("SELECT :a AS x, s::INT, ':a' AS `:a` FROM t -- :a\n, u"), {"a": parameter})
    assert bound.text == f"SELECT {sql} AS x, s::INT, ':a' AS `:a` FROM t -- :a\n, u"


@pytest.mark.parametrize("kind", ["TEXT", "INT) --", "DECIMAL(1,2,3)", ""])
def test_only_types_are_types(kind):
    with pytest.raises(SqlError, match="UNSUPPORTED_DATATYPE"):
        bind(Statement("SELECT :a"), {"a": Parameter("1", kind)})


@pytest.mark.parametrize("text", ["SELECT ?", "SELECT :missing"])
def test_markers_want_values(text):
    with pytest.raises(SqlError, match="UNBOUND_SQL_PARAMETER"):
        bind(Statement(text), {})


def test_identifier_is_written_out():
    assert inline_identifiers(Statement("SELECT * FROM IDENTIFIER('a.b')")).text == "SELECT * FROM a.b"


@pytest.mark.parametrize("name", ["", "a.b", "a b", "a/b", "a\x7f", "n" * 256])
def test_object_names_have_rules(name):
    with pytest.raises(SqlError, match="INVALID_IDENTIFIER"):
        object_name(name)


def test_defaults_complete_names():
    defaults = Defaults("main", "syspro")
    assert [defaults.object_name(parts).full for parts in (("T",), ("S", "t"), ("C", "s", "t"))] == [
        "main.syspro.t", "main.s.t", "c.s.t",
    ]  # fmt: skip
    with pytest.raises(SqlError):
        defaults.object_name(("a", "b", "c", "d"))


def test_create_table_is_taken_apart():
    statement = Statement(
        "CREATE TABLE t (a DECIMAL(14,2) NOT NULL COMMENT 'x, (y', s STRUCT<b: ARRAY<INT>, c: STRING>, "
        "CONSTRAINT k PRIMARY KEY (a) NOT ENFORCED RELY) CLUSTER BY AUTO "
        "TBLPROPERTIES ('delta.enableRowTracking' = 'true', 'b' = 'c')"
    )
    found = create_table.parse(statement)
    assert [(column.name, column.type_word, column.nullable) for column in found.columns] == [
        ("a", "DECIMAL", False),
        ("s", "STRUCT", True),
    ]
    for edit in found.edits:
        statement.replace(*edit)
    assert statement.edited().text == (
        "CREATE TABLE t (a DECIMAL(14,2) NOT NULL COMMENT 'x, (y', s STRUCT<b: ARRAY<INT>, c: STRING>)  "
        "TBLPROPERTIES ('b' = 'c')"
    )
