"""A table whose server's manners of paging are switches, and its read over real HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from singer_kit.clock import ManualClock
from tap_syspro.odata.client import Client
from tap_syspro.odata.metadata import Column, ColumnKind, EntitySet
from tap_syspro.odata.paging import Paging, Query

from .tap_http import Reply, serve
from .tap_settings import settings_of

ENTITY_SET = EntitySet(
    "Things+", {"K": Column("K", ColumnKind.TEXT), "V": Column("V", ColumnKind.DECIMAL)}, ("K",)
)


KEYS = [f"{number:04d}" for number in range(47)]


AFTER = re.compile(r"K gt '(\d+)'")


@dataclass
class Things:
    """A table of 47 rows whose paging manners are switches."""

    keys: list[str] = field(default_factory=lambda: list(KEYS))
    cap: int = 10
    counts: bool = True
    links: str | None = None
    refuse_top: bool = False
    faults: list[Reply] = field(default_factory=list)

    def __call__(self, request):
        if self.faults:
            return self.faults.pop(0)
        query = request.query
        top = int(query.get("$top", 5000))
        if "$count" in query and not self.counts:
            return Reply({"error": {"message": "Query option 'Count' is not allowed."}}, 400)
        if self.refuse_top and top > self.cap:
            text = f"The limit of '{self.cap}' for Top query has been exceeded. The value is '{top}'."
            return Reply({"error": {"message": text}}, 400)
        after = AFTER.search(query.get("$filter", ""))
        rows = [key for key in self.keys if not after or key > after[1]]
        skip = int(query.get("$skip", 0))
        page = rows[skip : skip + min(self.cap, top)]
        body = {"value": [{"K": f"{key:<8}", "V": 1.50} for key in page]}
        if "$count" in query:
            body["@odata.count"] = len(rows)
        if self.links is not None and skip + len(page) < min(len(rows), top):
            options = urlencode({**query, "$skip": skip + len(page)})
            body["@odata.nextLink"] = self.links.format(host=request.headers["Host"]) + "?" + options
        return Reply(body)


def read(handler, *, page_size=20, query=None, clock=None, max_retries=3, entity_set=ENTITY_SET):
    with serve(handler) as (url, requests):
        client = Client(
            settings_of(odata_url=url, max_retries=max_retries), clock or ManualClock()
        ).for_part()
        query = query or Query(("K",))
        pages = list(Paging(client, f"{url}/A/{quote('Things+')}", entity_set, query, page_size).pages())
        client.close()
    return [row["K"].rstrip() for page in pages for row in page.decode()], requests
