"""Names of Unity Catalog objects and columns, and literals (Databricks reference, "Names" and "Quoting")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from syspro_sandbox.databricks.sql.errors import SqlError, syntax_error

MAX_NAME = 255
_OBJECT_FORBIDDEN = re.compile(r"[. /\x00-\x1f\x7f]")
_COLUMN_FORBIDDEN = re.compile(r"[ ,;{}()\n\t=]")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def quote(name: str) -> str:
    """An identifier in backticks."""
    return "`" + name.replace("`", "``") + "`"


def literal(text: str | None) -> str:
    """A string literal that Databricks and the engine read alike."""
    return (
        "NULL"
        if text is None
        else "'" + "".join(_ESCAPES.get(character, character) for character in text) + "'"
    )


def object_name(name: str) -> str:
    """A catalog, schema, table or volume name as it is stored: checked, in lower case."""
    if not name or len(name) > MAX_NAME or _OBJECT_FORBIDDEN.search(name):
        rule = "names have 1 to 255 characters, none of them '.', '/', a blank or a control character"
        raise SqlError("INVALID_IDENTIFIER", f"The identifier {name} is invalid: {rule}.")
    return name.lower()


def check_columns(names: list[str], *, mapped: bool = False) -> None:
    """Refuse column names a Delta table cannot have; `mapped` tables accept more characters."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise SqlError("COLUMN_ALREADY_EXISTS", f"The column {quote(name.lower())} already exists.")
        seen.add(name.lower())
        if len(name) > MAX_NAME:
            raise SqlError(
                "INVALID_IDENTIFIER", f"The column name {name[:40]}... is longer than 255 characters."
            )
        if not mapped and (found := _COLUMN_FORBIDDEN.search(name)):
            raise SqlError(
                "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES",
                f"Found the invalid character {found.group()!r} in the column name {name!r}.",
            )


@dataclass(frozen=True, order=True)
class SchemaName:
    """A schema in a catalog."""

    catalog: str
    schema: str

    @property
    def full(self) -> str:
        """As the REST API writes it."""
        return f"{self.catalog}.{self.schema}"

    @property
    def sql(self) -> str:
        """As SQL writes it."""
        return f"{quote(self.catalog)}.{quote(self.schema)}"

    def child(self, name: str) -> ObjectName:
        """The object of this name in the schema."""
        return ObjectName(self.catalog, self.schema, name)


@dataclass(frozen=True, order=True)
class ObjectName:
    """A table, view or volume in a schema."""

    catalog: str
    schema: str
    name: str

    @property
    def parent(self) -> SchemaName:
        """The schema it is in."""
        return SchemaName(self.catalog, self.schema)

    @property
    def full(self) -> str:
        """As the REST API writes it."""
        return f"{self.catalog}.{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """As SQL writes it."""
        return f"{self.parent.sql}.{quote(self.name)}"


@dataclass(frozen=True)
class Defaults:
    """The catalog and schema that complete shorter names of a statement."""

    catalog: str
    schema: str = "default"

    def schema_name(self, parts: tuple[str, ...]) -> SchemaName:
        """The schema that a one- or two-part name means."""
        if len(parts) > 2:  # noqa: PLR2004  # the parts of a schema name
            raise syntax_error(f"'{'.'.join(parts)}'", "A schema name has at most two parts.")
        names = [object_name(part) for part in parts]
        return SchemaName(names[0] if len(names) > 1 else self.catalog, names[-1])

    def object_name(self, parts: tuple[str, ...]) -> ObjectName:
        """The table, view or volume that a one- to three-part name means."""
        if len(parts) > 3:  # noqa: PLR2004  # the parts of an object name
            raise syntax_error(f"'{'.'.join(parts)}'", "A name has at most three parts.")
        names = [object_name(part) for part in parts]
        *prefix, name = names
        schema = self.schema_name(tuple(prefix)) if prefix else SchemaName(self.catalog, self.schema)
        return schema.child(name)
