"""Deleting from a list by selection (Anaplan reference, "Delete actions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.importing.outcome import Outcome
from syspro_sandbox.anaplan.state.cells import Cells

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import DeleteAction, Model
    from syspro_sandbox.anaplan.state.items import Hierarchies
    from syspro_sandbox.anaplan.state.store import Store

TRUE = "true"


def run_delete(action: DeleteAction, model: Model, hierarchies: Hierarchies, store: Store) -> Outcome:
    """Delete the items on which the line item is true."""
    items = hierarchies[action.target]
    cells = Cells(store, model.module_named[action.module])
    selected = [item for item in items if cells.get((item.id,)).get(action.line_item) == TRUE]
    for item in selected:
        items.remove(item, model)
    items.save()
    text = f"{action.target}: {len(selected)} items deleted"
    return Outcome([{"localMessageText": text, "occurrences": 0, "type": "deleteFromSelectionSucceeded"}])
