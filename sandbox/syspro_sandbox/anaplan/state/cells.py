"""The cells of a module: per combination of items, the values of its line items."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from syspro_sandbox.anaplan.model.definition import Module
    from syspro_sandbox.anaplan.state.store import Store

Coordinates = tuple[int, ...]
Values = dict[str, str]


class Cells:
    """The cells of a module, held in memory while a request or an import works on them.

    Values are keyed by the name of the line item; a blank cell is absent.
    """

    def __init__(self, store: Store, module: Module) -> None:
        self._store = store
        self._module = module
        self._changed: set[Coordinates] = set()
        self._values: dict[Coordinates, Values] = {
            tuple(map(int, row["coordinates"].split(","))): json.loads(row["content"])
            for row in store.rows("SELECT * FROM cells WHERE module_id = ?", module.id)
        }

    def get(self, coordinates: Coordinates) -> Values:
        """The values at a combination of items."""
        return self._values.get(coordinates, {})

    def set(self, coordinates: Coordinates, line_item: str, value: str) -> None:
        """Set a cell; an empty value blanks it."""
        values = self._values.setdefault(coordinates, {})
        if value:
            values[line_item] = value
        else:
            values.pop(line_item, None)
        self._changed.add(coordinates)

    def clear(
        self,
        line_items: Iterable[str],
        within: Sequence[Container[int]] | None = None,
        *,
        spared: Container[int] = (),
    ) -> None:
        """Blank line items everywhere, or where each dimension's item is among the given ones.

        Cells on a spared item keep their values.
        """
        names = tuple(line_items)
        for coordinates, values in self._values.items():
            if any(item in spared for item in coordinates):
                continue
            if within is None or all(item in items for item, items in zip(coordinates, within, strict=True)):
                for name in names:
                    values.pop(name, None)
                self._changed.add(coordinates)

    def save(self) -> None:
        """Store what was changed."""
        self._store.execute_many(
            "INSERT OR REPLACE INTO cells VALUES (?, ?, ?)",
            (
                (
                    self._module.id,
                    ",".join(map(str, coordinates)),
                    json.dumps(self._values[coordinates], ensure_ascii=False),
                )
                for coordinates in self._changed
            ),
        )
        self._changed.clear()
