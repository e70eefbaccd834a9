"""The default view of a module: its axes, its cells as a grid, and as tables.

Anaplan reference, "Views and line items".
"""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from syspro_sandbox.anaplan.importing.formats import show
from syspro_sandbox.anaplan.model.definition import LINE_ITEMS
from syspro_sandbox.anaplan.state.cells import Cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from syspro_sandbox.anaplan.model.definition import LineItem, Module
    from syspro_sandbox.anaplan.tenant import Tenant

ExportType = Literal["GRID_CURRENT_PAGE", "GRID_ALL_PAGES", "TABULAR_SINGLE_COLUMN", "TABULAR_MULTI_COLUMN"]
EXPORT_TYPES: tuple[ExportType, ...] = get_args(ExportType)

Members = tuple["Member", ...]


class TooLargeError(Exception):
    """A view with more cells than may be read at once."""


class PageError(Exception):
    """A page selector that names no page dimension or no item of it."""


@dataclass(frozen=True)
class Member:
    """An item on an axis."""

    id: str
    label: str
    code: str | None = None
    name: str = ""


@dataclass(frozen=True)
class GridRow:
    """A row of a grid."""

    coordinates: list[str]
    cells: list[str]


@dataclass(frozen=True)
class Grid:
    """One page of a view."""

    pages: list[str]
    columns: list[list[str]]
    rows: list[GridRow]


class View:
    """The default view of a module, or of some of its line items.

    Lists stand on it with the items they hold themselves; sums over parents are left to the reader.
    """

    def __init__(self, tenant: Tenant, module: Module, line_items: Sequence[LineItem] | None = None) -> None:
        self._tenant = tenant
        self._hierarchies = tenant.hierarchies()
        self.module = module
        self.line_items = tuple(line_items or module.line_items)
        self._cells: Cells | None = None

    def members(self, dimension: str) -> Members:
        """The items of a dimension, in the order of the view."""
        if dimension == LINE_ITEMS:
            return tuple(Member(item.id, item.name, name=item.name) for item in self.line_items)
        fixed = self._tenant.model.fixed_items(dimension)
        if fixed is not None:
            return tuple(Member(str(identifier), name, name=name) for name, identifier in fixed.items())
        items = self._hierarchies[dimension]
        return tuple(Member(str(item.id), items.label(item), item.code, item.name) for item in items)

    def page(self, selectors: Mapping[str, str]) -> dict[str, Member]:
        """The selected item of each page dimension, the first where none is named.

        Args:
            selectors: Item identifiers by dimension identifier.

        Raises:
            PageError: When a selector names nothing.
        """
        known = {self._tenant.model.dimension_id(name): name for name in self.module.pages}
        if unknown := set(selectors) - set(known):
            raise PageError(f"Invalid page dimension: {', '.join(sorted(unknown))}")
        selected: dict[str, Member] = {}
        for identifier, dimension in known.items():
            members = self.members(dimension)
            wanted = selectors.get(identifier)
            found = next((member for member in members if wanted in {None, member.id}), None)
            if found is None:
                raise PageError(f"Invalid page item: {identifier}:{wanted}")
            selected[dimension] = found
        return selected

    def pages(self) -> Iterator[dict[str, Member]]:
        """Every combination of page items."""
        axes = [self.members(name) for name in self.module.pages]
        for members in itertools.product(*axes):
            yield dict(zip(self.module.pages, members, strict=True))

    def grid(self, page: Mapping[str, Member], max_rows: int | None = None) -> Grid:
        """One page of the view.

        Raises:
            TooLargeError: When it has too many cells.
        """
        rows = self._combinations(self.module.rows)
        columns = self._combinations(self.module.columns)
        limit = self._tenant.options.max_view_cells
        if len(rows) * len(columns) > limit:
            raise TooLargeError(f"The view has more than {limit} cells")
        column_places = [dict(zip(self.module.columns, column, strict=True)) for column in columns]
        shown: list[GridRow] = []
        for row in rows[:max_rows]:
            place = {**page, **dict(zip(self.module.rows, row, strict=True))}
            cells = [self._cell({**place, **column}) for column in column_places]
            shown.append(GridRow([member.label for member in row], cells))
        return Grid(
            [member.label for member in page.values()],
            [[member.label for member in column] for column in columns],
            shown,
        )

    def grid_lines(self, page: Mapping[str, Member], max_rows: int | None = None) -> Iterator[list[str]]:
        """A page as lines: the page items, a line per column dimension, the rows."""
        grid = self.grid(page, max_rows)
        if grid.pages:
            yield grid.pages
        for level in range(len(self.module.columns)):
            yield [""] * len(self.module.rows) + [column[level] for column in grid.columns]
        for row in grid.rows:
            yield row.coordinates + row.cells

    def table_lines(self, *, one_column: bool) -> Iterator[list[str]]:
        """The view as a table: a column per dimension, then the values, per line item or in one column."""
        dimensions = [
            name
            for name in (*self.module.pages, *self.module.rows, *self.module.columns)
            if name != LINE_ITEMS
        ]
        line_items = self.members(LINE_ITEMS)
        if one_column:
            yield [*dimensions, LINE_ITEMS, "Value"]
        else:
            yield [*dimensions, *(member.label for member in line_items)]
        for members in self._combinations(dimensions):
            place = dict(zip(dimensions, members, strict=True))
            labels = [member.label for member in members]
            values = [self._cell({**place, LINE_ITEMS: line_item}) for line_item in line_items]
            if one_column:
                for line_item, value in zip(line_items, values, strict=True):
                    yield [*labels, line_item.label, value]
            else:
                yield labels + values

    def export_lines(
        self, export_type: ExportType, page: Mapping[str, Member], max_rows: int | None = None
    ) -> Iterator[list[str]]:
        """The lines of a layout."""
        if export_type == "GRID_CURRENT_PAGE":
            yield from self.grid_lines(page, max_rows)
        elif export_type == "GRID_ALL_PAGES":
            for one in self.pages():
                yield from self.grid_lines(one, max_rows)
        else:
            lines = self.table_lines(one_column=export_type == "TABULAR_SINGLE_COLUMN")
            yield from itertools.islice(lines, None if max_rows is None else max_rows + 1)

    def _combinations(self, dimensions: Sequence[str]) -> list[Members]:
        return list(itertools.product(*(self.members(name) for name in dimensions)))

    def _cell(self, place: Mapping[str, Member]) -> str:
        if self._cells is None:
            self._cells = Cells(self._tenant.store, self.module)
        coordinates = tuple(int(place[name].id) for name in self.module.dimensions)
        line_item = self.module.line_item(place[LINE_ITEMS].name)
        value = self._cells.get(coordinates).get(line_item.name, "")
        return show(line_item.format, value, self._tenant.model, self._hierarchies)


def write_csv(lines: Iterable[Sequence[str]], *, quote_all: bool = False) -> str:
    """Lines as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\n")
    writer.writerows(lines)
    return text.getvalue()
