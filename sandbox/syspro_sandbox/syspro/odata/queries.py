"""Query options: from the query string of a request to what is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from syspro_sandbox.syspro.conditions import ALWAYS, Condition
from syspro_sandbox.syspro.odata.errors import ODataError, invalid_query
from syspro_sandbox.syspro.odata.filters import FilterCompiler
from syspro_sandbox.syspro.odata.paging import Order, resume_condition

if TYPE_CHECKING:
    from syspro_sandbox.syspro.odata.entities import EntitySet
    from syspro_sandbox.syspro.options import ODataOptions
    from syspro_sandbox.syspro.tables import Column

Parameters = dict[str, str]

_SUPPORTED = {"$select", "$filter", "$orderby", "$top", "$skip", "$count", "$format", "$skiptoken"}
_DIRECTIONS = {"": False, "asc": False, "desc": True}


def read_parameters(query_string: str) -> Parameters:
    """The parameters of a query string; options of the client's own are left out.

    Raises:
        ODataError: For an OData option that is not supported or given twice.
    """
    parameters: Parameters = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if not name.startswith("$"):
            continue
        if name not in _SUPPORTED:
            raise invalid_query(f"The query parameter '{name}' is not supported.")
        if name in parameters:
            raise ODataError(
                f"Query option '{name}' was specified more than once, but it must be specified at most once."
            )
        parameters[name] = value
    return parameters


@dataclass(frozen=True)
class Query:
    """What to read of an entity set.

    Attributes:
        columns: The selected properties, in the order of the type.
        where: The filter.
        order: What rows are ordered by, made unique by the key.
        resume: Where a `$skiptoken` goes on.
        top: Rows wanted, None for all.
        skip: Rows left out at the start.
        count: Whether the number of all rows that match is wanted.
    """

    columns: tuple[Column, ...]
    where: Condition
    order: tuple[Order, ...]
    resume: Condition
    top: int | None
    skip: int
    count: bool


def read_query(parameters: Parameters, entity_set: EntitySet, options: ODataOptions) -> Query:
    """Read the options of a request for rows.

    Raises:
        ODataError: When one is not valid.
    """
    order = _order(parameters.get("$orderby", ""), entity_set, options)
    token = parameters.get("$skiptoken")
    return Query(
        columns=_columns("*" if options.select_ignored else parameters.get("$select", "*"), entity_set),
        where=read_filter(parameters, entity_set, options),
        order=order,
        resume=ALWAYS if token is None else resume_condition(token, order),
        top=_whole_number("$top", parameters),
        skip=_whole_number("$skip", parameters) or 0,
        count=_wants_count(parameters, options),
    )


def read_filter(parameters: Parameters, entity_set: EntitySet, options: ODataOptions) -> Condition:
    """Compile the `$filter` of a request.

    Raises:
        ODataError: When it is not valid.
    """
    text = parameters.get("$filter")
    return ALWAYS if text is None else FilterCompiler(entity_set, options).compile(text)


def refuse_disabled_count(options: ODataOptions) -> None:
    """Refuse to count where counting is switched off.

    Raises:
        ODataError: When it is.
    """
    if not options.count_enabled:
        raise invalid_query(
            "Query option 'Count' is not allowed. To allow it, set the 'AllowedQueryOptions' property on "
            "EnableQueryAttribute or QueryValidationSettings."
        )


def _columns(select: str, entity_set: EntitySet) -> tuple[Column, ...]:
    names = {name.strip() for name in select.split(",")}
    if "*" in names:
        return entity_set.columns
    wanted = {entity_set.property(name).name for name in sorted(names)}
    return tuple(column for column in entity_set.columns if column.name in wanted)


def _order(orderby: str, entity_set: EntitySet, options: ODataOptions) -> tuple[Order, ...]:
    """The order asked for, then the key: Microsoft's libraries add it so that pages do not overlap."""
    order: list[Order] = []
    if options.orderby_ignored:
        return (Order(entity_set.table.columns[-1]),)
    for item in orderby.split(",") if orderby.strip() else ():
        name, _, direction = item.strip().partition(" ")
        if direction.strip() not in _DIRECTIONS:
            raise invalid_query(f"Syntax error at position {len(item.strip())} in '{item.strip()}'.")
        column = entity_set.property(name)
        if column.name == entity_set.table.columns[-1].name and not options.timestamp_sortable:
            raise invalid_query(f"The property '{name}' cannot be used in the $orderby query option.")
        order.append(Order(column, descending=_DIRECTIONS[direction.strip()]))
    named = {each.column.name for each in order}
    rest = (entity_set.table.by_name[name] for name in entity_set.table.key if name not in named)
    return (*order, *(Order(column) for column in rest))


def _whole_number(option: str, parameters: Parameters) -> int | None:
    value = parameters.get(option)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise invalid_query(
            f"Invalid value '{value}' for {option} query option found. "
            f"The {option} query option requires a non-negative integer value."
        )
    return int(value)


def _wants_count(parameters: Parameters, options: ODataOptions) -> bool:
    value = parameters.get("$count", "false")
    if value not in {"true", "false"}:
        raise invalid_query(
            f"Invalid value '{value}' for $count query option found. Valid values are 'true' or 'false'."
        )
    if value == "true":
        refuse_disabled_count(options)
    return value == "true"
