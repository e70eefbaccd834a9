"""Writes of single cells, with the rules of the transactional call (Anaplan reference, "Writes of cells")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syspro_sandbox.anaplan.importing.formats import FormatError, Reader
from syspro_sandbox.anaplan.state.cells import Cells

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import LineItem, Module
    from syspro_sandbox.anaplan.state.cells import Coordinates
    from syspro_sandbox.anaplan.tenant import Tenant


class CellError(Exception):
    """A cell that is not written; `kind` is its `failureType`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class CellWriter:
    """The cells of one module, open for single writes."""

    def __init__(self, tenant: Tenant, module: Module) -> None:
        self._model = tenant.model
        self._module = module
        self._hierarchies = tenant.hierarchies()
        self._reader = Reader(tenant.model, self._hierarchies)
        self._cells = Cells(tenant.store, module)

    def write(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write the cells and return the `failures`."""
        failures = []
        for index, entry in enumerate(entries):
            error = self._try(entry)
            if error:
                failures.append(
                    {"requestIndex": index, "failureType": error.kind, "failureMessageDetails": str(error)}
                )
        self._cells.save()
        return failures

    def _try(self, entry: dict[str, Any]) -> CellError | None:
        try:
            self._write(entry)
        except CellError as error:
            return error
        return None

    def _write(self, entry: dict[str, Any]) -> None:
        line_item = self._line_item(entry)
        if line_item.formula:
            raise CellError(
                "cellIsCalculated", "the cell is a calculated/aggregate cell and is not writeable"
            )
        coordinates = self._coordinates(entry.get("dimensions") or [])
        value = entry.get("value")
        if value is None:
            raise CellError("valueNotPresent", "the value is missing")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        try:
            stored = self._reader.read(line_item.format, text)
        except FormatError as error:
            raise CellError("incompatibleCellType", str(error)) from None
        self._cells.set(coordinates, line_item.name, stored)

    def _line_item(self, entry: dict[str, Any]) -> LineItem:
        for line_item in self._module.line_items:
            if line_item.id == entry.get("lineItemId") or line_item.name == entry.get("lineItemName"):
                return line_item
        raise CellError("lineItemNotFound", "the line item is not one of the module")

    def _coordinates(self, given: list[dict[str, Any]]) -> Coordinates:
        places: dict[str, int] = {}
        for entry in given:
            for name in self._module.dimensions:
                if self._model.dimension_id(name) == entry.get("dimensionId") or name == entry.get(
                    "dimensionName"
                ):
                    places[name] = self._item(name, entry)
        if missing := [name for name in self._module.dimensions if name not in places]:
            raise CellError("dimensionsNotMatching", f"no item is given for {', '.join(missing)}")
        return tuple(places[name] for name in self._module.dimensions)

    def _item(self, dimension: str, entry: dict[str, Any]) -> int:
        identifier = str(entry.get("itemId") or "")
        known = str(entry.get("itemCode") or entry.get("itemName") or "")
        found: int | None = None
        fixed = self._model.fixed_items(dimension)
        if fixed is not None:
            found = fixed.get(known)
            if identifier.isdecimal() and int(identifier) in fixed.values():
                found = int(identifier)
        else:
            items = self._hierarchies[dimension]
            by_id = items.by_id.get(int(identifier)) if identifier.isdecimal() else None
            item = by_id or items.find(known)
            found = item.id if item else None
        if found is None:
            raise CellError("itemNotFound", f"there is no item {identifier or known} in {dimension}")
        return found
