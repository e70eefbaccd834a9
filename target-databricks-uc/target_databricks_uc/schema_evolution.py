"""How an existing table takes a changed schema: columns that are added, widened or put beside another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from singer_kit.errors import DataError

from target_databricks_uc.existing_columns import parse_sql_type
from target_databricks_uc.type_widening import accepts, widen
from target_databricks_uc.types import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_databricks_uc.settings import OnTypeChange
    from target_databricks_uc.table_design import Column, Table
    from target_databricks_uc.types import ColumnType


@dataclass(frozen=True)
class Change:
    """What an existing table lacks.

    Attributes:
        add: Columns to add.
        widen: Columns to widen, with the type they get.
        table: The design as the changed table carries it: columns may have another name or a wider type.
    """

    add: tuple[Column, ...]
    widen: tuple[tuple[str, ColumnType], ...]
    table: Table

    @property
    def is_needed(self) -> bool:
        """Whether the table lacks anything."""
        return bool(self.add or self.widen)


def find_change(table: Table, existing: Mapping[str, str], policy: OnTypeChange) -> Change:
    """Compare a design with an existing table; columns that only the table has stay and are left empty.

    Args:
        table: The design.
        existing: Types of the existing columns by name, as DESCRIBE TABLE gives them.
        policy: What to do where a column cannot take the values.

    Raises:
        DataError: The policy is to fail, or nothing else is possible.
    """
    found = {name.lower(): (name, text) for name, text in existing.items()}
    add: list[Column] = []
    widened: list[tuple[str, ColumnType]] = []

    def fit(wanted: Column, *, may_move: bool) -> Column:
        if wanted.name.lower() not in found:
            add.append(wanted)
            return wanted
        name, text = found[wanted.name.lower()]
        kind = parse_sql_type(text)
        if kind is not None and _takes(kind, wanted.type, policy):
            return replace(wanted.renamed(name), type=kind)
        if kind is not None and policy != "fail" and (wider := widen(kind, wanted.type)):
            widened.append((name, wider))
            return replace(wanted.renamed(name), type=wider)
        if may_move and wanted.name not in table.keys:
            return fit(wanted.renamed(_moved(name, wanted.type.kind)), may_move=False)
        raise _type_error(table, wanted, text, policy)

    columns = tuple(fit(column, may_move=policy == "new_column") for column in table.columns)
    used = {column.name.lower() for column in columns}
    emptied = tuple(
        found[other][0]
        for column in table.columns
        if column.prop is not None
        for other in _places(column.name)
        if other in found and other not in used
    )
    renamed = {old.name: new.name for old, new in zip(table.columns, columns, strict=True)}
    changed = replace(
        table,
        columns=columns,
        keys=tuple(renamed[key] for key in table.keys),
        layout=tuple(renamed[name] for name in table.layout),
        emptied=emptied,
    )
    return Change(tuple(add), tuple(widened), changed)


def _takes(existing: ColumnType, incoming: ColumnType, policy: OnTypeChange) -> bool:
    """Whether a column takes the values as it is; with `fail`, no other type fits."""
    same = existing.kind is incoming.kind or existing.sql == incoming.sql
    return accepts(existing, incoming) and (same or policy != "fail")


def _moved(name: str, kind: ColumnKind) -> str:
    """The column beside another one, for values of a type that it cannot take."""
    return f"{name}__{kind.value.lower()}"


def _places(name: str) -> list[str]:
    """Where the values of a property may stand, in lower case."""
    return [name.lower(), *(_moved(name, kind).lower() for kind in ColumnKind)]


def _type_error(table: Table, wanted: Column, existing: str, policy: OnTypeChange) -> DataError:
    remedies: dict[OnTypeChange, str] = {
        "widen": "Rename the column away, or set `on_type_change` to `new_column`",
        "fail": "Set `on_type_change` to `widen` or `new_column`, or change the column by hand",
        "new_column": "Load into another schema, or convert the column by hand, as it is part of the key",
    }
    return DataError(
        f"The column {wanted.name} of the table {table.name} is {existing.upper()} and cannot hold "
        f"{wanted.type.sql} (property {wanted.prop})",
        remedy=remedies[policy],
    )
