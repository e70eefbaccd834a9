"""The two documents that describe the service: the service document and `$metadata` (CSDL 4.0 in XML)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from syspro_sandbox.syspro.odata.entities import NAMESPACE, edm_type, is_rowversion_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syspro_sandbox.syspro.odata.entities import EntitySet
    from syspro_sandbox.syspro.options import DecimalFacets, ODataOptions
    from syspro_sandbox.syspro.tables import Column

_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
_ROWVERSION_BYTES = 8


def service_document(sets: Iterable[EntitySet], context: str) -> str:
    """The list of entity sets, as JSON."""
    listed = [{"name": each.name, "kind": "EntitySet", "url": quote(each.name)} for each in sets]
    return json.dumps({"@odata.context": context, "value": listed})


def metadata_document(sets: Iterable[EntitySet], options: ODataOptions) -> str:
    """The model, as XML: entity types in one schema, their sets in another, as Microsoft's builder does."""
    sets = list(sets)
    types = "".join(_entity_type(each, options) for each in sets)
    entries = "".join(_tag("EntitySet", Name=each.name, EntityType=each.type_name) for each in sets)
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<edmx:Edmx Version="4.0" xmlns:edmx="{_EDMX}"><edmx:DataServices>'
        f'<Schema Namespace="{NAMESPACE}" xmlns="{_EDM}">{types}</Schema>'
        f'<Schema Namespace="Default" xmlns="{_EDM}">'
        f'<EntityContainer Name="Container">{entries}</EntityContainer></Schema>'
        "</edmx:DataServices></edmx:Edmx>"
    )


def _entity_type(entity_set: EntitySet, options: ODataOptions) -> str:
    key = "".join(_tag("PropertyRef", Name=name) for name in entity_set.table.key)
    properties = "".join(
        _tag("Property", **_facets(column, options.decimal_facets)) for column in entity_set.columns
    )
    return (
        f"<EntityType Name={quoteattr(entity_set.name)}>"
        f"{f'<Key>{key}</Key>' if options.keys_in_metadata else ''}{properties}</EntityType>"
    )


def _facets(column: Column, decimals: DecimalFacets) -> dict[str, str]:
    return {"Name": column.name, "Type": edm_type(column), **dict(_type_facets(column, decimals))}


def _type_facets(column: Column, decimals: DecimalFacets) -> Iterator[tuple[str, str]]:
    if not column.nullable:
        yield "Nullable", "false"
    if column.kind == "string":
        yield "MaxLength", str(column.length)
    elif column.kind == "decimal" and not is_rowversion_number(column):
        if decimals in {"declared", "precision_only", "variable"}:
            yield "Precision", str(column.precision)
        if decimals in {"declared", "scale_only"}:
            yield "Scale", str(column.scale)
        elif decimals == "variable":
            yield "Scale", "variable"
    elif column.kind == "rowversion":
        yield "MaxLength", str(_ROWVERSION_BYTES)


def _tag(name: str, **attributes: str) -> str:
    written = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name} {written} />"
