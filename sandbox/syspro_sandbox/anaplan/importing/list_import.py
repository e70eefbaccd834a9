"""Imports into a list: create, update, rename and re-parent; nothing is ever deleted.

Anaplan reference, "List imports".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.formats import Reader
from syspro_sandbox.anaplan.importing.outcome import ERROR, WARNING, DumpFile, Outcome, RowCounts, failure
from syspro_sandbox.anaplan.state.items import NUMBERED_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syspro_sandbox.anaplan.importing.source import Row, SourceFile
    from syspro_sandbox.anaplan.model.definition import DataSource, Format, ListImport
    from syspro_sandbox.anaplan.options import AnaplanOptions
    from syspro_sandbox.anaplan.state.items import Hierarchies, Item, Items

INVALID_PARENT = "Invalid parent"
NO_CHANGES = {"localMessageText": "No changes required", "occurrences": 0, "type": "hierarchyNoChanges"}


class RowError(Exception):
    """A row that is not loaded."""


@dataclass(frozen=True)
class Key:
    """How a row names its item."""

    code: str | None
    name: str | None
    properties: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The key as messages show it."""
        return "|".join(self.properties) if any(self.properties) else self.code or self.name or ""


class ListImporter:
    """One run of a list import."""

    def __init__(
        self, definition: ListImport, source: DataSource, options: AnaplanOptions, hierarchies: Hierarchies
    ) -> None:
        self._definition = definition
        self._options = options
        self._items: Items = hierarchies[definition.target]
        self._target = self._items.definition
        self._parents = hierarchies[self._target.parent] if self._target.parent else None
        self._formats: Mapping[str, Format] = {prop.name: prop.format for prop in self._target.properties}
        self._reader = Reader(
            options.model,
            hierarchies,
            decimal_separator=source.decimal_separator,
            date_format=definition.date_format,
        )
        self._counts = RowCounts()
        self._seen: set[str] = set()
        self._by_properties: dict[tuple[str, ...], Item] | None = None

    def run(self, file: SourceFile) -> Outcome:
        """Load a file."""
        definition = self._definition
        code_at = file.position(definition.code_column)
        name_at = file.position(definition.name_column)
        parent_at = file.position(definition.parent_column) if self._parents else None
        properties = {
            name: position
            for name, column in definition.properties.items()
            if (position := file.position(column)) is not None
        }
        keyed_by = [properties[name] for name in definition.key_properties]
        keys = [
            Key(
                self._name(row, code_at),
                self._name(row, name_at),
                tuple(row.at(position) for position in keyed_by),
            )
            for row in file.rows
        ]
        if definition.reject_duplicates and len({key.text for key in keys}) < len(keys):
            return failure("hierarchyImportDuplicateSourceKey", "Duplicate keys were found in the source")

        dump = DumpFile(file)
        for row, key in zip(file.rows, keys, strict=True):
            texts = {
                name: text
                for name, position in properties.items()
                if (text := row.at(position)) or self._options.blank_cells == "clear"
            }
            parent = None if parent_at is None else row.at(parent_at)
            self._take(row, key, parent, texts, dump)
        self._items.save()
        detail = self._counts.detail(self._target.name)
        if self._counts.is_idle and self._options.no_changes == "code":
            detail = NO_CHANGES
        return Outcome(
            [detail],
            dump=dump.content(self._options),
            ignored=self._counts.ignored,
        )

    def _name(self, row: Row, position: int | None) -> str | None:
        """A code or name of a row, cut where the switch says so; None when the import maps none."""
        if position is None:
            return None
        text = row.at(position)
        return text[: self._options.max_name_length] if self._options.long_names == "truncate" else text

    def _take(self, row: Row, key: Key, parent: str | None, texts: dict[str, str], dump: DumpFile) -> None:
        """Load one row, or note why not."""
        try:
            warnings = self._load(key, parent, texts)
        except RowError as error:
            self._counts.failed += 1
            dump.add(ERROR, row, [str(error)])
        else:
            if warnings:
                dump.add(WARNING, row, warnings)

    def _load(self, key: Key, parent: str | None, texts: dict[str, str]) -> list[str]:
        """Load one row and return its warnings."""
        self._check_key(key)
        values, errors = self._reader.read_all(self._formats, texts)
        warnings = [str(error) for error in errors]
        parent_id = self._parent(parent, warnings)

        item = self._find(key)
        created = item is None
        if item is None:
            item = self._items.add(key.name, key.code)
            renamed = False
        else:
            renamed = self._rename(item, key)
        left = parent == "" and self._options.blank_parent == "leaves" and self._leave_parent(item)
        changed = self._apply(item, values, parent_id) or left or renamed or created
        if not (changed or warnings) and self._options.unchanged_items == "ignored":
            self._counts.ignored += 1
        else:
            self._counts.count(created=created, warned=bool(warnings))
        self._counts.renamed += renamed
        return warnings

    def _check_key(self, key: Key) -> None:
        limit = self._options.max_name_length
        if not key.text:
            raise RowError("Invalid code: " if self._target.numbered else "Invalid name: ")
        if key.code and (
            len(key.code) > limit or (self._target.numbered and key.code.startswith(NUMBERED_PREFIX))
        ):
            raise RowError(f"Invalid code: {key.code}")
        if key.name is not None and (not key.name or len(key.name) > limit):
            raise RowError(f"Invalid name: {key.name}")
        if key.text in self._seen:
            raise RowError(f"Duplicate row for key: {key.text}")
        self._seen.add(key.text)

    def _leave_parent(self, item: Item) -> bool:
        """Take the item from under its parent."""
        had_parent = item.parent is not None
        item.parent = None
        if had_parent:
            self._items.touch(item)
        return had_parent

    def _parent(self, text: str | None, warnings: list[str]) -> int | None:
        """The parent's identifier; None leaves the item where it is (so does a blank: inferred)."""
        if not text or self._parents is None:
            return None
        parent = self._parents.find(text)
        if parent is None:
            warnings.append(INVALID_PARENT)
            return None
        return parent.id

    def _properties_of(self, item: Item) -> tuple[str, ...]:
        return tuple(item.properties.get(name, "") for name in self._definition.key_properties)

    def _find(self, key: Key) -> Item | None:
        if key.properties:
            if self._by_properties is None:
                self._by_properties = {self._properties_of(item): item for item in self._items}
            return self._by_properties.get(key.properties)
        item = self._items.with_code(key.code) if key.code else None
        if item is None and key.name:
            item = self._items.with_name(key.name)
        return item

    def _rename(self, item: Item, key: Key) -> bool:
        """Give the item the row's code and name where they differ."""
        name = key.name if key.name and key.name != item.name else None
        code = key.code if key.code and key.code != item.code else None
        if (name and self._items.with_name(name)) or (code and item.code):
            raise RowError(f"Name or code already exists: {name or item.name}")
        if name is None and code is None:
            return False
        self._items.rename(item, name=name, code=code)
        return name is not None

    def _apply(self, item: Item, values: dict[str, str], parent_id: int | None) -> bool:
        changes = {name: value for name, value in values.items() if item.properties.get(name, "") != value}
        moves = parent_id is not None and parent_id != item.parent
        if changes or moves:
            item.properties.update(changes)
            if moves:
                item.parent = parent_id
            self._items.touch(item)
        return bool(changes or moves)
