"""Modules, line items, dimensions, views and cells.

Anaplan reference, "Views and line items" and "Writes of cells".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from syspro_sandbox.anaplan.cell_writes import CellWriter
from syspro_sandbox.anaplan.model.definition import LINE_ITEMS, TIME
from syspro_sandbox.anaplan.views import (
    EXPORT_TYPES,
    ExportType,
    Member,
    PageError,
    TooLargeError,
    View,
    write_csv,
)
from syspro_sandbox.anaplan.wire import ApiError, Call, Endpoint, sort_items

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import LineItem, Module

MAX_CELLS_WRITTEN = 100_000
MAX_BYTES_WRITTEN = 15_000_000
CSV = "text/csv"
ESCAPED = "escaped=true"

NUMBER_METADATA = {
    "minimumSignificantDigits": 4,
    "decimalPlaces": 2,
    "negativeNumberNotation": "MINUS_SIGN",
    "unitsType": "NONE",
    "unitsDisplayType": "NONE",
    "customUnits": None,
    "zeroFormat": "ZERO",
    "comparisonIncrease": "GOOD",
    "groupingSeparator": "COMMA",
    "decimalSeparator": "FULL_STOP",
}
MONTH = {"entityId": "MONTH", "entityLabel": "Month", "entityIndex": 0}


def _modules(call: Call) -> tuple[Module, ...]:
    """The modules that the user's role may see."""
    return tuple(one for one in call.tenant.model.modules if one.name not in call.user.no_access)


def _module(call: Call) -> Module:
    for module in _modules(call):
        if module.id == call.params["module"]:
            return module
    raise ApiError(404)


def list_modules(call: Call) -> Response:
    """`GET .../modules`."""
    modules = [{"id": module.id, "name": module.name} for module in _modules(call)]
    return call.page("module", "modules", sort_items(modules, call.text("sort")))


def _format_metadata(call: Call, line_item: LineItem) -> dict[str, Any]:
    kind = line_item.format.kind
    if kind == "NUMBER":
        return {"dataType": kind, **NUMBER_METADATA}
    if kind == "TEXT":
        return {"dataType": kind, "textType": "GENERAL"}
    if kind == "TIME_ENTITY":
        return {"dataType": kind, "periodType": MONTH}
    if kind == "LIST":
        return {
            "dataType": "ENTITY",
            "hierarchyEntityLongId": call.tenant.model.list_named[line_item.format.list_name].id,
            "selectiveAccessApplied": False,
            "showAll": False,
        }
    return {"dataType": kind}


def _line_item_fields(call: Call, module: Module, line_item: LineItem) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "moduleId": module.id,
        "moduleName": module.name,
        "id": line_item.id,
        "name": line_item.name,
    }
    if not call.flag("includeAll"):
        return fields
    kind = line_item.format.kind
    fields |= {
        "isSummary": False,
        "startOfSection": False,
        "broughtForward": False,
        "useSwitchover": False,
        "breakback": False,
        "version": {"name": "All", "id": "16000000000"},
        "appliesTo": [dimension for dimension in _dimensions(call, module) if dimension["name"] != TIME],
        "format": call.tenant.options.time_format_name if kind == "TIME_ENTITY" else kind,
        "formatMetadata": _format_metadata(call, line_item),
        "summary": "Sum" if kind == "NUMBER" else "None",
        "timeScale": "Month" if TIME in module.dimensions else "Not Applicable",
        "timeRange": "Model Calendar" if TIME in module.dimensions else "Not Applicable",
        "formulaScope": "All Versions",
        "style": "Normal",
        "code": "",
        "notes": "",
    }
    if line_item.formula:
        fields["formula"] = line_item.formula
    return fields


def _dimensions(call: Call, module: Module) -> list[dict[str, str]]:
    return [{"id": call.tenant.model.dimension_id(name), "name": name} for name in module.dimensions]


def list_module_line_items(call: Call) -> Response:
    """`GET .../modules/{module}/lineItems`."""
    module = _module(call)
    return call.answer(
        "lineItem", items=[_line_item_fields(call, module, line_item) for line_item in module.line_items]
    )


def list_line_items(call: Call) -> Response:
    """`GET .../lineItems`."""
    items = [
        _line_item_fields(call, module, line_item)
        for module in _modules(call)
        for line_item in module.line_items
    ]
    return call.answer("lineItem", items=items)


def _find_line_item(call: Call, identifier: str) -> tuple[Module, LineItem]:
    for module in _modules(call):
        for line_item in module.line_items:
            if line_item.id == identifier:
                return module, line_item
    raise ApiError(404)


def list_line_item_dimensions(call: Call) -> Response:
    """`GET .../lineItems/{lineItem}/dimensions`."""
    module, _ = _find_line_item(call, call.params["lineItem"])
    return call.answer("dimension", dimensions=_dimensions(call, module))


def list_line_item_dimension_items(call: Call) -> Response:
    """`GET .../lineItems/{lineItem}/dimensions/{dimension}/items`."""
    module, line_item = _find_line_item(call, call.params["lineItem"])
    return _dimension_items(call, View(call.tenant, module, [line_item]))


def list_view_dimension_items(call: Call) -> Response:
    """`GET .../views/{view}/dimensions/{dimension}/items`."""
    return _dimension_items(call, _view(call))


def _dimension_items(call: Call, view: View) -> Response:
    for name in (*view.module.dimensions, LINE_ITEMS):
        if call.tenant.model.dimension_id(name) == call.params["dimension"]:
            return call.answer("dimension", items=[_member_fields(member) for member in view.members(name)])
    raise ApiError(404)


def _member_fields(member: Member) -> dict[str, str]:
    code = {"code": member.code} if member.code else {}
    return {"id": member.id, "name": member.label, **code}


def list_dimension_items(call: Call) -> Response:
    """`GET .../dimensions/{dimension}/items`: of lists; Time is refused.

    Anaplan reference, "Views and line items".
    """
    return call.answer("dimension", items=[_member_fields(member) for member in _list_members(call)])


def find_dimension_items(call: Call) -> Response:
    """`POST .../dimensions/{dimension}/items`: those of given names or codes, whatever their case."""
    body = call.json_object()
    names = {str(name).lower() for name in body.get("names") or ()}
    codes = {str(code).lower() for code in body.get("codes") or ()}
    if not names and not codes:
        raise ApiError(400, "names or codes must be given")
    found = [
        _member_fields(member)
        for member in _list_members(call, time_allowed=not codes)
        if member.name.lower() in names
        or member.label.lower() in names
        or (member.code or "").lower() in codes
    ]
    return call.answer("dimension", items=found)


def _list_members(call: Call, *, time_allowed: bool = False) -> tuple[Member, ...]:
    tenant = call.tenant
    identifier = call.params["dimension"]
    view = View(tenant, tenant.model.modules[0])
    if identifier == tenant.model.dimension_id(TIME):
        if not time_allowed:
            raise ApiError(400, "The Time dimension is not supported")
        return view.members(TIME)
    for definition in tenant.model.lists:
        if definition.id == identifier:
            return view.members(definition.name)
    raise ApiError(404)


def list_views(call: Call) -> Response:
    """`GET .../views`: a module's default view bears the name of the module."""
    views = [_view_fields(module, module.name) for module in _modules(call)]
    return call.page("view", "views", sort_items(views, call.text("sort")))


def list_module_views(call: Call) -> Response:
    """`GET .../modules/{module}/views`."""
    return call.page("view", "views", [_view_fields(_module(call), "default")])


def _view_fields(module: Module, name: str) -> dict[str, str]:
    return {"code": "", "id": module.id, "name": name, "moduleId": module.id}


def _view(call: Call) -> View:
    """The view of the path: a module's own, or a line item's."""
    identifier = call.params["view"]
    for module in _modules(call):
        if module.id == identifier:
            return View(call.tenant, module)
    module, line_item = _find_line_item(call, identifier)
    return View(call.tenant, module, [line_item])


def show_view(call: Call) -> Response:
    """`GET .../views/{view}`: an axis without dimensions is left out."""
    module = _view(call).module
    axes = {
        axis: [{"id": call.tenant.model.dimension_id(name), "name": name} for name in names]
        for axis, names in (("rows", module.rows), ("columns", module.columns), ("pages", module.pages))
    }
    return call.answer("view", viewName=module.name, viewId=call.params["view"], **axes)


def read_view(call: Call) -> Response:
    """`GET .../views/{view}/data`: CSV, or JSON when both the header and `format=v1` ask for it."""
    view = _view(call)
    try:
        page = view.page(_page_selectors(call))
        if call.accepts("application/json") and call.text("format") == "v1":
            return _grid_json(call, view, page)
        lines = view.export_lines(_export_type(call), page, _max_rows(call))
        return Response(write_csv(lines, quote_all=call.accepts(ESCAPED)), media_type=CSV)
    except (PageError, TooLargeError) as error:
        raise ApiError(400, str(error)) from None


def _grid_json(call: Call, view: View, page: dict[str, Member]) -> Response:
    grid = view.grid(page, _max_rows(call))
    return JSONResponse(
        {
            "pages": grid.pages,
            "columnCoordinates": grid.columns,
            "rows": [{"rowCoordinates": row.coordinates, "cells": row.cells} for row in grid.rows],
        }
    )


def view_csv(call: Call, export_type: ExportType) -> str:
    """The whole view as CSV, for large reads."""
    view = _view(call)
    return write_csv(view.export_lines(export_type, view.page({})))


def _page_selectors(call: Call) -> dict[str, str]:
    """`pages=dimension:item`, repeated or separated by commas."""
    terms = [term for text in call.request.query_params.getlist("pages") for term in text.split(",")]
    selectors: dict[str, str] = {}
    for term in filter(None, terms):
        dimension, separator, item = term.partition(":")
        if not separator:
            raise ApiError(400, f"Invalid page selector: {term}")
        selectors[dimension] = item
    return selectors


def _export_type(call: Call) -> ExportType:
    wanted = call.text("exportType") or "GRID_CURRENT_PAGE"
    for known in EXPORT_TYPES:
        if known == wanted:
            if known.startswith("TABULAR") and not call.text("moduleId"):
                raise ApiError(400, "The mandatory parameter moduleId is missing")
            return known
    raise ApiError(400, f"Invalid exportType: {wanted}")


def _max_rows(call: Call) -> int | None:
    text = call.text("maxRows")
    if text and not text.isdecimal():
        raise ApiError(400, f"Invalid value for maxRows: {text}")
    return int(text) if text else None


def write_cells(call: Call) -> Response:
    """`POST .../modules/{module}/data`: cell by cell; what fails is told, the others are written."""
    module = _module(call)
    entries = call.json()
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ApiError(400, "The request body must be an array of cells")
    if len(entries) > MAX_CELLS_WRITTEN or len(call.body) > MAX_BYTES_WRITTEN:
        raise ApiError(400, f"More than {MAX_CELLS_WRITTEN} cells or {MAX_BYTES_WRITTEN} bytes in one call")
    writer = CellWriter(call.tenant, module)
    failures = writer.write(entries)
    return call.answer(
        "writeCellDataResponse", numberOfCellsChanged=len(entries) - len(failures), failures=failures
    )


ENDPOINTS = (
    Endpoint("GET", "/modules", list_modules, waits=True),
    Endpoint("GET", "/modules/{module}/lineItems", list_module_line_items, waits=True),
    Endpoint("GET", "/modules/{module}/views", list_module_views, waits=True),
    Endpoint("POST", "/modules/{module}/data", write_cells, waits=True, writes=True),
    Endpoint("GET", "/lineItems", list_line_items, waits=True),
    Endpoint("GET", "/lineItems/{lineItem}/dimensions", list_line_item_dimensions, waits=True),
    Endpoint(
        "GET",
        "/lineItems/{lineItem}/dimensions/{dimension}/items",
        list_line_item_dimension_items,
        waits=True,
    ),
    Endpoint("GET", "/dimensions/{dimension}/items", list_dimension_items, waits=True),
    Endpoint("POST", "/dimensions/{dimension}/items", find_dimension_items, waits=True),
    Endpoint("GET", "/views", list_views, waits=True),
    Endpoint("GET", "/views/{view}", show_view, waits=True),
    Endpoint("GET", "/views/{view}/data", read_view, waits=True),
    Endpoint("GET", "/views/{view}/dimensions/{dimension}/items", list_view_dimension_items, waits=True),
)
