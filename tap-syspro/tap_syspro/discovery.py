"""Which streams there are, defined after all companies that answer: what any of them offers is a stream.

What they offer is seen through the known tables and the setting `tables`. What only one company has is null
in the others (`offered_tables`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from singer_kit.contract import COMPANY
from singer_kit.errors import SettingsError

from tap_syspro import tables
from tap_syspro.column_types import has_dates_only
from tap_syspro.method_fallback import with_usable_method
from tap_syspro.offered_tables import united
from tap_syspro.stream_names import distinct, stream_name
from tap_syspro.stream_schema import schema_of
from tap_syspro.table_keys import choose_key, known_key
from tap_syspro.table_overrides import overridden
from tap_syspro.tables import CUSTOM_FORM_SUFFIX, Method, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tap_syspro.column_types import Schema
    from tap_syspro.companies import Companies
    from tap_syspro.odata.metadata import Column, EntitySet
    from tap_syspro.settings import Settings, TableSetting

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StreamDefinition:
    """One stream.

    Attributes:
        table: Its table, with the settings of the user.
        columns: The columns that any company has, by name.
        schema: Its JSON schema.
        selected: Whether it is read unless the user says otherwise.
    """

    table: Table
    columns: Mapping[str, Column]
    schema: Schema
    selected: bool

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


def discover(companies: Companies, settings: Settings) -> list[StreamDefinition]:
    """Define the streams after what the companies offer that answer.

    Args:
        companies: The companies of the settings.
        settings: The companies and the entries of `tables`.

    Raises:
        SettingsError: For an entry that cannot be.
        KitError: When no company answers.
    """
    companies.first()  # raises why, when none answers
    offers = [company.entity_sets for company in companies.answering]
    return define_streams(united(offers), settings.tables, all_known=len(offers) == len(settings.companies))


def define_streams(
    entity_sets: Mapping[str, EntitySet], settings: Iterable[TableSetting], *, all_known: bool = True
) -> list[StreamDefinition]:
    """Define the streams.

    Args:
        entity_sets: What the companies offer together.
        settings: The entries of `tables`.
        all_known: Whether every company answered; else what an entry names may be that of another, and one
            company that is down may not stop the others.

    Raises:
        SettingsError: For an entry that cannot be.
    """
    wanted = {entry.table: entry for entry in settings}
    tried = (
        _try_to_define(entity_sets, name, wanted.get(name), all_known=all_known)
        for name in sorted({*entity_sets, *wanted})
    )
    definitions = [each for each in tried if each is not None]
    # Of two streams with the same name, that of a known table or of the settings keeps it.
    definitions.sort(key=lambda each: (not each.selected, each.table.name))
    names = distinct(each.table.stream for each in definitions)
    return [
        replace(each, table=replace(each.table, stream=name))
        for each, name in zip(definitions, names, strict=True)
    ]


def _try_to_define(
    entity_sets: Mapping[str, EntitySet], name: str, setting: TableSetting | None, *, all_known: bool
) -> StreamDefinition | None:
    try:
        return _define(_offered(entity_sets, name), setting)
    except SettingsError as error:
        if all_known:
            raise
        logger.warning("The table %s is not read, as not every company answers: %s", name, error)
        return None


def _offered(entity_sets: Mapping[str, EntitySet], name: str) -> EntitySet:
    if name not in entity_sets:
        raise SettingsError(
            f"SYSPRO offers no table {name}",
            setting="tables",
            remedy="Correct its name; upper and lower case count",
        )
    return entity_sets[name]


def _define(entity_set: EntitySet, setting: TableSetting | None) -> StreamDefinition:
    known = tables.BY_NAME.get(entity_set.name)
    custom_form = entity_set.name.endswith(CUSTOM_FORM_SUFFIX)
    table = known or _unknown_table(entity_set)
    table = replace(table, key=choose_key(table, entity_set))
    table = overridden(table, setting, entity_set) if setting else with_usable_method(table, entity_set)
    schema = schema_of(entity_set, table.key, dates_only=has_dates_only(table.name))
    if table.description:
        schema["description"] = table.description
    selected = bool(known or custom_form or setting)
    return StreamDefinition(table, entity_set.columns, schema, selected=selected)


def _unknown_table(entity_set: EntitySet) -> Table:
    """Describe a table that is not among the known ones; a custom form has the key of its table."""
    parent = tables.BY_NAME.get(entity_set.name.removesuffix(CUSTOM_FORM_SUFFIX))
    return Table(
        stream_name(entity_set.name),
        entity_set.name,
        known_key(entity_set.name),
        Method.SNAPSHOT,
        f"Custom fields of {parent.stream}." if parent else "",
    )
