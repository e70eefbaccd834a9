"""Lists and their items (Anaplan reference, "Objects of a model" and "Writes of list items")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from syspro_sandbox.anaplan.importing.formats import show
from syspro_sandbox.anaplan.item_writes import ItemError, ItemWriter
from syspro_sandbox.anaplan.views import write_csv
from syspro_sandbox.anaplan.wire import ApiError, Call, Endpoint, sort_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syspro_sandbox.anaplan.model.definition import HierarchyList
    from syspro_sandbox.anaplan.state.items import Hierarchies, Item

PREVIEW_ROWS = 1000
PERMITTED_ITEMS = 1_000_000_000
CSV = "text/csv"


def named_list(call: Call) -> HierarchyList:
    """The list of the path.

    Raises:
        ApiError: 404.
    """
    for definition in _visible_lists(call):
        if definition.id == call.params["list"]:
            return definition
    raise ApiError(404)


def _visible_lists(call: Call) -> list[HierarchyList]:
    """The lists of the model that the user's role may see."""
    return [one for one in call.tenant.model.lists if one.name not in call.user.no_access]


def _visible_items(call: Call, definition: HierarchyList, hierarchies: Hierarchies) -> list[Item]:
    """The items that Selective Access shows the user."""
    return [] if definition.name in call.user.unseen_items else list(hierarchies[definition.name])


def list_lists(call: Call) -> Response:
    """`GET .../lists`."""
    lists = [{"id": definition.id, "name": definition.name} for definition in _visible_lists(call)]
    return call.page("list", "lists", sort_items(lists, call.text("sort")))


def show_list(call: Call) -> Response:
    """`GET .../lists/{list}`: what is not set is left out."""
    definition = named_list(call)
    items = call.tenant.hierarchies()[definition.name]
    metadata: dict[str, Any] = {
        "id": definition.id,
        "name": definition.name,
        "properties": [
            {"name": prop.name, "format": prop.format.kind, "notes": "", "referencedBy": ""}
            for prop in definition.properties
        ],
        "hasSelectiveAccess": definition.name in call.user.unseen_items,
        "managedBy": "",
        "numberedList": definition.numbered,
        "useTopLevelAsPageDefault": False,
        "itemCount": len(items),
        "permittedItems": PERMITTED_ITEMS,
        "workflowEnabled": False,
        "productionData": definition.production,
    }
    if definition.parent:
        parent = call.tenant.model.list_named[definition.parent]
        metadata["parent"] = {"id": parent.id, "name": parent.name}
    if definition.numbered:
        metadata["nextItemIndex"] = items.next_index
    return call.answer("list", metadata=metadata)


def _item_fields(
    call: Call, definition: HierarchyList, hierarchies: Hierarchies, item: Item, *, whole: bool
) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": str(item.id), "name": item.name}
    if item.code:
        fields["code"] = item.code
    if definition.parent and item.parent:
        parents = hierarchies[definition.parent]
        fields |= {
            "parent": parents.by_id[item.parent].name if item.parent in parents.by_id else "",
            "parentId": str(item.parent),
            "listId": parents.definition.id,
            "listName": parents.definition.name,
        }
    if whole:
        fields["subsets"] = {}
        fields["properties"] = {
            prop.name: show(prop.format, item.properties.get(prop.name, ""), call.tenant.model, hierarchies)
            for prop in definition.properties
        }
    return fields


def read_items(call: Call) -> Response:
    """`GET .../lists/{list}/items`, as JSON or CSV."""
    definition = named_list(call)
    hierarchies = call.tenant.hierarchies()
    items = _visible_items(call, definition, hierarchies)
    limit = call.tenant.options.max_items_read
    if len(items) > limit:
        raise ApiError(400, f"The list has more than {limit} items")
    whole = call.flag("includeAll")
    if call.accepts(CSV):
        return Response(write_csv(_csv_lines(call, definition, whole=whole)), media_type=CSV)
    fields = [_item_fields(call, definition, hierarchies, item, whole=whole) for item in items]
    if "limit" in call.request.query_params or "offset" in call.request.query_params:
        return call.page("listItems", "listItems", fields)
    return call.answer("listItems", listItems=fields)


def _csv_lines(call: Call, definition: HierarchyList, *, whole: bool) -> Iterator[list[str]]:
    """Items as lines; the columns are those of the JSON form (inferred: no sample is known)."""
    hierarchies = call.tenant.hierarchies()
    names = [prop.name for prop in definition.properties] if whole else []
    yield ["id", "name", "code", "parent", *names]
    for item in _visible_items(call, definition, hierarchies):
        fields = _item_fields(call, definition, hierarchies, item, whole=whole)
        known = [fields["id"], fields["name"], fields.get("code", ""), fields.get("parent", "")]
        yield known + [fields["properties"][name] for name in names]


def list_csv(call: Call) -> str:
    """The whole list as CSV, for large reads."""
    return write_csv(_csv_lines(call, named_list(call), whole=True))


def preview_items(call: Call) -> Response:
    """`GET .../lists/{list}/preview`: the first thousand rows of a large read."""
    lines = list(_csv_lines(call, named_list(call), whole=True))
    return Response(write_csv(lines[: PREVIEW_ROWS + 1]), media_type=CSV)


def write_items(call: Call) -> Response:
    """`POST .../lists/{list}/items?action=add|delete`."""
    action = call.text("action")
    if action == "add":
        return _write(call, lambda writer: writer.add, "added")
    if action == "delete":
        return _write(call, lambda writer: writer.delete, "deleted")
    raise ApiError(400, "The parameter action must be add or delete")


def update_items(call: Call) -> Response:
    """`PUT .../lists/{list}/items`."""
    return _write(call, lambda writer: writer.update, "updated")


def _write(
    call: Call, choose: Callable[[ItemWriter], Callable[[dict[str, Any]], None]], done: str
) -> Response:
    """Write item by item; each failure is told, the others are done all the same."""
    call.require_administrator()
    definition = named_list(call)
    items = call.json_object().get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ApiError(400, "The mandatory field items is missing")
    limit = call.tenant.options.max_items_written
    if len(items) > limit:
        raise ApiError(400, f"More than {limit} items in one call")
    if call.tenant.condition.is_deployed and not definition.production:
        raise ApiError(425, "The model is deployed and the list holds no production data")
    writer = ItemWriter(call.tenant, definition)
    write_one = choose(writer)
    failures = []
    for index, item in enumerate(items):
        failure = _try(write_one, item)
        if failure:
            failures.append(
                {
                    "requestIndex": index,
                    "failureType": failure.kind,
                    "failureMessageDetails": str(failure),
                }
            )
    writer.save()
    counts = {done: len(items) - len(failures)}
    if done != "deleted":
        counts |= {"ignored": len(failures), "total": len(items)}
    is_told = done != "updated" or call.tenant.options.update_failures_told
    return call.answer("listItems", **counts, failures=failures if is_told else [])


def _try(write_one: Callable[[dict[str, Any]], None], item: dict[str, Any]) -> ItemError | None:
    try:
        write_one(item)
    except ItemError as error:
        return error
    return None


def reset_index(call: Call) -> Response:
    """`POST .../lists/{list}/resetIndex`: for empty lists, in a deployed model of production data."""
    call.require_administrator()
    definition = named_list(call)
    items = call.tenant.hierarchies()[definition.name]
    if len(items):
        raise ApiError(400, "The list is not empty")
    if call.tenant.condition.is_deployed and not definition.production:
        raise ApiError(400, "The list holds no production data")
    items.reset_index()
    return Response(status_code=200)


ENDPOINTS = (
    Endpoint("GET", "/lists", list_lists, waits=True),
    Endpoint("GET", "/lists/{list}", show_list, waits=True),
    Endpoint("GET", "/lists/{list}/items", read_items, waits=True),
    Endpoint("POST", "/lists/{list}/items", write_items, waits=True, writes=True),
    Endpoint("PUT", "/lists/{list}/items", update_items, waits=True, writes=True),
    Endpoint("GET", "/lists/{list}/preview", preview_items, waits=True),
    Endpoint("POST", "/lists/{list}/resetIndex", reset_index, waits=True, writes=True),
)
