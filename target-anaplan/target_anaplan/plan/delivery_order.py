"""The order in which batches are delivered: what `after` asks for, lists before modules otherwise."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_anaplan.mapping.definition import Mapping, TargetKind
    from target_anaplan.mapping.yaml_document import Document
    from target_anaplan.plan.destination import Destination

    BatchKey = tuple[TargetKind, str]

#: What goes first where `after` says nothing: lists, then processes, which hold both, then modules.
_LIST_RANK, _PROCESS_RANK, _MODULE_RANK = range(3)

_REMEDY = "Name the stream, import or process of another mapping"


def predecessors(document: Document, mappings: Sequence[Mapping]) -> dict[BatchKey, set[BatchKey]]:
    """The batches that each batch waits for.

    Raises:
        SettingsError: `after` names no mapping, or mappings wait for each other.
    """
    waits: dict[BatchKey, set[BatchKey]] = {mapping.batch: set() for mapping in mappings}
    for mapping in mappings:
        for position, name in enumerate(mapping.after):
            named = {other.batch for other in mappings if name in (other.stream, other.target)}
            if not named:
                path = (mapping.position, "after", position)
                raise document.error(path, f"{name!r} is no mapping", _REMEDY)
            if named == {mapping.batch}:
                path = (mapping.position, "after", position)
                raise document.error(path, f"{name!r} is delivered together with this mapping", _REMEDY)
            waits[mapping.batch] |= named - {mapping.batch}
    if cycle := _cycle(waits):
        first = next(mapping for mapping in mappings if mapping.batch == cycle[0])
        circle = " after ".join(repr(name) for _kind, name in (*cycle, cycle[0]))
        raise document.error(
            (first.position, "after"), f"mappings wait for each other: {circle}", "Break the circle"
        )
    return waits


def default_rank(destination: Destination | None) -> int:
    """What goes first where `after` says nothing; the lowest does.

    Args:
        destination: Where a batch goes; None while no record of it came.
    """
    if destination is None or destination.process is not None:
        return _PROCESS_RANK
    return _LIST_RANK if destination.items[0].fills_list else _MODULE_RANK


def _cycle(waits: dict[BatchKey, set[BatchKey]]) -> list[BatchKey]:
    """A circle of batches that wait for each other; empty when there is none."""
    done: set[BatchKey] = set()
    for start in waits:
        trail = [start]
        while trail:
            following = next((batch for batch in sorted(waits[trail[-1]]) if batch not in done), None)
            if following is None:
                done.add(trail.pop())
            elif following in trail:
                return trail[trail.index(following) :]
            else:
                trail.append(following)
    return []


def arrange(waits: dict[BatchKey, set[BatchKey]], rank: Callable[[BatchKey], int]) -> list[BatchKey]:
    """Sort batches so that each follows those it waits for.

    Args:
        waits: The batches that each batch waits for, free of cycles, in the order of the mappings.
        rank: What goes first among those that could go next; the mappings' order decides between equals.
    """
    positions = {batch: position for position, batch in enumerate(waits)}
    open_waits = {batch: set(before) for batch, before in waits.items()}
    ready = [(rank(batch), positions[batch], batch) for batch, before in open_waits.items() if not before]
    heapq.heapify(ready)
    ordered: list[BatchKey] = []
    while ready:
        _rank, _position, batch = heapq.heappop(ready)
        ordered.append(batch)
        for follower, before in open_waits.items():
            if batch in before:
                before.discard(batch)
                if not before:
                    heapq.heappush(ready, (rank(follower), positions[follower], follower))
    return ordered
