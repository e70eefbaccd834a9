"""The views of this package as statements, in the names that the settings give to tables and columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from target_databricks_uc import sql
from target_databricks_uc.naming import column_name, quote, table_name

if TYPE_CHECKING:
    from target_databricks_uc.settings import Settings

_STREAM = re.compile(r"\{(\w+)\}")
_COLUMN = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class View:
    """A view of the package: SQL in which `{stream}` is a table, and columns have SYSPRO's names.

    Attributes:
        name: Name of the view.
        description: Its first comment line.
        query: What it selects.
    """

    name: str
    description: str
    query: str

    @property
    def streams(self) -> list[str]:
        """The streams whose tables it reads."""
        return list(dict.fromkeys(_STREAM.findall(self.query)))

    def statement(self, settings: Settings) -> str:
        """The statement that makes it, for the names that the settings give to tables and columns."""

        def table(stream: re.Match[str]) -> str:
            return quote(settings.catalog, settings.schema, table_name(stream[1]))

        def column(prop: re.Match[str]) -> str:
            return quote(column_name(prop[1], settings.column_case))

        query = _STREAM.sub(table, _COLUMN.sub(column, self.query))
        return sql.create_view(quote(settings.catalog, settings.schema, self.name), self.description, query)


def read_views() -> list[View]:
    """The views of the package, by name."""
    views = []
    for file in files(__package__).iterdir():
        name, dot, ending = file.name.partition(".")
        if dot and ending == "sql":
            lines = file.read_text(encoding="utf-8").splitlines()
            comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
            query = "\n".join(line for line in lines if not line.startswith("--"))
            views.append(View(name, comments[0], query))
    return sorted(views, key=lambda view: view.name)
