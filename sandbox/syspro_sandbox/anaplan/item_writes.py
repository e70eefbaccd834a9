"""Writes of single list items, with the rules of the transactional calls.

Anaplan reference, "Writes of list items".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from syspro_sandbox.anaplan.importing.formats import FormatError, Reader
from syspro_sandbox.anaplan.state.items import NUMBERED_PREFIX

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import HierarchyList
    from syspro_sandbox.anaplan.state.items import Item
    from syspro_sandbox.anaplan.tenant import Tenant

FailureKind = Literal["INCORRECT_FORMAT", "INCOMPLETE_DATA", "DUPLICATE"]


class ItemError(Exception):
    """An item that is not written; `kind` is its `failureType`."""

    def __init__(self, kind: FailureKind, column: str, value: object) -> None:
        super().__init__(f"{kind.lower().replace('_', ' ')} -- column name:{column}, value:{value}")
        self.kind = kind


class ItemWriter:
    """The items of one list, open for adding, updating and deleting."""

    def __init__(self, tenant: Tenant, definition: HierarchyList) -> None:
        self._model = tenant.model
        self._definition = definition
        hierarchies = tenant.hierarchies()
        self._items = hierarchies[definition.name]
        self._parents = hierarchies[definition.parent] if definition.parent else None
        self._reader = Reader(tenant.model, hierarchies)
        self._formats = {prop.name: prop.format for prop in definition.properties}
        self._limit = tenant.options.max_name_length

    def save(self) -> None:
        """Store what was written."""
        self._items.save()

    def add(self, entry: dict[str, Any]) -> None:
        """Add an item.

        Raises:
            ItemError: When it is incomplete, malformed or there already.
        """
        name, code = _text(entry, "name"), _text(entry, "code")
        if self._definition.numbered:
            if name is not None:
                raise ItemError("INCORRECT_FORMAT", "name", name)
            if not code:
                raise ItemError("INCOMPLETE_DATA", "code", "")
            if code.startswith(NUMBERED_PREFIX):
                raise ItemError("INCORRECT_FORMAT", "code", code)
        elif not name:
            raise ItemError("INCOMPLETE_DATA", "name", "")
        if name and self._items.with_name(name):
            raise ItemError("DUPLICATE", "name", name)
        if code and self._items.with_code(code):
            raise ItemError("DUPLICATE", "code", code)
        self._check_length("name", name)
        self._check_length("code", code)
        properties = self._properties(entry)
        parent = self._parent(entry)
        item = self._items.add(name, code)
        item.parent = parent
        item.properties.update(properties)

    def update(self, entry: dict[str, Any]) -> None:
        """Change an item that is found by its identifier, else its code, else its name.

        Raises:
            ItemError: When there is no such item, or the change is incomplete or malformed.
        """
        item = self._existing(entry)
        name, code = _text(entry, "name"), _text(entry, "code")
        if code == "":
            raise ItemError("INCOMPLETE_DATA", "code", "")
        if item.code and code is None and "id" not in entry:
            raise ItemError("INCOMPLETE_DATA", "code", "")
        if code and item.code and item.code != code and "id" not in entry:
            raise ItemError("INCOMPLETE_DATA", "code", code)
        for column, value, holder in (
            ("name", name, self._items.with_name(name or "")),
            ("code", code, self._items.with_code(code or "")),
        ):
            self._check_length(column, value)
            if holder is not None and holder is not item:
                raise ItemError("DUPLICATE", column, value)
        properties = self._properties(entry)
        parent = self._parent(entry)
        self._items.rename(item, name=name if not self._definition.numbered else None, code=code)
        if parent is not None:
            item.parent = parent
        item.properties.update(properties)

    def delete(self, entry: dict[str, Any]) -> None:
        """Delete an item that is named by exactly one of identifier and code.

        Raises:
            ItemError: When it is named otherwise, or not there.
        """
        if ("id" in entry) == ("code" in entry):
            raise ItemError("INCORRECT_FORMAT", "id", entry.get("id", ""))
        self._items.remove(self._existing(entry), self._model)

    def _existing(self, entry: dict[str, Any]) -> Item:
        identifier, code, name = (_text(entry, key) for key in ("id", "code", "name"))
        item = None
        if identifier is not None:
            item = self._items.by_id.get(int(identifier)) if identifier.isdecimal() else None
        elif code:
            item = self._items.with_code(code)
        if item is None and identifier is None and name:
            item = self._items.with_name(name)
        if item is None:
            column = "id" if identifier is not None else "code" if code is not None else "name"
            raise ItemError("INCORRECT_FORMAT", column, entry.get(column, ""))
        return item

    def _check_length(self, column: str, value: str | None) -> None:
        if value and len(value) > self._limit:
            raise ItemError("INCORRECT_FORMAT", column, value)

    def _properties(self, entry: dict[str, Any]) -> dict[str, str]:
        return {name: self._property(name, value) for name, value in (entry.get("properties") or {}).items()}

    def _property(self, name: str, value: object) -> str:
        if name not in self._formats:
            raise ItemError("INCORRECT_FORMAT", name, value)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        try:
            return self._reader.read(self._formats[name], text)
        except FormatError:
            raise ItemError("INCORRECT_FORMAT", name, value) from None

    def _parent(self, entry: dict[str, Any]) -> int | None:
        text = _text(entry, "parent")
        if not text:
            return None
        parent = self._parents.find(text) if self._parents else None
        if parent is None:
            raise ItemError("INCORRECT_FORMAT", "parent", text)
        return parent.id


def _text(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return None if value is None else str(value)
