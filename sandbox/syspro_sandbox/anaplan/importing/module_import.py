"""Imports into a module: cells by the items of their dimensions; duplicate keys add up.

Anaplan reference, "Module imports".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.formats import FormatError, Reader, write_number
from syspro_sandbox.anaplan.importing.outcome import ERROR, WARNING, CellCounts, DumpFile, Outcome
from syspro_sandbox.anaplan.model.definition import TIME
from syspro_sandbox.anaplan.state.cells import Cells, Coordinates

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.importing.source import Row, SourceFile
    from syspro_sandbox.anaplan.model.definition import DataSource, LineItem, ModuleImport
    from syspro_sandbox.anaplan.options import AnaplanOptions
    from syspro_sandbox.anaplan.state.items import Hierarchies
    from syspro_sandbox.anaplan.state.store import Store


@dataclass(frozen=True)
class Column:
    """A line item and where its values stand in the file."""

    line_item: LineItem
    position: int


class AggregateCellError(Exception):
    """A row on a parent item, whose cells are sums; it is ignored."""


class ModuleImporter:
    """One run of a module import."""

    def __init__(
        self,
        definition: ModuleImport,
        source: DataSource,
        options: AnaplanOptions,
        hierarchies: Hierarchies,
        store: Store,
    ) -> None:
        self._definition = definition
        self._options = options
        self._hierarchies = hierarchies
        self._module = options.model.module_named[definition.target]
        self._formats = {item.name: item.format for item in self._module.line_items}
        self._cells = Cells(store, self._module)
        self._reader = Reader(
            options.model,
            hierarchies,
            decimal_separator=source.decimal_separator,
            date_format=definition.date_format,
        )
        self._written: set[tuple[Coordinates, str]] = set()

    def run(self, file: SourceFile) -> Outcome:
        """Load a file; the caller has checked that the columns of the dimensions are there."""
        positions = [
            (dimension, file.header.index(self._definition.dimensions[dimension]))
            for dimension in self._module.dimensions
        ]
        columns = [
            Column(self._module.line_item(name), position)
            for name, header in self._definition.line_items.items()
            if (position := file.position(header)) is not None
        ]
        counts = {column.line_item.name: CellCounts() for column in columns}
        dump = DumpFile(file.header)
        located: list[tuple[Row, Coordinates]] = []
        for row in file.rows:
            place = self._locate(row, positions)
            if isinstance(place, tuple):
                located.append((row, place))
            elif place is None:
                for count in counts.values():
                    count.ignored += 1
            else:
                dump.add(ERROR, row, [str(place)])
                for count in counts.values():
                    count.failed += 1
        self._clear(columns, [coordinates for _, coordinates in located], has_rows=bool(file.rows))
        for row, coordinates in located:
            self._load(row, coordinates, columns, counts, dump)
        self._cells.save()
        dump.rows.sort(key=lambda entry: entry[1].line)
        return Outcome(
            [count.detail(name) for name, count in counts.items()],
            dump=dump.content(status_column=self._options.dump_status_column),
            ignored=sum(count.ignored for count in counts.values()),
        )

    def _locate(self, row: Row, positions: list[tuple[str, int]]) -> Coordinates | FormatError | None:
        """The items of the row, in the order of the module's dimensions.

        Returns:
            What is wrong with an item that is not there; None for a parent item, whose cells are sums.
        """
        try:
            return tuple(self._item(dimension, row.at(position)) for dimension, position in positions)
        except FormatError as error:
            return error
        except AggregateCellError:
            return None

    def _item(self, dimension: str, text: str) -> int:
        model = self._options.model
        if dimension == TIME:
            found = model.time_items.get(text)
            if found is None:
                raise FormatError("TIME_ENTITY", text)
            return found
        items = self._hierarchies[dimension]
        item = items.find(text) if text else None
        if item is not None:
            return item.id
        ancestor = items.definition.parent
        while ancestor and text:
            if self._hierarchies[ancestor].find(text):
                raise AggregateCellError
            ancestor = model.list_named[ancestor].parent
        raise FormatError("LIST", text)

    def _clear(self, columns: list[Column], targets: list[Coordinates], *, has_rows: bool) -> None:
        """Clear the target first; a file without rows clears nothing."""
        mode = self._definition.clear
        if mode == "none" or not has_rows:
            return
        names = [column.line_item.name for column in columns if not column.line_item.formula]
        if mode == "all":
            self._cells.clear(names)
        else:
            self._cells.clear(names, [set(items) for items in zip(*targets, strict=True)])

    def _load(
        self,
        row: Row,
        coordinates: Coordinates,
        columns: list[Column],
        counts: dict[str, CellCounts],
        dump: DumpFile,
    ) -> None:
        texts: dict[str, str] = {}
        for column in columns:
            if column.line_item.formula:
                counts[column.line_item.name].ignored += 1
            else:
                texts[column.line_item.name] = row.at(column.position)
        values, errors = self._reader.read_all(self._formats, texts)
        rejected = any(error.identifies or self._options.bad_module_value == "reject" for error in errors)
        if errors:
            dump.add(ERROR if rejected else WARNING, row, [str(error) for error in errors])
        for error in errors:
            counts[error.name].failed += 1
        for name, value in values.items():
            if rejected:
                counts[name].failed += 1
            else:
                self._write(coordinates, name, value)
                counts[name].success += 1

    def _write(self, coordinates: Coordinates, name: str, value: str) -> None:
        """Write a cell; numbers written twice to it in one import add up, other values replace each other."""
        cell = (coordinates, name)
        if cell in self._written and self._formats[name].kind == "NUMBER":
            before = self._cells.get(coordinates).get(name, "")
            value = write_number(Decimal(before or 0) + Decimal(value or 0))
        self._written.add(cell)
        self._cells.set(coordinates, name, value)
