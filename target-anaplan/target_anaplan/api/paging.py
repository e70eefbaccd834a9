"""Reading a collection page after page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: How many elements are asked for at once.
PAGE_SIZE = 5000


def all_items(get: Callable[[Mapping[str, int]], Mapping[str, Any]], key: str) -> Iterator[dict[str, Any]]:
    """The elements of a collection.

    An empty collection omits its key, and a `next` link may be present on the last page: the counts decide
    (Anaplan reference, "Pages of a list").

    Args:
        get: Reads one page by these parameters of the query.
        key: Name of the collection in the answer.
    """
    offset = 0
    while True:
        page = get({"limit": PAGE_SIZE, "offset": offset})
        items: list[dict[str, Any]] = page.get(key) or []
        yield from items
        paging = (page.get("meta") or {}).get("paging") or {}
        offset += len(items)
        if not items or offset >= paging.get("totalSize", offset):
            return
