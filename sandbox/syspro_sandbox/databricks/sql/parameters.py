"""Named parameters: `:name` becomes a typed literal, since the engine takes no parameters in commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import SqlError, unsupported
from syspro_sandbox.databricks.sql.names import literal
from syspro_sandbox.databricks.sql.types import TYPE_NAMES, check_type

if TYPE_CHECKING:
    from syspro_sandbox.databricks.sql.tokens import Statement

_TYPE = re.compile(r"\s*([A-Za-z_]+)\s*(\(\s*\d+\s*(,\s*-?\d+\s*)?\))?\s*")


@dataclass(frozen=True)
class Parameter:
    """A value for a marker: a string or None, cast to `type`."""

    value: str | None
    type: str = "STRING"

    @property
    def sql(self) -> str:
        """The value as a literal of its type."""
        found = _TYPE.fullmatch(self.type)
        if not found:
            raise SqlError("UNSUPPORTED_DATATYPE", f"Unsupported data type {self.type!r} of a parameter.")
        check_type(found.group(1))
        if found.group(1).upper() == "STRING" and self.value is not None:
            return literal(self.value)  # plain, so that IDENTIFIER(:name) and paths take it
        return f"CAST({literal(self.value)} AS {self.type.strip()})"


def bind(statement: Statement, parameters: dict[str, Parameter]) -> Statement:
    """The statement with every marker replaced.

    Raises:
        SqlError: A marker without a value, a `?` marker (the API has named ones only), or a JSON path.
    """
    for before, colon, marker in zip(
        [None, *statement.tokens], statement.tokens, [*statement.tokens[1:], None], strict=False
    ):
        if colon.upper == "?":
            raise SqlError(
                "UNBOUND_SQL_PARAMETER", "Found the unbound parameter ?; markers are written :name."
            )
        if colon.upper != ":" or marker is None or marker.upper in TYPE_NAMES:
            continue  # `name:TYPE` is a field of a STRUCT
        if before is not None and before.end == colon.start and (before.named or before.upper in {"]", ")"}):
            raise unsupported("JSON paths (column:field): use get_json_object or variant_get")
        if marker.kind != "word" or marker.start != colon.end:
            continue
        if marker.text not in parameters:
            raise SqlError("UNBOUND_SQL_PARAMETER", f"Found the unbound parameter: {marker.text}.")
        statement.replace(colon.start, marker.end, parameters[marker.text].sql)
    return statement.edited()


def inline_identifiers(statement: Statement) -> Statement:
    """The statement with `IDENTIFIER('a.b')` written as `a.b`."""
    tokens = statement.tokens
    for index in range(len(tokens) - 3):
        call, opening, text, closing = tokens[index : index + 4]
        if (
            call.upper == "IDENTIFIER"
            and opening.upper == "("
            and text.kind == "string"
            and closing.upper == ")"
        ):
            statement.replace(call.start, closing.end, text.text)
    return statement.edited()
