"""The log of a Delta table: its schema as of now, what a commit did, and commits of metadata alone."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syspro_sandbox.databricks.sql.errors import SqlError
from syspro_sandbox.databricks.sql.types import from_delta

if TYPE_CHECKING:
    from pathlib import Path

    from syspro_sandbox.databricks.sql.types import SqlType

LOG = "_delta_log"
_FEATURE_READER, _FEATURE_WRITER = 3, 7
_LEGACY_WRITER_FEATURES = {"appendOnly", "invariants"}


@dataclass(frozen=True)
class Field:
    """A column of a table."""

    name: str
    type: SqlType
    nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Snapshot:
    """The table's metadata at a version."""

    version: int
    metadata: dict[str, Any]
    protocol: dict[str, Any]

    @property
    def schema(self) -> dict[str, Any]:
        """The schema JSON."""
        schema: dict[str, Any] = json.loads(self.metadata["schemaString"])
        return schema

    @property
    def fields(self) -> list[Field]:
        """The columns in order."""
        return [
            Field(item["name"], from_delta(item["type"]), item["nullable"], item["metadata"].get("comment"))
            for item in self.schema["fields"]
        ]

    @property
    def partitions(self) -> list[str]:
        """The partition columns."""
        partitions: list[str] = self.metadata["partitionColumns"]
        return partitions

    @property
    def comment(self) -> str | None:
        """The table's comment."""
        comment: str | None = self.metadata.get("description")
        return comment

    def field(self, name: str) -> Field:
        """The column of this name, whatever its case.

        Raises:
            SqlError: There is none.
        """
        for item in self.fields:
            if item.name.lower() == name.lower():
                return item
        raise SqlError(
            "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", f"A column with name `{name}` cannot be resolved."
        )


def exists(table: Path) -> bool:
    """Whether the folder holds a Delta table."""
    return (table / LOG).is_dir()


def latest_version(table: Path) -> int:
    """The newest version."""
    return max((int(path.stem) for path in (table / LOG).glob("*.json")), default=-1)


def read_commit(table: Path, version: int) -> list[dict[str, Any]]:
    """The actions of one commit."""
    text = (table / LOG / f"{version:020d}.json").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def read_snapshot(table: Path) -> Snapshot:
    """The metadata as of the newest version, found by walking back to the commits that set it."""
    newest = latest_version(table)
    found: dict[str, dict[str, Any]] = {}
    for version in range(newest, -1, -1):
        for action in read_commit(table, version):
            for name in ("metaData", "protocol"):
                if name in action:
                    found.setdefault(name, action[name])
        if len(found) == 2:  # noqa: PLR2004  # both
            break
    return Snapshot(newest, found["metaData"], found["protocol"])


def find_commit(table: Path, after: int, operation: str) -> dict[str, Any]:
    """The operation's metrics in its commit behind version `after`; empty when it changed nothing."""
    for version in range(latest_version(table), after, -1):
        for action in read_commit(table, version):
            info = action.get("commitInfo", {})
            if info.get("operation") == operation:
                metrics: dict[str, Any] = info.get("operationMetrics", {})
                return metrics
    return {}


def changed_metadata(table: Path, after: int) -> bool:
    """Whether a commit behind version `after` changed the schema or properties."""
    return any(
        "metaData" in action
        for version in range(after + 1, latest_version(table) + 1)
        for action in read_commit(table, version)
    )


def commit_metadata(
    table: Path,
    snapshot: Snapshot,
    operation: str,
    metadata: dict[str, Any],
    protocol: dict[str, Any] | None = None,
) -> None:
    """Commit new metadata as the version behind `snapshot`.

    Raises:
        SqlError: Another commit took that version.
    """
    info = {"timestamp": time.time_ns() // 1_000_000, "operation": operation, "operationParameters": {}}
    actions: list[dict[str, Any]] = [{"commitInfo": info}, {"metaData": metadata}]
    if protocol is not None and protocol != snapshot.protocol:
        actions.append({"protocol": protocol})
    try:
        with (table / LOG / f"{snapshot.version + 1:020d}.json").open("x", encoding="utf-8") as file:
            file.write("".join(json.dumps(action) + "\n" for action in actions))
    except FileExistsError as error:
        raise SqlError(
            "DELTA_CONCURRENT_WRITE", "A concurrent transaction has written new data.", "ABORTED"
        ) from error


def add_columns(table: Path, scratch: Snapshot) -> None:
    """Append the columns of another table, with the features they need.

    Databricks reference, "Added columns".
    """
    snapshot = read_snapshot(table)
    schema = snapshot.schema
    schema["fields"] += scratch.schema["fields"]
    metadata = {**snapshot.metadata, "schemaString": json.dumps(schema)}
    commit_metadata(
        table, snapshot, "ADD COLUMNS", metadata, _merged_protocol(snapshot.protocol, scratch.protocol)
    )


def set_comments(table: Path, *, column: str | None, comment: str | None) -> None:
    """Set the comment of the table, or of one column."""
    snapshot = read_snapshot(table)
    metadata = copy.deepcopy(snapshot.metadata)
    if column is None:
        metadata["description"] = comment
    else:
        name, schema = snapshot.field(column).name, snapshot.schema
        notes = next(item["metadata"] for item in schema["fields"] if item["name"] == name)
        notes.pop("comment", None)
        notes.update({} if comment is None else {"comment": comment})
        metadata["schemaString"] = json.dumps(schema)
    commit_metadata(table, snapshot, "CHANGE COLUMN" if column else "SET TBLPROPERTIES", metadata)


def _merged_protocol(mine: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The protocol that has the features of both."""
    features = set(other.get("writerFeatures", ())) - _LEGACY_WRITER_FEATURES
    if not features - set(mine.get("writerFeatures", ())):
        return mine
    legacy = set() if mine["minWriterVersion"] >= _FEATURE_WRITER else _LEGACY_WRITER_FEATURES
    return {
        "minReaderVersion": _FEATURE_READER,
        "minWriterVersion": _FEATURE_WRITER,
        "readerFeatures": sorted({*mine.get("readerFeatures", ()), *other.get("readerFeatures", ())}),
        "writerFeatures": sorted({*mine.get("writerFeatures", ()), *features, *legacy}),
    }
