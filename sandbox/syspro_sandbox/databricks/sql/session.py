"""Functions about the session: the engine knows neither who asks nor which schema completes names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.names import literal, quote
from syspro_sandbox.databricks.sql.tokens import Cursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syspro_sandbox.databricks.sql.names import Defaults
    from syspro_sandbox.databricks.sql.tokens import Statement

_CLAUSES = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "WINDOW"}


def session_values(user: str, defaults: Defaults) -> dict[str, str]:
    """What each function gives, by its name in upper case."""
    return {
        **dict.fromkeys(("CURRENT_USER", "SESSION_USER", "USER"), user),
        "CURRENT_CATALOG": defaults.catalog,
        **dict.fromkeys(("CURRENT_DATABASE", "CURRENT_SCHEMA"), defaults.schema),
    }


def inline_session(statement: Statement, values: Mapping[str, str]) -> None:
    """Put the value where `current_user()` and its like are called; a column of its own keeps its name."""
    cursor, before = Cursor(statement), ""
    lists = [False]  # of each open bracket: is this the list of a SELECT
    while not cursor.done:
        call, word = cursor.peek(), cursor.peek().upper
        if word in values and before != "." and cursor.at(word, "(", ")"):
            text, closing, after = literal(values[word]), cursor.peek(2), cursor.peek(3)
            ends = after.kind == "end" or after.upper in {",", ")", *_CLAUSES}
            if lists[-1] and before in {"SELECT", "DISTINCT", ","} and ends:
                text += f" AS {quote(f'{call.text.lower()}()')}"
            statement.replace(call.start, closing.end, text)
            cursor.index += 2
            before = ")"
        else:
            if word == "SELECT" or word in _CLAUSES:
                lists[-1] = word == "SELECT"
            elif word == "(":
                lists.append(False)
            elif word == ")" and len(lists) > 1:
                lists.pop()
            before = word
        cursor.index += 1
