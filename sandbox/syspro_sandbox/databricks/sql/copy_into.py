"""COPY INTO: a strict grammar, for neither the engine nor Spark has the statement.

Databricks reference, "COPY INTO".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import syntax_error, unsupported
from syspro_sandbox.databricks.sql.tokens import Cursor

if TYPE_CHECKING:
    from syspro_sandbox.databricks.sql.tokens import Statement

MAX_FILES = 1000


@dataclass
class CopyInto:
    """A COPY INTO statement.

    `query` is the text of the transforming SELECT with the place of its path, or None for a plain path.
    """

    parts: tuple[str, ...]
    path: str = ""
    query: tuple[str, int, int] | None = None
    files: list[str] | None = None
    pattern: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    @property
    def force(self) -> bool:
        """Whether files are loaded again that were loaded before."""
        return self.options.get("force", "false").lower() == "true"


def parse(statement: Statement) -> CopyInto:
    """Take a COPY INTO statement apart.

    Raises:
        SqlError: A syntax error, or an option the stand-in has not.
    """
    cursor = Cursor(statement)
    cursor.expect("COPY", "INTO")
    copy = CopyInto(cursor.name())
    if cursor.at("BY") or cursor.at("("):
        raise unsupported("COPY INTO with a column list or BY POSITION")
    cursor.expect("FROM")
    if cursor.at("("):
        _query(cursor, copy)
    else:
        copy.path = cursor.string()
    if cursor.at("WITH"):
        raise unsupported("COPY INTO with credentials")
    cursor.expect("FILEFORMAT", "=")
    file_format = cursor.identifier().upper()
    if file_format not in {"PARQUET", "CSV", "JSON", "AVRO", "ORC", "TEXT", "BINARYFILE"}:
        raise syntax_error(f"{file_format!r}", "Unknown file format.")
    if file_format != "PARQUET":
        raise unsupported(f"COPY INTO from {file_format} files")
    while not cursor.done:
        _option(cursor, copy)
    return copy


def _query(cursor: Cursor, copy: CopyInto) -> None:
    first = cursor.index + 1
    start, end = cursor.group()
    if cursor.statement.tokens[first].upper != "SELECT":
        raise syntax_error(f"{cursor.statement.tokens[first].text!r}", "Expected SELECT.")
    inner = cursor.statement.tokens[first : cursor.index - 1]
    if len(inner) < 2 or inner[-2].upper != "FROM" or inner[-1].kind != "string":  # noqa: PLR2004  # FROM 'path'
        raise syntax_error("')'", "Expected FROM and the path of the files.")
    copy.path = inner[-1].text
    copy.query = (cursor.statement.text[start:end], inner[-1].start - start, inner[-1].end - start)


def _option(cursor: Cursor, copy: CopyInto) -> None:
    if cursor.accept("FILES"):
        cursor.expect("=", "(")
        copy.files = [cursor.string()]
        while cursor.accept(","):
            copy.files.append(cursor.string())
        cursor.expect(")")
        if len(copy.files) > MAX_FILES:
            raise syntax_error("FILES", f"At most {MAX_FILES} files can be named.")
    elif cursor.accept("PATTERN"):
        cursor.expect("=")
        copy.pattern = cursor.string()
    elif cursor.at("FORMAT_OPTIONS") or cursor.at("COPY_OPTIONS"):
        scope = cursor.take().upper
        for key, value in cursor.properties().items():
            if key.lower() == "mergeschema" and value.lower() == "true":
                raise unsupported(f"mergeSchema in {scope}: add the columns first")
            if (scope, key.lower()) not in {("COPY_OPTIONS", "force"), (scope, "mergeschema")}:
                raise unsupported(f"{key} in {scope}")
            copy.options[key.lower()] = value
    else:
        raise cursor.error()
    if copy.files is not None and copy.pattern is not None:
        raise syntax_error("PATTERN", "FILES and PATTERN exclude each other.")
