"""Staged files: removed when loaded, and swept away where a run died."""

from datetime import datetime, timezone

import pytest

from .messages import record, schema

pytestmark = pytest.mark.server

ITEMS = schema("Items", {"id": {"type": "integer"}})


def test_nothing_is_left_in_the_volume(workspace):
    workspace.load(ITEMS, record("Items", id=1))
    uploads = [call for call in workspace.requests if call.method == "PUT" and "/fs/files/" in call.path]
    assert len(uploads) == 1
    assert workspace.files("GET", "directories", "").json().get("contents", []) == []


def test_what_dead_runs_left_is_removed_after_a_week_and_nothing_else_is(workspace):
    workspace.load(ITEMS, record("Items", id=1))
    old = "/items/20200101T000000Z-0a1b2c3d"
    new = f"/items/{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-0a1b2c3d"
    for folder in (f"{old}/000001", f"{new}/000001", "/items/mine"):
        assert workspace.files("PUT", "files", f"{folder}/000001.parquet", b"x").ok
    workspace.load(ITEMS, record("Items", id=2))
    left = workspace.files("GET", "directories", "/items").json()["contents"]
    assert sorted(entry["name"] for entry in left) == sorted([new.rpartition("/")[2], "mine"])
