"""Records that carry `_sdc_deleted_at`: they change nothing but the delete mark.

ARCHITECTURE.md, "Deleted rows".
"""

import pytest

from .messages import record, schema

pytestmark = pytest.mark.server

WHEN = "2026-06-17T08:00:00Z"
# Required, as the tap declares keys: a deleted record carries nothing else.
THINGS = schema(
    "things",
    {"id": {"type": "integer"}, "v": {"type": ["string", "null"]}},
    body={"required": ["id", "v"]},
)


def deleted(**key):
    return record("things", **key, _sdc_deleted_at=WHEN)


def thing(number, v):
    return record("things", id=number, v=v)


def marked(workspace):
    """(id, v, deleted?) of every row."""
    return [(key, v, at is not None) for key, v, at in workspace.rows("things", "id", "v", "_sdc_deleted_at")]


#: By key: what comes for it, in order (a value, or None for a deletion), and its row afterwards.
STORIES = {
    "deleted": (["a", None], ("a", True)),
    "never there": ([None], None),
    "comes back": ([None, "b"], ("b", False)),
    "changed and deleted twice": (["a", "b", None, None], ("b", True)),
    "deleted in between": (["a", None, "c"], ("c", False)),
    "not deleted": (["z"], ("z", False)),
}


# What comes in one batch, or in a batch each, leads to the same rows.
@pytest.mark.parametrize("apart", [False, True], ids=["one batch", "a batch each"])
@pytest.mark.parametrize("deletes", ["soft", "hard"])
def test_deletions(workspace, deletes, apart):
    chapters = [
        [
            thing(number, came[chapter]) if came[chapter] is not None else deleted(id=number)
            for number, (came, _) in enumerate(STORIES.values())
            if chapter < len(came)
        ]
        for chapter in range(4)
    ]
    for batch in chapters if apart else [[message for chapter in chapters for message in chapter]]:
        workspace.load(THINGS, *batch, deletes=deletes)
    expected = {
        str(number): row
        for number, (_, row) in enumerate(STORIES.values())
        if row and (deletes == "soft" or not row[1])
    }
    assert {key: (v, mark) for key, v, mark in marked(workspace)} == expected


def test_ignored_deletions_leave_no_trace(workspace):
    workspace.load(THINGS, thing(1, "a"), deleted(id=1), deleted(id=2), deletes="ignore")
    assert marked(workspace) == [("1", "a", False)]


def test_a_deletion_leaves_every_other_column_as_it_was(workspace):
    workspace.load(THINGS, thing(1, "a"))
    before = workspace.query(f"SELECT * FROM {workspace.schema}.`things`")[0]
    workspace.load(THINGS, deleted(id=1))
    after = workspace.query(f"SELECT * FROM {workspace.schema}.`things`")[0]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"_sdc_deleted_at", "_sdc_sequence", "_sdc_batch_id"}


def test_an_appended_deletion_is_a_row_of_its_own(workspace):
    workspace.load(THINGS, thing(1, "a"), deleted(id=1), load_method="append-only")
    assert sorted(marked(workspace), key=str) == [("1", "a", False), ("1", None, True)]
