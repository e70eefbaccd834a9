"""CREATE TABLE: what Databricks has beyond the engine is cut out and described."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import SqlError, syntax_error, unsupported
from syspro_sandbox.databricks.sql.names import literal
from syspro_sandbox.databricks.sql.tokens import Cursor
from syspro_sandbox.databricks.sql.types import check_type

if TYPE_CHECKING:
    from syspro_sandbox.databricks.sql.tokens import Statement

_REFUSED_PROPERTIES = {"delta.enablechangedatafeed", "delta.enablerowtracking", "delta.feature.clustering"}
_REFUSED_OPTIONS = {"PRIMARY", "CONSTRAINT", "MASK", "COLLATE", "AFTER", "FIRST"}
_UNCHECKED_TYPES = {"VARCHAR", "CHAR", "CHARACTER"}


@dataclass
class Column:
    """A column of the definition."""

    name: str
    type_word: str
    nullable: bool = True


@dataclass
class CreateTable:
    """A CREATE TABLE statement: its parts, and where in the text the engine's additions go.

    `edits` replace what the engine does not know (start, end, text); `side_properties` are those it refuses.
    """

    parts: tuple[str, ...]
    replace: bool
    if_not_exists: bool
    name_start: int
    name_end: int
    insert_at: int = 0
    using_delta: bool = False
    columns: list[Column] = field(default_factory=list)
    partitioned_by: list[str] = field(default_factory=list)
    clustered_by: list[str] = field(default_factory=list)
    clustered: bool = False
    primary_key: list[str] = field(default_factory=list)
    primary_key_name: str = ""
    comment: str | None = None
    comment_span: tuple[int, int] = (0, 0)
    properties: dict[str, str] = field(default_factory=dict)
    query_start: int = 0
    query: str = ""
    side_properties: dict[str, str] = field(default_factory=dict)
    edits: list[tuple[int, int, str]] = field(default_factory=list)


def parse(statement: Statement) -> CreateTable:
    """Take a CREATE TABLE statement apart, strictly.

    Raises:
        SqlError: A syntax error, an unknown type, clustering together with partitions, or a gap.
    """
    cursor = Cursor(statement)
    cursor.expect("CREATE")
    replace = cursor.accept("OR", "REPLACE")
    cursor.expect("TABLE")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    if replace and if_not_exists:
        raise cursor.error()
    name_start = cursor.position
    create = CreateTable(cursor.name(), replace, if_not_exists, name_start, cursor.previous_end)
    if cursor.at("LIKE") or cursor.at("SHALLOW") or cursor.at("DEEP"):
        raise unsupported("CREATE TABLE ... LIKE and CLONE")
    if cursor.accept("("):
        _columns(cursor, create)
    create.insert_at = cursor.previous_end
    if cursor.accept("USING"):
        if not cursor.accept("DELTA"):
            raise unsupported(f"tables USING {cursor.peek().text}")
        create.using_delta = True
        create.insert_at = cursor.previous_end
    while not cursor.done:
        if cursor.at("AS") or cursor.at("SELECT") or cursor.at("WITH") or cursor.at("("):
            create.query_start = cursor.position
            cursor.accept("AS")
            create.query = cursor.statement.text[cursor.position :]
            break
        _clause(cursor, create)
    if create.clustered and create.partitioned_by:
        raise SqlError(
            "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED",
            "Cannot specify both CLUSTER BY and PARTITIONED BY.",
        )
    if not create.columns and not create.query:
        raise unsupported("tables without columns")
    return create


def _columns(cursor: Cursor, create: CreateTable) -> None:
    while True:
        before = cursor.previous_end
        if cursor.at("CONSTRAINT") or cursor.at("PRIMARY"):
            _constraint(cursor, create)
            # A constraint first in the list takes the comma behind it along, any other the comma before it.
            first = cursor.statement.text[before - 1] == "("
            span = (before, cursor.peek().end) if first else (before - 1, cursor.previous_end)
            create.edits.append((*span, ""))
        else:
            _column(cursor, create)
        if not cursor.accept(","):
            break
    cursor.expect(")")


def _column(cursor: Cursor, create: CreateTable) -> None:
    column = Column(cursor.identifier(), cursor.peek().text)
    if not cursor.peek().named:
        raise cursor.error("Expected a data type.")
    check_type(column.type_word)
    if cursor.take().upper in _UNCHECKED_TYPES:
        raise unsupported("checks of VARCHAR and CHAR lengths: use STRING")
    depth = 0
    while not cursor.done:
        word = cursor.peek().upper
        if depth == 0 and word in {",", ")"}:
            break
        if depth == 0 and word in _REFUSED_OPTIONS:
            raise unsupported(f"{word} on a column")
        if depth == 0 and cursor.accept("NOT", "NULL"):
            column.nullable = False
            continue
        depth += {"(": 1, ")": -1, "<": 1, ">": -1, ">>": -2}.get(word, 0)
        cursor.take()
    create.columns.append(column)


def _constraint(cursor: Cursor, create: CreateTable) -> None:
    if cursor.accept("CONSTRAINT"):
        create.primary_key_name = cursor.identifier()
    if not cursor.accept("PRIMARY", "KEY"):
        raise unsupported("constraints of a table other than its primary key")
    create.primary_key = cursor.names()
    while not (cursor.at(",") or cursor.at(")")):
        if not (cursor.accept("NOT", "ENFORCED") or cursor.accept("RELY") or cursor.accept("NORELY")):
            raise cursor.error()


def _clause(cursor: Cursor, create: CreateTable) -> None:
    start = cursor.position
    if cursor.accept("CLUSTER", "BY"):
        create.clustered = True
        if not (cursor.accept("AUTO") or cursor.accept("NONE")):
            create.clustered_by = cursor.names()
        create.edits.append((start, cursor.previous_end, ""))
    elif cursor.accept("PARTITIONED", "BY"):
        create.partitioned_by = cursor.names()
    elif cursor.accept("COMMENT"):
        create.comment = cursor.string()
        create.comment_span = (start, cursor.previous_end)
    elif cursor.accept("TBLPROPERTIES"):
        _properties(cursor, create)
    elif cursor.at("LOCATION"):
        raise unsupported("tables at a LOCATION: external tables need storage credentials")
    else:
        raise syntax_error(f"{cursor.peek().text!r}")


def _properties(cursor: Cursor, create: CreateTable) -> None:
    start = cursor.statement.tokens[cursor.index - 1].start
    given = cursor.properties()
    create.side_properties = {
        key: value for key, value in given.items() if key.lower() in _REFUSED_PROPERTIES
    }
    create.properties = {key: value for key, value in given.items() if key not in create.side_properties}
    if create.side_properties:
        kept = ", ".join(f"{literal(key)} = {literal(value)}" for key, value in create.properties.items())
        create.edits.append((start, cursor.previous_end, f"TBLPROPERTIES ({kept})" if kept else ""))
