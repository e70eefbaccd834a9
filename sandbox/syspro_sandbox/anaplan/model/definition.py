"""What a model consists of: lists, modules, data sources, imports and processes, as data.

Identifiers are twelve digits whose first three name the kind (Anaplan reference, "Identifiers").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FormatKind = Literal["NUMBER", "TEXT", "BOOLEAN", "DATE", "LIST", "TIME_ENTITY"]

TIME = "Time"
TIME_ID = "20000000003"
VERSIONS = "Versions"
VERSIONS_ID = "20000000020"
LINE_ITEMS = "Line Items"
LINE_ITEMS_ID = "20000000012"
FIRST_TIME_ITEM_ID = 5_438_300_001
FIRST_LIST_ITEM_ID = 201_000_000_001
FIRST_CREATED_FILE_ID = 113_000_001_000


@dataclass(frozen=True)
class Format:
    """The format of a property or line item; a LIST format names its list."""

    kind: FormatKind
    list_name: str = ""


NUMBER = Format("NUMBER")
TEXT = Format("TEXT")
BOOLEAN = Format("BOOLEAN")
DATE = Format("DATE")
TIME_ENTITY = Format("TIME_ENTITY")


def items_of(list_name: str) -> Format:
    """The format whose values are items of a list."""
    return Format("LIST", list_name)


@dataclass(frozen=True)
class Numbered:
    """Something with a number of its own in its family of identifiers."""

    number: int
    name: str
    family: ClassVar[str]

    @property
    def id(self) -> str:
        """The identifier on the wire."""
        return f"{self.family}{self.number:09d}"


@dataclass(frozen=True)
class Property:
    """A property of a list."""

    name: str
    format: Format


@dataclass(frozen=True)
class HierarchyList(Numbered):
    """A list.

    Args:
        numbered: Items are named `#1`, `#2`, ... by the model and identified by code.
        parent: The list its items' parents stand in.
        display: A numbered list's display name property; without one, items show their code.
        production: A deployed model lets its items be written.
    """

    family: ClassVar[str] = "101"
    numbered: bool = False
    parent: str | None = None
    properties: tuple[Property, ...] = ()
    display: str | None = None
    production: bool = False


@dataclass(frozen=True)
class LineItem(Numbered):
    """A line item; one with a formula is calculated and takes no data."""

    family: ClassVar[str] = "206"
    format: Format
    formula: str = ""


@dataclass(frozen=True)
class Module(Numbered):
    """A module and the layout of its default view; `LINE_ITEMS` stands on one of the axes."""

    family: ClassVar[str] = "102"
    dimensions: tuple[str, ...]
    line_items: tuple[LineItem, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    pages: tuple[str, ...] = ()

    def line_item(self, name: str) -> LineItem:
        """The line item of that name."""
        return next(item for item in self.line_items if item.name == name)


@dataclass(frozen=True)
class Version(Numbered):
    """An item of the versions; a closed one takes no data (Anaplan reference, "Cells that take no data")."""

    family: ClassVar[str] = "107"
    closed: bool = False


@dataclass(frozen=True)
class DataSource(Numbered):
    """An import data source: the file that is uploaded, and how it is written.

    Anaplan reference, "File format". One of type MODEL is another model, and no file.
    """

    family: ClassVar[str] = "113"
    headers: tuple[str, ...] = ()
    encoding: str = "UTF-8"
    separator: str = ","
    delimiter: str = '"'
    header_row: int = 1
    first_data_row: int = 2
    decimal_separator: str = "."
    type: Literal["FILE", "MODEL"] = "FILE"


Clear = Literal["none", "source", "all"]
#: What a task runs, as its path says it.
TaskKind = Literal["imports", "processes", "actions", "exports"]


@dataclass(frozen=True)
class ListImport(Numbered):
    """An import into a list; columns are found by their header (Anaplan reference, "Columns of an import").

    Args:
        source: The data source's name.
        target: The list's name.
        code_column: The header of the code, the key that is tried first.
        name_column: The header of the name; a numbered list has none.
        key_properties: Properties whose values together are the key, in place of code and name
            (Anaplan reference, "Codes and names").
        parent_column: The header of the parent's name or code.
        properties: Property to header.
        reject_duplicates: Duplicate keys in the file reject the whole import; otherwise the first is loaded.
        date_format: How dates are written in the file.
    """

    family: ClassVar[str] = "112"
    import_type: ClassVar[str] = "HIERARCHY_DATA"
    source: str
    target: str
    code_column: str | None = None
    name_column: str | None = None
    parent_column: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    reject_duplicates: bool = False
    date_format: str = "%Y-%m-%d"
    key_properties: tuple[str, ...] = ()

    @property
    def mandatory(self) -> tuple[str, ...]:
        """The headers without which the import fails with `missingFields`."""
        if self.key_properties:
            return tuple(self.properties[name] for name in self.key_properties)
        return tuple({column: None for column in (self.code_column, self.name_column) if column})


@dataclass(frozen=True)
class ModuleImport(Numbered):
    """An import into a module; columns are found by their header (Anaplan reference, "Columns of an import").

    Args:
        source: The data source's name.
        target: The module's name.
        dimensions: Dimension to header.
        constants: Dimension to the item that stands for all rows.
        prompts: Dimension to the `entityType` whose item whoever starts the import gives
            (Anaplan reference, "Mapping parameters").
        line_items: Line item to header.
        clear: What is cleared first: nothing (only imported cells change), the mapped line items where
            every dimension's item occurs in the source, or everywhere.
        date_format: How dates are written in the file.
    """

    family: ClassVar[str] = "112"
    import_type: ClassVar[str] = "MODULE_DATA"
    source: str
    target: str
    dimensions: Mapping[str, str]
    line_items: Mapping[str, str]
    clear: Clear = "none"
    date_format: str = "%Y-%m-%d"
    constants: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)

    @property
    def mandatory(self) -> tuple[str, ...]:
        """The headers without which the import fails with `missingFields`."""
        return tuple(self.dimensions.values())


Import: TypeAlias = "ListImport | ModuleImport"


@dataclass(frozen=True)
class DeleteAction(Numbered):
    """Delete from a list the items on which a line item is true (Anaplan reference, "Delete actions").

    Args:
        target: The list's name.
        module: The name of the module, dimensioned by the list alone.
        line_item: The name of its line item, a Boolean.
    """

    family: ClassVar[str] = "117"
    action_type: ClassVar[str] = "DELETE_BY_SELECTION"
    target: str
    module: str
    line_item: str


Step: TypeAlias = "Import | DeleteAction"


@dataclass(frozen=True)
class Process(Numbered):
    """A process: imports and other actions, by name, in the order they run."""

    family: ClassVar[str] = "118"
    imports: tuple[str, ...]


N = TypeVar("N", bound=Numbered)


def _by_name(things: Iterable[N]) -> dict[str, N]:
    return {thing.name: thing for thing in things}


@dataclass(frozen=True)
class Model:
    """A model in its workspace; `months` are the items of its time dimension."""

    id: str
    name: str
    workspace_id: str
    workspace_name: str
    months: tuple[str, ...]
    lists: tuple[HierarchyList, ...]
    modules: tuple[Module, ...]
    sources: tuple[DataSource, ...]
    imports: tuple[Import, ...]
    processes: tuple[Process, ...]
    actions: tuple[DeleteAction, ...] = ()
    versions: tuple[Version, ...] = ()

    @cached_property
    def list_named(self) -> dict[str, HierarchyList]:
        """Lists by name."""
        return _by_name(self.lists)

    @cached_property
    def module_named(self) -> dict[str, Module]:
        """Modules by name."""
        return _by_name(self.modules)

    @cached_property
    def source_named(self) -> dict[str, DataSource]:
        """Data sources by name."""
        return _by_name(self.sources)

    @cached_property
    def import_named(self) -> dict[str, Import]:
        """Imports by name."""
        return _by_name(self.imports)

    @cached_property
    def time_items(self) -> dict[str, int]:
        """Identifiers of the months, by name."""
        return {name: FIRST_TIME_ITEM_ID + index for index, name in enumerate(self.months)}

    @cached_property
    def time_names(self) -> dict[int, str]:
        """Names of the months, by identifier."""
        return {identifier: name for name, identifier in self.time_items.items()}

    @cached_property
    def step_named(self) -> dict[str, Step]:
        """What a process may run, by name."""
        return {**_by_name(self.actions), **self.import_named}

    def steps_of(self, kind: TaskKind, action_id: str) -> list[Step]:
        """The imports and actions that a task runs, in order; empty when there is no such action."""
        if kind == "imports":
            return [definition for definition in self.imports if definition.id == action_id]
        if kind == "actions":
            return [definition for definition in self.actions if definition.id == action_id]
        if kind == "processes":
            processes = (process for process in self.processes if process.id == action_id)
            return [self.step_named[name] for process in processes for name in process.imports]
        return []

    def fixed_items(self, dimension: str) -> dict[str, int] | None:
        """The identifiers of the items of Time and Versions, by name; None for lists."""
        if dimension == VERSIONS:
            return {version.name: int(version.id) for version in self.versions}
        return self.time_items if dimension == TIME else None

    def dimension_id(self, name: str) -> str:
        """The identifier of a dimension: a list, Time, Versions, or the line items."""
        fixed = {TIME: TIME_ID, VERSIONS: VERSIONS_ID, LINE_ITEMS: LINE_ITEMS_ID}
        return fixed.get(name) or self.list_named[name].id
