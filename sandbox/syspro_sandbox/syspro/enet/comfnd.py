"""COMFND, the generic find: rows of one table by a structured condition.

SYSPRO reference, "Generic find".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.conditions import ALWAYS, Comparison, Condition
from syspro_sandbox.syspro.database import quote
from syspro_sandbox.syspro.enet.documents import document, element, row_writer, rows_returned
from syspro_sandbox.syspro.enet.errors import (
    INVALID_BRACKETS,
    INVALID_CONDITION,
    INVALID_VALUE,
    TOO_MANY_ROWS,
    EnetError,
)
from syspro_sandbox.syspro.enet.tables import condition, find_column, find_table, readable_columns
from syspro_sandbox.syspro.reading import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from syspro_sandbox.syspro.options import EnetOptions
    from syspro_sandbox.syspro.served import ServedTable
    from syspro_sandbox.syspro.tables import Column, Table

NAME = "COMFND"
_COMPARISONS: dict[str, Comparison] = {"EQ": "eq", "NE": "ne", "GT": "gt", "GE": "ge", "LT": "lt", "LE": "le"}
_WORDS = {"AND": "AND", "OR": "OR"}
_GLOB = str.maketrans({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"})


@dataclass(frozen=True)
class Find:
    """A request.

    Attributes:
        table: What is read.
        sql: What stands behind FROM.
        columns: The columns wanted, in the order asked for.
        where: The condition.
        order: The columns rows are ordered by, each with whether it descends.
        rows: How many rows at most.
    """

    table: Table
    sql: str
    columns: tuple[Column, ...]
    where: Condition
    order: tuple[tuple[Column, bool], ...]
    rows: int


def read_find(request: Element, tables: Mapping[str, ServedTable], options: EnetOptions) -> Find:
    """Read a request; elements that are not known are ignored.

    Raises:
        EnetError: When it names an unknown table or column, or its condition cannot be read.
    """
    served = find_table(_text(request, "TableName").strip(), tables, NAME)
    table = served.table
    return Find(
        table=table,
        sql=served.sql,
        columns=_columns(request, table),
        where=_where(request, table),
        order=_order(request, table),
        rows=_row_count(request, options),
    )


def find(request: Find, database: Path, options: EnetOptions) -> bytes:
    """Answer a request."""
    return document(request.table.name, _lines(request, database, options))


def _lines(request: Find, database: Path, options: EnetOptions) -> Iterator[str]:
    yield "<HeaderDetails>"
    yield element("TableName", request.table.name)
    yield from _names("Columns", [column.name for column in request.columns])
    yield from _names("OrderBy", [column.name for column, _ in request.order])
    yield "</HeaderDetails>"
    write = row_writer(request.columns, options)
    count = 0
    with snapshot(database) as connection:
        for row in connection.execute(*_statement(request)):
            yield f"<Row>\n{write(row)}\n</Row>"
            count += 1
    yield rows_returned(count)


def _names(list_name: str, names: list[str]) -> Iterator[str]:
    yield f"<{list_name}>"
    for name in names:
        yield element("Column", name)
    yield f"</{list_name}>"


def _statement(request: Find) -> tuple[str, list[str | int]]:
    columns = ", ".join(quote(column.name) for column in request.columns)
    order = ", ".join(
        f"{quote(column.name)}{' DESC' if descends else ''}" for column, descends in request.order
    )
    sql = f"SELECT {columns} FROM {request.sql} WHERE {request.where.sql} ORDER BY {order}"
    return f"{sql} LIMIT ?", [*request.where.parameters, request.rows]


def _text(parent: Element, name: str) -> str:
    return parent.findtext(name) or ""


def _column_names(request: Element, path: str) -> list[str]:
    return [name for each in request.findall(path) if (name := (each.text or "").strip())]


def _columns(request: Element, table: Table) -> tuple[Column, ...]:
    names = _column_names(request, "Columns/Column")
    if _text(request, "AllColumns").strip().upper() == "Y" or not names:
        return readable_columns(table)
    return tuple(find_column(table, name) for name in names)


def _order(request: Element, table: Table) -> tuple[tuple[Column, bool], ...]:
    """The order asked for, by Sequence or OrderBy, else the key (recorded)."""
    sequence = [
        (find_column(table, each.get("Name", "")), each.get("Orderby", "").upper() == "D")
        for each in request.findall("Sequence/Column")
    ]
    names = _column_names(request, "OrderBy/Column") or table.key
    return tuple(sequence or ((find_column(table, name), False) for name in names))


def _row_count(request: Element, options: EnetOptions) -> int:
    text = _text(request, "ReturnRows").strip()
    if not text:
        return min(options.default_rows, options.max_rows)
    if not text.isdecimal():
        raise EnetError(INVALID_VALUE.format(value=text, column="ReturnRows"))
    if int(text) > options.max_rows and options.large_return_rows == "refused":
        raise EnetError(TOO_MANY_ROWS.format(rows=text, most=options.max_rows))
    return min(int(text), options.max_rows)


def _where(request: Element, table: Table) -> Condition:
    """The condition as one SQL expression with its own brackets: And binds before Or, as in SQL."""
    words: list[str] = []
    parameters: list[str | int] = []
    depth = 0
    for position, expression in enumerate(request.findall("Where/Expression")):
        opening = _text(expression, "OpenBracket").count("(")
        closing = _text(expression, "CloseBracket").count(")")
        if position:
            words.append(_word(_text(expression, "AndOr").strip()))
        compared = _expression(expression, table)
        words.append(f"{'(' * opening}{compared.sql}{')' * closing}")
        parameters += compared.parameters
        depth += opening - closing
        if depth < 0:
            raise EnetError(INVALID_BRACKETS)
    if depth:
        raise EnetError(INVALID_BRACKETS)
    return Condition(f"({' '.join(words)})", tuple(parameters)) if words else ALWAYS


def _word(text: str) -> str:
    if text.upper() not in _WORDS:
        raise EnetError(INVALID_CONDITION.format(condition=text))
    return _WORDS[text.upper()]


def _expression(expression: Element, table: Table) -> Condition:
    column = find_column(table, _text(expression, "Column").strip())
    operator = _text(expression, "Condition").strip().upper()
    value = _text(expression, "Value")
    if operator == "LIKE":
        # GLOB is LIKE with other wildcards that minds the case of letters, as a binary collation does.
        return Condition(f"{quote(column.name)} GLOB ?", (value.rstrip(" ").translate(_GLOB),))
    if operator not in _COMPARISONS:
        raise EnetError(INVALID_CONDITION.format(condition=operator))
    return condition(column, _COMPARISONS[operator], value)
