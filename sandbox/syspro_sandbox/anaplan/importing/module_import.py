"""Imports into a module: cells by the items of their dimensions; duplicate keys add up.

Anaplan reference, "Module imports".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.formats import FormatError, Reader, write_number
from syspro_sandbox.anaplan.importing.outcome import ERROR, WARNING, CellCounts, DumpFile, Outcome, failure
from syspro_sandbox.anaplan.model.definition import VERSIONS
from syspro_sandbox.anaplan.state.cells import Cells, Coordinates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


#: A dimension, and what names its item for a row.
ItemReader = tuple[str, "Callable[[Row], str]"]
NO_ACCESS = "No write access"


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
        *,
        store: Store,
        parameters: Mapping[str, str],
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
        self._fixed = {
            **definition.constants,
            **{name: parameters.get(kind, "") for name, kind in definition.prompts.items()},
        }
        self._closed = {int(version.id) for version in options.model.versions if version.closed}
        self._written: set[tuple[Coordinates, str]] = set()

    def run(self, file: SourceFile) -> Outcome:
        """Load a file; the caller has checked that the columns of the dimensions are there."""
        readers = [self._reader_of(dimension, file) for dimension in self._module.dimensions]
        columns = [
            Column(self._module.line_item(name), position)
            for name, header in self._definition.line_items.items()
            if (position := file.position(header)) is not None
        ]
        counts = {column.line_item.name: CellCounts() for column in columns}
        dump = DumpFile(file)
        located: list[tuple[Row, Coordinates]] = []
        for row in file.rows:
            place = self._locate(row, readers)
            if isinstance(place, tuple):
                located.append((row, place))
            elif place is None:
                for count in counts.values():
                    count.ignored += 1
            else:
                dump.add(ERROR, row, [str(place)])
                for count in counts.values():
                    count.failed += 1
        if self._options.unwritable_cells == "fail" and any(
            self._is_unwritable(column.line_item, coordinates)
            for _, coordinates in located
            for column in columns
        ):
            return failure("moduleImportNoWriteAccess", "You do not have write access to all cells")
        self._clear(columns, [coordinates for _, coordinates in located], has_rows=bool(file.rows))
        for row, coordinates in located:
            self._load(row, coordinates, columns, counts, dump)
        self._cells.save()
        dump.rows.sort(key=lambda entry: entry[1].line)
        return Outcome(
            [count.detail(name) for name, count in counts.items()],
            dump=dump.content(self._options),
            ignored=sum(count.ignored for count in counts.values()),
        )

    def _reader_of(self, dimension: str, file: SourceFile) -> ItemReader:
        """What tells the item of a dimension: the import, whoever started it, or a column."""
        if dimension in self._fixed:
            item = self._fixed[dimension]
            return dimension, lambda _: item
        position = file.header.index(self._definition.dimensions[dimension])
        return dimension, lambda row: row.at(position)

    def _locate(self, row: Row, readers: list[ItemReader]) -> Coordinates | FormatError | None:
        """The items of the row, in the order of the module's dimensions.

        Returns:
            What is wrong with an item that is not there; None for a parent item, whose cells are sums.
        """
        try:
            return tuple(self._item(dimension, read(row)) for dimension, read in readers)
        except FormatError as error:
            return error
        except AggregateCellError:
            return None

    def _item(self, dimension: str, text: str) -> int:
        model = self._options.model
        fixed = model.fixed_items(dimension)
        if fixed is not None:
            if text not in fixed:
                raise FormatError("LIST" if dimension == VERSIONS else "TIME_ENTITY", text)
            return fixed[text]
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
        names = [
            column.line_item.name
            for column in columns
            if not column.line_item.formula and not self._is_read_only(column.line_item)
        ]
        within = None if mode == "all" else [set(items) for items in zip(*targets, strict=True)]
        self._cells.clear(names, within, spared=self._closed)

    def _is_read_only(self, line_item: LineItem) -> bool:
        names = {self._module.name, f"{self._module.name}.{line_item.name}"}
        return not names.isdisjoint(self._options.unwritable)

    def _is_unwritable(self, line_item: LineItem, coordinates: Coordinates) -> bool:
        """Whether the cell takes no data for want of access, or because its version is closed."""
        return self._is_read_only(line_item) or not self._closed.isdisjoint(coordinates)

    def _load(
        self,
        row: Row,
        coordinates: Coordinates,
        columns: list[Column],
        counts: dict[str, CellCounts],
        dump: DumpFile,
    ) -> None:
        texts: dict[str, str] = {}
        refused: list[str] = []
        for column in columns:
            name, text = column.line_item.name, row.at(column.position)
            if column.line_item.formula:
                counts[name].ignored += 1
            elif self._is_unwritable(column.line_item, coordinates):
                self._refuse(name, counts, refused)
            elif text or self._options.blank_cells == "clear":
                texts[name] = text
            else:
                counts[name].success += 1
        values, errors = self._reader.read_all(self._formats, texts)
        rejected = any(error.identifies or self._options.bad_module_value == "reject" for error in errors)
        if errors or refused:
            status = ERROR if rejected or not texts else WARNING
            dump.add(status, row, [*refused, *(str(error) for error in errors)])
        for error in errors:
            counts[error.name].failed += 1
        for name, value in values.items():
            if rejected:
                counts[name].failed += 1
            else:
                self._write(coordinates, name, value)
                counts[name].success += 1

    def _refuse(self, name: str, counts: dict[str, CellCounts], refused: list[str]) -> None:
        """Count a cell that takes no data, as the switch says."""
        if self._options.unwritable_cells == "reject":
            counts[name].failed += 1
            refused.append(f"{NO_ACCESS}: {name}")
        else:
            counts[name].ignored += 1

    def _write(self, coordinates: Coordinates, name: str, value: str) -> None:
        """Write a cell; numbers written twice to it in one import add up, other values replace each other."""
        cell = (coordinates, name)
        if cell in self._written and self._formats[name].kind == "NUMBER":
            before = self._cells.get(coordinates).get(name, "")
            value = write_number(Decimal(before or 0) + Decimal(value or 0))
        self._written.add(cell)
        self._cells.set(coordinates, name, value)
