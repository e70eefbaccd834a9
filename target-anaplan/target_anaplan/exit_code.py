"""How a run ends: the summary in its last line, and the error that decides the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.errors import PartialFailureError, PermanentError, reasons

from target_anaplan.delivery.tally import describe

if TYPE_CHECKING:
    from pathlib import Path

    from singer_kit.errors import KitError

    from target_anaplan.delivery.tally import Tally
    from target_anaplan.plan.routing import Plan


def summary(plan: Plan, total: Tally, archive: Path) -> str:
    """What became of all rows, in words.

    Args:
        plan: What was to be delivered.
        total: What became of the rows.
        archive: Where the rows in quarantine are.
    """
    text = describe(total)
    if plan.deletions.count:
        text += f", {plan.deletions.count} deletions not applied"
    if total.unverified:
        text += f", to be compared with the model as Anaplan counts nothing of them, see {archive}"
    if total.quarantined:
        text += f": {total.quarantined} rows in quarantine, see {archive}"
    return text


def failure(plan: Plan, total: Tally, archive: Path) -> KitError | None:
    """The error that a run ends with, if batches failed: exit code 3 when others were delivered, else 1.

    Args:
        plan: What was to be delivered.
        total: What became of the rows.
        archive: Where the rows in quarantine are.
    """
    batches = plan.batches.values()
    failed = [(batch.name, str(batch.error)) for batch in batches if batch.error is not None]
    if not failed:
        return None
    why = reasons(failed)
    if any(batch.done and batch.binding for batch in batches):
        return PartialFailureError(
            f"Delivered in part ({summary(plan, total, archive)}), {len(failed)} failed: {why}"
        )
    return PermanentError(f"Nothing was delivered: {why}")
