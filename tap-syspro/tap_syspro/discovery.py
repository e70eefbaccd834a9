"""Which streams there are: what a company offers, seen through the catalogue and the setting `tables`."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from singer_kit.errors import SettingsError

from tap_syspro import tables
from tap_syspro.records import COMPANY
from tap_syspro.schemas import Schema, schema_of
from tap_syspro.tables import CUSTOM_FORM_SUFFIX, Method, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.settings import TableSetting

logger = logging.getLogger(__name__)

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
CUSTOM_FORM_WORD = "custom"


@dataclass(frozen=True)
class StreamDefinition:
    """One stream.

    Attributes:
        table: Its table, with the settings of the user.
        schema: Its JSON schema.
        selected: Whether it is read unless the user says otherwise.
        midnights: Whether date-times in it are SYSPRO dates, which have no time of day.
        optional: Whether a company may do without the table.
    """

    table: Table
    schema: Schema
    selected: bool
    midnights: bool
    optional: bool

    @property
    def key_properties(self) -> list[str]:
        """The stream's key; none where nobody has told the table's."""
        return [COMPANY, *self.table.key] if self.table.key else []

    @property
    def replication_key(self) -> str | None:
        """The column that is shown as the stream's replication key."""
        if self.table.method is Method.SNAPSHOT:
            return None
        return self.table.period_columns[0] if self.table.method is Method.PERIODS else self.table.date_column


def discover(
    entity_sets: Mapping[str, EntitySet], settings: Iterable[TableSetting]
) -> list[StreamDefinition]:
    """Define the streams of a company.

    Args:
        entity_sets: What the company offers.
        settings: The entries of `tables`.

    Raises:
        SettingsError: For an entry that cannot be.
    """
    wanted = {entry.table: entry for entry in settings}
    for name in wanted:
        if name not in entity_sets:
            raise SettingsError(
                f"SYSPRO offers no table {name}",
                setting="tables",
                remedy="Correct its name; upper and lower case count",
            )
    definitions = [_define(entity_sets[name], wanted.get(name)) for name in sorted(entity_sets)]
    return _with_distinct_names(definitions)


def _define(entity_set: EntitySet, setting: TableSetting | None) -> StreamDefinition:
    known = tables.BY_NAME.get(entity_set.name)
    parent = tables.BY_NAME.get(entity_set.name.removesuffix(CUSTOM_FORM_SUFFIX))
    custom_form = entity_set.name.endswith(CUSTOM_FORM_SUFFIX)
    table = known or Table(
        stream_name(entity_set.name),
        entity_set.name,
        parent.key if parent else (),
        Method.SNAPSHOT,
        f"Custom fields of {parent.stream}." if parent else "",
    )
    table = replace(table, key=_key(table, entity_set))
    table = _apply(table, setting, entity_set) if setting else _as_offered(table, entity_set)
    midnights = bool(known or custom_form)
    schema = schema_of(entity_set, table.key, midnights=midnights)
    if table.description:
        schema["description"] = table.description
    return StreamDefinition(
        table,
        schema,
        selected=bool(known or custom_form or setting),
        midnights=midnights,
        optional=custom_form,
    )


def _key(table: Table, entity_set: EntitySet) -> tuple[str, ...]:
    """Choose between the catalogue's key and that of `$metadata`.

    The catalogue goes first, as the service may tell no keys (reference 3.2). But where the service's key
    holds more columns than the catalogue's, or the catalogue's columns are not there, the service knows
    better.
    """
    known = all(column in entity_set.columns for column in table.key)
    if entity_set.key and (not known or set(entity_set.key) > set(table.key)):
        extra = tuple(column for column in entity_set.key if column not in table.key)
        return (*table.key, *extra) if known else entity_set.key
    return table.key if known else ()


def _as_offered(table: Table, entity_set: EntitySet) -> Table:
    """Read a table whole where this SYSPRO lacks a column of the method: nothing is missed then."""
    missing = [column for column in table.method_columns if column not in entity_set.columns]
    if not missing:
        return table
    logger.warning("%s has no column %s and is read whole, as a snapshot.", table.name, ", ".join(missing))
    return replace(table, method=Method.SNAPSHOT, date_column="")


def _apply(table: Table, setting: TableSetting, entity_set: EntitySet) -> Table:
    """Let the user's entry override the catalogue.

    Raises:
        SettingsError: When the table has not what the entry or the method needs.
    """
    method = setting.method or (
        Method.WINDOW if setting.date_column and not table.date_column else table.method
    )
    table = replace(
        table,
        stream=setting.stream or table.stream,
        key=setting.key or table.key,
        method=method,
        date_column=setting.date_column or table.date_column,
    )
    if lack := table.lack:
        raise SettingsError(
            f"{table.name} cannot be read by the method {method.value}: nothing says its {lack}",
            setting="tables",
            remedy="Use `snapshot`, or `window` with `date_column`",
        )
    for column in (*table.key, *table.method_columns):
        if column not in entity_set.columns:
            raise SettingsError(
                f"{table.name} has no column {column}",
                setting="tables",
                remedy="Correct its entry; upper and lower case count",
            )
    return table


def stream_name(table: str) -> str:
    """Name a stream: `InvMovements` becomes `inv_movements`, `ApSupplier+` `ap_supplier_custom`."""
    name = _WORD_BORDER.sub("_", table.removesuffix(CUSTOM_FORM_SUFFIX)).lower()
    if table.endswith(CUSTOM_FORM_SUFFIX):
        name = f"{name}_{CUSTOM_FORM_WORD}"
    return _NOT_IN_NAMES.sub("_", name).strip("_")


def _with_distinct_names(definitions: list[StreamDefinition]) -> list[StreamDefinition]:
    """Number streams whose names would be the same, those of the catalogue and the settings first."""
    taken: set[str] = set()
    distinct = []
    for definition in sorted(definitions, key=lambda each: (not each.selected, each.table.name)):
        name, number = definition.table.stream, 1
        while name in taken:
            number += 1
            name = f"{definition.table.stream}_{number}"
        taken.add(name)
        distinct.append(replace(definition, table=replace(definition.table, stream=name)))
    return distinct
