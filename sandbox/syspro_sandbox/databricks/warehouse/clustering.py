"""Databricks' rules for clustering keys (Databricks reference, "Clustering keys")."""

from __future__ import annotations

from syspro_sandbox.databricks.sql.errors import SqlError

MAX_KEYS = 4
_WITH_STATISTICS = 32
_UNCLUSTERABLE = {"BOOLEAN", "BINARY", "VARIANT", "ARRAY", "MAP", "STRUCT"}


def check_clustering(keys: list[str], columns: list[tuple[str, str]]) -> None:
    """Refuse clustering keys that Databricks refuses.

    Args:
        keys: The columns to cluster by.
        columns: Name and type of the table's columns, in order.

    Raises:
        SqlError: Too many keys, an unknown column, one without statistics, or one of a type without an order.
    """
    if len(keys) > MAX_KEYS:
        raise SqlError(
            "DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS",
            f"CLUSTER BY supports up to {MAX_KEYS} clustering columns, but {len(keys)} are given.",
        )
    positions = {name.lower(): (position, kind.upper()) for position, (name, kind) in enumerate(columns)}
    for key in keys:
        if key.lower() not in positions:
            raise SqlError(
                "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA", f"Couldn't find column {key} in: {', '.join(positions)}."
            )
        position, kind = positions[key.lower()]
        if position >= _WITH_STATISTICS:
            raise SqlError(
                "DELTA_CLUSTERING_COLUMN_MISSING_STATS",
                f"Clustering requires statistics: {key} is not among the first {_WITH_STATISTICS} columns.",
            )
        if kind in _UNCLUSTERABLE:
            raise SqlError(
                "DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED",
                f"CLUSTER BY is not supported for column {key} of type {kind}.",
            )
