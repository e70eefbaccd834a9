"""The items of one list, held in memory while a request or an import works on them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.model.definition import FIRST_LIST_ITEM_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syspro_sandbox.anaplan.model.definition import HierarchyList, Model, Module
    from syspro_sandbox.anaplan.state.store import Store

NUMBERED_PREFIX = "#"
INDEX = "index"
NEXT_ITEM = "next item"


@dataclass
class Item:
    """A list item; `properties` holds values as the formats write them."""

    id: int
    name: str
    code: str | None = None
    parent: int | None = None
    properties: dict[str, str] = field(default_factory=dict)


class Items:
    """The items of a list, found by identifier, code or name.

    Attributes:
        next_index: The index the next numbered item gets.
    """

    def __init__(self, store: Store, definition: HierarchyList) -> None:
        self._store = store
        self.definition = definition
        self.next_index: int = store.setting(f"{INDEX} {definition.id}", 1)
        self._next_id: int = store.setting(NEXT_ITEM, FIRST_LIST_ITEM_ID)
        self.by_id: dict[int, Item] = {}
        self._by_code: dict[str, Item] = {}
        self._by_name: dict[str, Item] = {}
        self._changed: dict[int, Item] = {}
        self._removed: set[int] = set()
        self._modules: list[Module] = []
        self._children: list[HierarchyList] = []
        for row in store.rows("SELECT * FROM item WHERE list_id = ? ORDER BY id", definition.id):
            self._index(
                Item(row["id"], row["name"], row["code"], row["parent"], json.loads(row["properties"]))
            )

    def __iter__(self) -> Iterator[Item]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def with_code(self, code: str) -> Item | None:
        """The item of that code."""
        return self._by_code.get(code)

    def with_name(self, name: str) -> Item | None:
        """The item of that name."""
        return self._by_name.get(name)

    def find(self, code_or_name: str) -> Item | None:
        """The item of that code, or else of that name (Anaplan reference, "Codes and names")."""
        return self._by_code.get(code_or_name) or self._by_name.get(code_or_name)

    def label(self, item: Item) -> str:
        """What users see of an item: its name, or the display name of a numbered item."""
        if not self.definition.numbered:
            return item.name
        shown = item.properties.get(self.definition.display or "")
        return shown or item.code or item.name

    def add(self, name: str | None, code: str | None) -> Item:
        """Add an item; a numbered list names it by its index."""
        if self.definition.numbered or name is None:
            name = f"{NUMBERED_PREFIX}{self.next_index}"
            self.next_index += 1
        item = Item(self._next_id, name, code)
        self._next_id += 1
        self._index(item)
        self.touch(item)
        return item

    def rename(self, item: Item, *, name: str | None = None, code: str | None = None) -> None:
        """Give an item another name or code."""
        if name is not None:
            self._by_name.pop(item.name, None)
            item.name = name
        if code is not None:
            self._by_code.pop(item.code or "", None)
            item.code = code
        self._index(item)
        self.touch(item)

    def touch(self, item: Item) -> None:
        """Note that an item differs from what is stored."""
        self._changed[item.id] = item

    def remove(self, item: Item, model: Model) -> None:
        """Take an item out, with the cells that stand on it; its children stay, without a parent."""
        self._removed.add(item.id)
        self._modules = [one for one in model.modules if self.definition.name in one.dimensions]
        self._children = [one for one in model.lists if one.parent == self.definition.name]
        del self.by_id[item.id]
        self._by_name.pop(item.name, None)
        self._by_code.pop(item.code or "", None)
        self._changed.pop(item.id, None)

    def reset_index(self) -> None:
        """Let numbered items start at 1 again."""
        self.next_index = 1
        self.save()

    def save(self) -> None:
        """Store what was changed; one list is written at a time, so that identifiers do not meet."""
        self._store.set_setting(f"{INDEX} {self.definition.id}", self.next_index)
        self._store.set_setting(NEXT_ITEM, self._next_id)
        if self._removed:
            self._save_removed()
        self._store.execute_many(
            "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    self.definition.id,
                    item.id,
                    item.name,
                    item.code,
                    item.parent,
                    json.dumps(item.properties, ensure_ascii=False),
                )
                for item in self._changed.values()
            ),
        )
        self._changed.clear()

    def _save_removed(self) -> None:
        """Store that items are gone, each table read once however many they are."""
        removed = self._removed
        self._store.execute_many(
            "DELETE FROM item WHERE list_id = ? AND id = ?", ((self.definition.id, one) for one in removed)
        )
        for module in self._modules:
            position = module.dimensions.index(self.definition.name)
            rows = self._store.rows("SELECT coordinates FROM cells WHERE module_id = ?", module.id)
            gone = [
                (module.id, row["coordinates"])
                for row in rows
                if int(row["coordinates"].split(",")[position]) in removed
            ]
            self._store.execute_many("DELETE FROM cells WHERE module_id = ? AND coordinates = ?", iter(gone))
        for child in self._children:
            found = self._store.rows("SELECT id, parent FROM item WHERE list_id = ?", child.id)
            orphans = [(child.id, row["id"]) for row in found if row["parent"] in removed]
            self._store.execute_many(
                "UPDATE item SET parent = NULL WHERE list_id = ? AND id = ?", iter(orphans)
            )
        removed.clear()

    def _index(self, item: Item) -> None:
        self.by_id[item.id] = item
        self._by_name[item.name] = item
        if item.code:
            self._by_code[item.code] = item


class Hierarchies:
    """The lists of the model, each loaded when it is first asked for."""

    def __init__(self, store: Store, model: Model) -> None:
        self._store = store
        self._model = model
        self._loaded: dict[str, Items] = {}

    def __getitem__(self, list_name: str) -> Items:
        if list_name not in self._loaded:
            self._loaded[list_name] = Items(self._store, self._model.list_named[list_name])
        return self._loaded[list_name]
