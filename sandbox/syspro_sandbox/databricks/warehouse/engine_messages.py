"""The engine's messages, turned into the errors Databricks gives (Databricks reference, "Errors")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import UNSUPPORTED, SqlError

if TYPE_CHECKING:
    from syspro_sandbox.databricks.sql.tokens import Statement

#: Pattern, condition (empty: a column that cannot be resolved) and text, with what the pattern found.
_MESSAGES: tuple[tuple[str, str, str], ...] = (
    (
        "MERGE_CARDINALITY_VIOLATION",
        "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",
        "Cannot perform Merge as multiple source rows matched and attempted to modify the same target row.",
    ),
    (r"\[DELTA_NOT_NULL_CONSTRAINT_VIOLATED\] (?P<detail>[^\n]*)", "DELTA_NOT_NULL_CONSTRAINT_VIOLATED", ""),
    (
        r"\[DELTA_VIOLATE_CONSTRAINT_WITH_VALUES\] (?P<detail>[^\n]*)",
        "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES",
        "",
    ),
    (
        "Failed to commit transaction",
        "DELTA_CONCURRENT_APPEND",
        "Files were added by a concurrent update. Please try again.",
    ),
    (r"(\[CAST_INVALID_INPUT\]|Cast error:) (?P<detail>[^\n]*)", "CAST_INVALID_INPUT", ""),
    (r"invalid argument: (?P<detail>(Date|Timestamp)Value[^\n]*)", "CAST_INVALID_INPUT", ""),
    ("Divide by zero", "DIVIDE_BY_ZERO", "Division by zero. Use try_divide to tolerate divisor being 0."),
    (
        r"Scalar subquery returned more than one row",
        "SCALAR_SUBQUERY_TOO_MANY_ROWS",
        "More than one row returned by a subquery.",
    ),
    (r"Cannot resolve .*column", "", ""),
    (r"attribute ObjectName\(\[(?P<name>.*)\]\) is missing", "", ""),
    (r"column not found for INSERT: (?P<name>\S+)", "", ""),
    (r"Missing column: (?P<name>\S+)", "", ""),
    (r"ambiguous attribute: (?P<detail>[^\n]*)", "AMBIGUOUS_REFERENCE", ""),
    (
        r"input schema for INSERT has (?P<detail>[^\n]*)",
        "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
        "Cannot write to the table, the reason is that the number of columns differs: the data has {detail}",
    ),
    (
        "Table not found",
        "TABLE_OR_VIEW_NOT_FOUND",
        "A table or view that the statement reads cannot be found.",
    ),
    (r"(?P<detail>column aliases are not allowed[^\n]*)", UNSUPPORTED, "The sandbox's engine: {detail}"),
    (r"unsupported Delta type widening change at (?P<detail>[^\n]*)", "DELTA_UNSUPPORTED_TYPE_CHANGE", ""),
    (r"Cannot automatically convert (?P<detail>[^\n]*)", "DATATYPE_MISMATCH", "Cannot convert {detail}"),
    (
        r"unknown (table )?function: (?P<detail>\w+)",
        "UNRESOLVED_ROUTINE",
        "Cannot resolve routine `{detail}`.",
    ),
    (
        "No field named",
        "MISSING_AGGREGATION",
        "A column is neither present in the GROUP BY clause nor in an aggregate function.",
    ),
    (
        "duplicate unqualified field name",
        UNSUPPORTED,
        "The sandbox's engine wants an alias for every column of the query.",
    ),
    (
        r"parse error: (error in SQL parser: )?(?P<detail>[^\n]*)",
        "PARSE_SYNTAX_ERROR",
        "Syntax error: {detail}",
    ),
    (
        r"(?P<detail>(not supported|not implemented|[^:]*is not implemented)[^\n]*)",
        UNSUPPORTED,
        "The sandbox's engine: {detail}",
    ),
)


def translate(message: str, statement: Statement) -> SqlError:
    """The Databricks error that an engine's message means."""
    for pattern, condition, text in _MESSAGES:
        found = re.search(pattern, message)
        if not found:
            continue
        if not condition:
            return _unresolved(found, statement)
        detail = found.groupdict().get("detail") or ""
        return SqlError(condition, text.format(detail=detail) or detail)
    return SqlError(
        "SANDBOX_ENGINE_ERROR", message.partition("gRPC client debug context")[0].strip(), "INTERNAL_ERROR"
    )


def _unresolved(found: re.Match[str], statement: Statement) -> SqlError:
    quoted = re.findall(r"Identifier\(\"(.*?)\"\)", found.groupdict().get("name") or "")
    name = ".".join(quoted) or found.groupdict().get("name") or found.group()
    if statement.leads("MERGE"):
        return SqlError("DELTA_MERGE_UNRESOLVED_EXPRESSION", f"Cannot resolve {name} in the MERGE command.")
    return SqlError(
        "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
        f"A column, variable, or function parameter with name `{name}` cannot be resolved.",
    )
