"""Mappings onto the imports of the fixture `model`."""

from __future__ import annotations

ITEMS = {"stream": "items", "import": "Items", "columns": {"Code": "id", "Name": "name"}, "key": ["Code"]}
FACTS = {
    "stream": "facts",
    "import": "Facts",
    "columns": {"Item": "item", "Value": "value"},
    "key": ["Item"],
    "after": ["items"],
}
