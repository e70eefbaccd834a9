"""Read the planning model of the Anaplan stand-in through its Integration API.

Anaplan reference, "Tokens" and "Views and line items".
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUND_TRIP_SECONDS = 90
LINE_ITEMS = "Line Items"
Json = dict[str, Any]
Place = tuple[str, ...]
Cells = dict[Place, dict[str, str]]


class Model:
    """The planning model.

    Args:
        environment: The settings that `sandbox run` exports.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        login = requests.post(
            f"{environment['TARGET_ANAPLAN_AUTH_URL']}/token/authenticate",
            auth=(environment["TARGET_ANAPLAN_USERNAME"], environment["TARGET_ANAPLAN_PASSWORD"]),
            timeout=ROUND_TRIP_SECONDS,
        )
        login.raise_for_status()
        self._headers = {
            "Authorization": f"AnaplanAuthToken {login.json()['tokenInfo']['tokenValue']}",
            "Accept": "application/json",
        }
        self._base = (
            f"{environment['TARGET_ANAPLAN_API_URL']}/models/{environment['TARGET_ANAPLAN_MODEL_ID']}"
        )

    def get(self, path: str) -> Json:
        """One answer of the API, `path` being relative to the model."""
        answer = requests.get(f"{self._base}/{path}", headers=self._headers, timeout=ROUND_TRIP_SECONDS)
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    def _id_of(self, kind: str, name: str) -> str:
        return next(str(entry["id"]) for entry in self.get(kind)[kind] if entry["name"] == name)

    def list_items(self, name: str) -> dict[str, Json]:
        """A list's items by code."""
        items = self.get(f"lists/{self._id_of('lists', name)}/items?includeAll=true").get("listItems", [])
        return {item["code"]: item for item in items}

    def cells(self, module: str) -> Cells:
        """A module's cells.

        Returns:
            Line item -> value as text, by the codes (names where there are none) of the module's other
            dimensions in the order pages, rows, columns of its default view.
        """
        view = self._id_of("modules", module)
        axes = self.get(f"views/{view}")
        pages, rows, columns = ([*axes.get(axis, ())] for axis in ("pages", "rows", "columns"))
        members = {
            dimension["id"]: self.get(f"views/{view}/dimensions/{dimension['id']}/items")["items"]
            for dimension in (*pages, *rows, *columns)
        }
        cells: Cells = {}

        def places(dimensions: list[Json]) -> list[tuple[Json, ...]]:
            return list(itertools.product(*(members[dimension["id"]] for dimension in dimensions)))

        dimensions = (*pages, *rows, *columns)
        for page in places(pages):
            chosen = ",".join(f"{d['id']}:{item['id']}" for d, item in zip(pages, page, strict=True))
            grid = self.get(f"views/{view}/data?format=v1" + (f"&pages={chosen}" if chosen else ""))
            for row, shown in zip(places(rows), grid["rows"], strict=True):
                for column, value in zip(places(columns), shown["cells"], strict=True):
                    line_item, place = "", []
                    for dimension, item in zip(dimensions, (*page, *row, *column), strict=True):
                        if dimension["name"] == LINE_ITEMS:
                            line_item = item["name"]
                        else:
                            place.append(item.get("code") or item["name"])
                    cells.setdefault(tuple(place), {})[line_item] = value
        return cells
