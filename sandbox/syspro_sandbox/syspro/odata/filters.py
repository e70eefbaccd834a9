"""`$filter`: from the text to an SQL condition over stored values.

`odata_query` reads the text; what it reads is checked against the entity type and compiled. Null follows
OData 4.0: it is equal to null and unequal to everything else, and a comparison by order with null is false.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from odata_query import ast, exceptions
from odata_query.grammar import ODataLexer, ODataParser

from syspro_sandbox.syspro.conditions import (
    MIRRORED,
    Comparison,
    Condition,
    Operand,
    compare,
    compare_columns,
    join,
)
from syspro_sandbox.syspro.database import quote
from syspro_sandbox.syspro.odata.entities import edm_type, is_rowversion_number
from syspro_sandbox.syspro.odata.errors import invalid_query
from syspro_sandbox.syspro.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sly.lex import Token

    from syspro_sandbox.syspro.odata.entities import EntitySet
    from syspro_sandbox.syspro.options import ODataOptions
    from syspro_sandbox.syspro.tables import ColumnKind

_COMPARISONS: dict[type, Comparison] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Lt: "lt",
    ast.LtE: "le",
}
_OPERATOR_KINDS: dict[Comparison, str] = {
    "eq": "Equal",
    "ne": "NotEqual",
    "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
    "lt": "LessThan",
    "le": "LessThanOrEqual",
}
_LITERALS: dict[type, tuple[str, ColumnKind | None]] = {
    ast.String: ("Edm.String", "string"),
    ast.Integer: ("Edm.Int32", "decimal"),
    ast.Float: ("Edm.Decimal", "decimal"),
    ast.Date: ("Edm.Date", "date"),
    ast.DateTime: ("Edm.DateTimeOffset", "date"),
    ast.Null: ("<null>", None),
}
#: Microsoft's providers translate these to case-sensitive searches under a binary collation.
_TEXT_FUNCTIONS = {
    "contains": "instr({0}, ?) > 0",
    "startswith": "substr({0}, 1, length(?)) = ?",
    "endswith": "(length(?) = 0 OR substr({0}, -length(?)) = ?)",
}

_Node = Any


_Lexer: Any = ODataLexer


class _FilterLexer(_Lexer):  # type: ignore[misc]  # its metaclass takes a pattern in place of a method
    """The library's lexer, where words are whole (`AllocatedQty` is not `all`) and `not(` is an operator."""

    tokens = ODataLexer.tokens
    BOOLEAN = r"(?:true|false)\b"
    NULL = r"null\b"
    NOT = r"not(?:\s+|(?=\())"
    ANY = r"any\b"
    ALL = r"all\b"


class _Literal(NamedTuple):
    edm_type: str
    kind: ColumnKind | None
    value: Operand


class FilterCompiler:
    """What compiles filters over one entity set.

    Args:
        entity_set: What is filtered.
        options: The service's options: how its dates and times are written, what it refuses.
    """

    def __init__(self, entity_set: EntitySet, options: ODataOptions) -> None:
        self._set = entity_set
        self._options = options

    def compile(self, text: str) -> Condition:
        """Compile a filter.

        Raises:
            ODataError: When it is not a filter over these properties.
        """
        try:
            return self._condition(ODataParser().parse(_tokens(text.strip())))
        except exceptions.UnknownFunctionException as error:
            raise invalid_query(
                f"An unknown function with name '{error.function_name}' was found."
            ) from error
        except exceptions.ODataSyntaxError as error:
            raise _syntax_error(text, error) from error
        except exceptions.ODataException as error:
            raise invalid_query(f"{error}.") from error

    def _condition(self, node: _Node) -> Condition:
        if isinstance(node, ast.BoolOp):
            word: Literal["AND", "OR"] = "AND" if isinstance(node.op, ast.And) else "OR"
            if word == "OR" and self._options.or_refused:
                raise invalid_query(
                    "Logical operator 'Or' is not allowed. To allow it, set the 'AllowedLogicalOperators' "
                    "property on EnableQueryAttribute or QueryValidationSettings."
                )
            return join(word, [self._condition(part) for part in _operands(node, type(node.op))])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            operand = self._condition(node.operand)
            return Condition(f"NOT ({operand.sql})", operand.parameters)
        if isinstance(node, ast.Compare):
            if isinstance(node.comparator, ast.In):
                return self._membership(node.left, node.right)
            return self._comparison(node.left, _COMPARISONS[type(node.comparator)], node.right)
        if isinstance(node, ast.Call) and node.func.name in _TEXT_FUNCTIONS:
            return self._text_function(node.func.name, *node.args)
        raise invalid_query("The $filter expression must evaluate to a single boolean value.")

    def _membership(self, left: _Node, items: _Node) -> Condition:
        return join("OR", [self._comparison(left, "eq", item) for item in items.val])

    def _comparison(self, left: _Node, comparison: Comparison, right: _Node) -> Condition:
        first, second = self._operand(left), self._operand(right)
        if isinstance(first, _Literal) and isinstance(second, Column):
            first, second, comparison = second, first, MIRRORED[comparison]
        if isinstance(first, _Literal):
            raise invalid_query("A comparison must name a property.")
        is_ordered = first.kind != "rowversion" or comparison in {"eq", "ne"}
        kind = second.kind
        if not is_ordered or kind not in {first.kind, None}:
            types = [
                edm_type(side) if isinstance(side, Column) else side.edm_type for side in (first, second)
            ]
            raise invalid_query(
                "A binary operator with incompatible types was detected. Found operand types "
                f"'{types[0]}' and '{types[1]}' for operator kind '{_OPERATOR_KINDS[comparison]}'."
            )
        if isinstance(second, Column):
            return compare_columns(first, comparison, second)
        return compare(first, comparison, second.value)

    def _text_function(self, name: str, subject: _Node, sought: _Node) -> Condition:
        column, literal = self._operand(subject), self._operand(sought)
        if (
            not isinstance(column, Column)
            or not isinstance(literal, _Literal)
            or {column.kind, literal.kind} != {"string"}
        ):
            raise invalid_query(
                f"No function signature for the function with name '{name}' matches the specified arguments."
            )
        sql = _TEXT_FUNCTIONS[name].format(quote(column.name))
        return Condition(sql, (cast("str", literal.value),) * sql.count("?"))

    def _operand(self, node: _Node) -> Column | _Literal:
        if isinstance(node, ast.Identifier):
            column = self._set.property(".".join((*node.namespace, node.name)))
            is_rowversion = column.kind == "rowversion" or is_rowversion_number(column)
            if is_rowversion and not self._options.timestamp_filterable:
                raise invalid_query(
                    f"The property '{column.name}' cannot be used in the $filter query option."
                )
            return column
        if type(node) not in _LITERALS:
            raise invalid_query("The expression is not supported as an operand.")
        edm_type, kind = _LITERALS[type(node)]
        if kind is None:
            return _Literal(edm_type, None, None)
        if kind == "date":
            return _Literal(edm_type, kind, self._moment(node))
        return _Literal(edm_type, kind, Decimal(node.val) if kind == "decimal" else node.val)

    def _moment(self, node: ast.Date | ast.DateTime) -> str:
        """A point in time as stored dates compare with it: the server's wall clock, midnight without a time.

        `2024-01-31` < `2024-01-31T08:00:00` < `2024-02-01` holds for the texts as for the moments.
        """
        try:
            moment = node.py_val
        except ValueError as error:
            raise invalid_query(f"Unrecognized '{node.val}' literal.") from error
        if not isinstance(moment, datetime):
            return node.val
        if moment.tzinfo is None and self._options.datetime_suffix:
            raise invalid_query(
                f"The time zone information is missing on the DateTimeOffset value '{node.val}'. "
                "A DateTimeOffset value must contain the time zone information."
            )
        wall_clock = _wall_clock(moment, self._options).isoformat()
        return wall_clock.removesuffix("T00:00:00")


def _wall_clock(moment: datetime, options: ODataOptions) -> datetime:
    """What a clock at the server shows; a moment without a zone is in UTC where midnights are converted."""
    zone = options.server_zone
    if moment.tzinfo is None:
        if zone is None:
            return moment
        moment = moment.replace(tzinfo=timezone.utc)
    try:
        return moment.astimezone(zone or _fixed(options.datetime_suffix)).replace(tzinfo=None)
    except OverflowError:  # at the ends of the calendar
        return moment.replace(tzinfo=None)


def _fixed(suffix: str) -> timezone:
    """The zone of a suffix: UTC, or an offset such as +02:00."""
    if not suffix.startswith(("+", "-")):
        return timezone.utc
    offset = timedelta(hours=int(suffix[1:3]), minutes=int(suffix[4:6]))
    return timezone(-offset if suffix[0] == "-" else offset)


def _operands(node: _Node, operator: type) -> Iterator[_Node]:
    """The operands of a chain of one operator, which the parser nests to the left, without nesting."""
    chain = []
    while isinstance(node, ast.BoolOp) and isinstance(node.op, operator):
        chain.append(node.right)
        node = node.left
    yield node
    yield from reversed(chain)


def _tokens(text: str) -> Iterator[Token]:
    """The tokens of a filter; the library wants a comma behind the only item of an `in` list, OData none."""
    in_list = False
    has_comma = False
    for token in _FilterLexer().tokenize(text):
        if token.type == "IN":
            in_list, has_comma = True, False
        elif token.type == ",":
            has_comma = True
        elif token.type == ")" and in_list:
            if not has_comma:
                comma = copy(token)
                comma.type = comma.value = ","
                yield comma
            in_list = False
        yield token


def _syntax_error(text: str, error: exceptions.ODataSyntaxError) -> Exception:
    token = getattr(error, "token", None)
    position = len(text) if token is None else token.index
    return invalid_query(f"Syntax error at position {position} in '{text}'.")
