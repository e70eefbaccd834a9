"""Read `$metadata` (CSDL XML): which tables a company offers, with their columns, types and keys."""

from __future__ import annotations

import enum
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from xml.etree.ElementTree import Element

_DESCRIPTIONS = {"Org.OData.Core.V1.Description", "Org.OData.Core.V1.LongDescription"}


class ColumnKind(enum.Enum):
    """What the tap has to know of a column's type."""

    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    GUID = "guid"
    BINARY = "binary"
    OTHER = "other"


#: Types of the Entity Data Model; others are passed on as text.
KINDS: Mapping[str, ColumnKind] = {
    "Edm.String": ColumnKind.TEXT,
    "Edm.Decimal": ColumnKind.DECIMAL,
    "Edm.Byte": ColumnKind.INTEGER,
    "Edm.SByte": ColumnKind.INTEGER,
    "Edm.Int16": ColumnKind.INTEGER,
    "Edm.Int32": ColumnKind.INTEGER,
    "Edm.Int64": ColumnKind.INTEGER,
    "Edm.Single": ColumnKind.FLOAT,
    "Edm.Double": ColumnKind.FLOAT,
    "Edm.Boolean": ColumnKind.BOOLEAN,
    "Edm.Date": ColumnKind.DATE,
    "Edm.DateTimeOffset": ColumnKind.MOMENT,
    "Edm.Guid": ColumnKind.GUID,
    "Edm.Binary": ColumnKind.BINARY,
}


@dataclass(frozen=True)
class Column:
    """One property of an entity type."""

    name: str
    kind: ColumnKind
    max_length: int | None = None
    precision: int | None = None
    scale: int | None = None
    description: str = ""


@dataclass(frozen=True)
class EntitySet:
    """One table or view as the service offers it."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]


def parse(document: bytes) -> dict[str, EntitySet]:
    """Read the entity sets of a CSDL document.

    Whole SYSPRO databases have over a thousand tables, so the document is read as a stream and each element
    is dropped once read.

    Raises:
        ValueError: When the document is not CSDL.
    """
    types: dict[str, tuple[dict[str, Column], tuple[str, ...]]] = {}
    sets: dict[str, str] = {}
    try:
        for element in _elements(document):
            name = element.get("Name", "")
            if _tag(element) == "EntityType":
                types[name] = _entity_type(element)
                element.clear()
            elif _tag(element) == "EntitySet":
                sets[name] = element.get("EntityType", "").rpartition(".")[2]
    except (ElementTree.ParseError, DefusedXmlException) as error:
        msg = f"$metadata is not readable XML: {error}"
        raise ValueError(msg) from error
    if not sets:
        msg = "$metadata names no entity set"
        raise ValueError(msg)
    return {
        name: EntitySet(name, *types[entity_type])
        for name, entity_type in sets.items()
        if entity_type in types
    }


def _elements(document: bytes) -> Iterator[Element]:
    for _, element in ElementTree.iterparse(io.BytesIO(document), events=("end",)):
        yield element


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _entity_type(element: Element) -> tuple[dict[str, Column], tuple[str, ...]]:
    columns: dict[str, Column] = {}
    key: tuple[str, ...] = ()
    for child in element:
        if _tag(child) == "Property":
            column = _column(child)
            columns[column.name] = column
        elif _tag(child) == "Key":
            key = tuple(ref.get("Name", "") for ref in child if _tag(ref) == "PropertyRef")
    return columns, key


def _column(element: Element) -> Column:
    description = next(
        (
            note.get("String", "") or (note.findtext("./{*}String") or "")
            for note in element
            if _tag(note) == "Annotation" and note.get("Term") in _DESCRIPTIONS
        ),
        "",
    )
    return Column(
        name=element.get("Name", ""),
        kind=KINDS.get(element.get("Type", ""), ColumnKind.OTHER),
        max_length=_facet(element, "MaxLength"),
        precision=_facet(element, "Precision"),
        scale=_facet(element, "Scale"),
        description=description,
    )


def _facet(element: Element, name: str) -> int | None:
    """Read a facet; `max`, `variable` and the like say nothing that we use."""
    value = element.get(name, "")
    return int(value) if value.isdigit() else None
