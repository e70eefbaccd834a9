"""Where a query or a change names tables, views and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.tokens import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syspro_sandbox.databricks.sql.tokens import Statement, Token

_QUERY_HEADS = {"SELECT", "WITH", "VALUES", "FROM", "TABLE", "("}
#: Words that end a FROM clause.
_CLAUSES = {
    "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "MINUS", "WINDOW", "SELECT",
    "SET", "WHEN", "VALUES", "SORT", "CLUSTER", "DISTRIBUTE",
}  # fmt: skip
#: Words behind a relation that are no alias.
_FOLLOWING = {
    *_CLAUSES, "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "SEMI", "ANTI", "NATURAL", "ON", "USING",
    "LATERAL", "TABLESAMPLE", "PIVOT", "UNPIVOT", "VERSION", "TIMESTAMP", "FOR", "OFFSET",
}  # fmt: skip
_FILE_FORMATS = {"PARQUET", "DELTA", "JSON", "CSV", "TEXT", "ORC", "AVRO", "BINARYFILE"}


@dataclass(frozen=True)
class Relation:
    """A table or view: the parts of its name and where they stand.

    `aliased` when a name of its own follows, `target` when the statement changes it.
    """

    parts: tuple[str, ...]
    start: int
    end: int
    aliased: bool = False
    target: bool = False


@dataclass(frozen=True)
class Files:
    """Files read in place of a table: `format`.`path`, or the function read_files with its options."""

    format: str
    path: str
    start: int
    end: int
    options: dict[str, str] | None = None


@dataclass
class _Frame:
    """One bracket level: is it a query, is its FROM clause open, does a relation come next."""

    query: bool = False
    in_from: bool = False
    expecting: bool = False


def relations(statement: Statement) -> Iterator[Relation | Files]:
    """Every relation of a query or change, left to right; names that WITH clauses define are left out."""
    defined = _with_names(statement.tokens)
    for found in _Scan(statement).run():
        if isinstance(found, Files) or len(found.parts) > 1 or found.parts[0].lower() not in defined:
            yield found


class _Scan:
    """A walk over the tokens of a statement that knows where a relation comes next."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._cursor = Cursor(statement)
        self._frames = [_Frame()]
        self._target = False

    def run(self) -> Iterator[Relation | Files]:
        cursor = self._cursor
        while not cursor.done:
            frame = self._frames[-1]
            if frame.expecting and not (self._target and cursor.accept("TABLE")):
                frame.expecting = False
                if cursor.peek().named and cursor.peek().upper not in {"SELECT", "VALUES", "LATERAL"}:
                    found = _relation(cursor, target=self._target)
                    self._target = False
                    if found:
                        yield found
                    continue
            if not frame.expecting:
                self._step(frame, cursor.take().upper)

    def _step(self, frame: _Frame, word: str) -> None:
        if word == "(":
            self._frames.append(_Frame())
        elif word == ")" and len(self._frames) > 1:
            self._frames.pop()
        elif word == ",":
            frame.expecting = frame.in_from
        elif word == "JOIN" or (word == "USING" and self._statement.leads("MERGE") and not frame.in_from):
            frame.expecting = True
        elif word == "FROM":
            self._open_from(frame)
        elif word in {"INTO", "OVERWRITE"} or (word == "UPDATE" and self._cursor.index == 1):
            frame.expecting = self._target = True
        elif word in _CLAUSES:
            frame.in_from = False
            frame.query = frame.query or word == "SELECT"

    def _open_from(self, frame: _Frame) -> None:
        """Begin a FROM clause; IS DISTINCT FROM, EXTRACT(.. FROM ..) and TRIM(.. FROM ..) are none."""
        index = self._cursor.index - 2
        before = self._statement.tokens[index].upper if index >= 0 else ""
        deletes = before == "DELETE"
        if deletes or (frame.query and before != "DISTINCT"):
            frame.in_from = frame.expecting = True
            self._target = deletes


def _relation(cursor: Cursor, *, target: bool) -> Relation | Files | None:
    start = cursor.position
    word, after = cursor.peek().upper, cursor.peek(1).upper
    if after == "(" and not target:
        if word != "READ_FILES":
            return None  # another table function
        cursor.take()
        return _read_files(cursor, start)
    if word in _FILE_FORMATS and after == "." and cursor.peek(2).kind == "quoted":
        cursor.take()
        cursor.take()
        return Files(word.lower(), cursor.take().text, start, cursor.previous_end)
    parts = cursor.name()
    end, following = cursor.previous_end, cursor.peek()
    aliased = following.kind == "quoted" or (following.kind == "word" and following.upper not in _FOLLOWING)
    return Relation(parts, start, end, aliased, target)


def _read_files(cursor: Cursor, start: int) -> Files:
    cursor.expect("(")
    path = cursor.string()
    options: dict[str, str] = {}
    while cursor.accept(","):
        name = cursor.identifier().lower()
        cursor.expect("=>")
        options[name] = cursor.take().text
    cursor.expect(")")
    return Files(options.pop("format", "").lower(), path, start, cursor.previous_end, options)


def _with_names(tokens: list[Token]) -> set[str]:
    """The names that WITH clauses define: `name [(columns)] AS (query)` behind WITH or a comma."""
    names: set[str] = set()
    for index, token in enumerate(tokens[1:-2], 1):
        if not token.named or tokens[index - 1].upper not in {"WITH", ",", "RECURSIVE"}:
            continue
        rest = index + 1
        if tokens[rest].upper == "(":
            while rest < len(tokens) and tokens[rest].upper != ")":
                rest += 1
            rest += 1
        following = [item.upper for item in tokens[rest : rest + 3]]
        if following[:2] == ["AS", "("] and following[2:] and following[2] in _QUERY_HEADS:
            names.add(token.text.lower())
    return names
