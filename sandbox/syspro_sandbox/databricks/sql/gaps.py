"""Shapes of Databricks SQL that the engine has not, and shapes it takes although Databricks does not.

Databricks reference, "Gaps of the engine" and "Leniency of the engine".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import syntax_error, unsupported
from syspro_sandbox.databricks.sql.types import check_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syspro_sandbox.databricks.sql.tokens import Statement

GAPS: dict[tuple[str, ...], str] = {
    ("QUALIFY",): "QUALIFY: use row_number() in a subquery",
    ("*", "EXCEPT"): "* EXCEPT: list the columns",
    ("GROUP", "BY", "ALL"): "GROUP BY ALL: list the columns",
    (
        "WITH",
        "SCHEMA",
        "EVOLUTION",
    ): "WITH SCHEMA EVOLUTION (its engine would drop NOT NULL): use ALTER TABLE ADD COLUMNS",
    ("REPLACE", "USING"): "INSERT ... REPLACE USING",
    ("REPLACE", "ON"): "INSERT ... REPLACE ON",
    ("_METADATA", "."): "file metadata columns",
    ("INPUT_FILE_NAME", "("): "input_file_name()",
    ("BEGIN", "ATOMIC"): "BEGIN ATOMIC transactions",
    ("WITH", "RECURSIVE"): "recursive queries",
}

#: First words of Databricks statements that the stand-in does not run.
VERBS = frozenset({
    "ANALYZE", "BEGIN", "CACHE", "CALL", "CLEAR", "DECLARE", "DENY", "EXECUTE", "EXPLAIN", "FSCK",
    "GENERATE", "GET", "GRANT", "LIST", "MSCK", "OPTIMIZE", "PUT", "REFRESH", "REMOVE", "REORG", "REPAIR",
    "RESET", "RESTORE", "REVOKE", "SET", "SYNC", "TABLE", "UNCACHE", "UNDROP", "USE", "VACUUM",
})  # fmt: skip


def check(statement: Statement) -> None:
    """Refuse what the engine would misread.

    Raises:
        SqlError: SANDBOX_UNSUPPORTED for a gap, otherwise what Databricks answers.
    """
    words = [token.upper for token in statement.tokens]
    for index, word in enumerate(words):
        for shape, name in GAPS.items():
            if word == shape[0] and tuple(words[index : index + len(shape)]) == shape:
                raise unsupported(name)
        if word == "SIMILAR" and words[index + 1 : index + 2] == ["TO"]:
            raise syntax_error("'SIMILAR'")
    if words[0] == "WITH" and {"MERGE", "INSERT", "UPDATE", "DELETE"} & set(_outside_brackets(words)):
        raise unsupported("WITH before a change: put it into the query")
    _check_casts(statement, words)


def _outside_brackets(words: list[str]) -> Iterator[str]:
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if not depth:
            yield word


def _check_casts(statement: Statement, words: list[str]) -> None:
    """Refuse types that the engine knows and Databricks does not (TEXT, BOOL, INT64, ...)."""
    depth = 0
    casts: list[int] = []
    for index, word in enumerate(words):
        if word == "(":
            depth += 1
            if index and words[index - 1] in {"CAST", "TRY_CAST"}:
                casts.append(depth)
        elif word == ")":
            if casts and casts[-1] == depth:
                casts.pop()
            depth -= 1
        elif (word == "AS" and casts and casts[-1] == depth) or word == "::":
            check_type(statement.tokens[index + 1].text if index + 1 < len(words) else "")
