"""What a record with `_sdc_deleted_at` does, by the setting `deletes`, and what it may lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_kit.contract import BATCH_ID, DELETED_AT, SEQUENCE

from target_databricks_uc.naming import quote

if TYPE_CHECKING:
    from datetime import datetime

    from target_databricks_uc.settings import Deletes

#: Column of a batch's rows in the MERGE: whether the batch holds deletions alone of the key.
ONLY_MARK = "_sdc_only_mark"


def is_left_out(deleted_at: datetime | None, deletes: Deletes) -> bool:
    """Whether a record goes into no file at all."""
    return deleted_at is not None and deletes == "ignore"


def may_lack_properties(deleted_at: datetime | None) -> bool:
    """Whether a record may lack required properties: a deleted one carries its key alone."""
    return deleted_at is not None


def merge_action(deletes: Deletes) -> tuple[str, str]:
    """When a row of a batch (`s`) counts as deleted, and what then happens to the row of the table.

    A row that counts as deleted is not inserted where the table has none.
    """
    if deletes == "hard":
        return f"s.{quote(DELETED_AT)} IS NOT NULL", "DELETE"
    marked = ", ".join(f"{quote(name)} = s.{quote(name)}" for name in (BATCH_ID, SEQUENCE, DELETED_AT))
    return f"s.{quote(ONLY_MARK)}", f"UPDATE SET {marked}"


def key_is_gone(deletes: Deletes) -> str:
    """Whether the records of one key, as a group, leave no row where the table had none."""
    deleted, sequence = quote(DELETED_AT), quote(SEQUENCE)
    if deletes == "hard":  # the newest record of all decides
        newest = f"max(CASE WHEN {deleted} IS NOT NULL THEN {sequence} END)"
        return f"coalesce({newest} = max({sequence}), false)"
    return f"count({deleted}) = count(*)"
