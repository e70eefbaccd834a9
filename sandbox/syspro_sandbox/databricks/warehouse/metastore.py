"""What exists: catalogs, schemas, tables, views and volumes, as folders with one notes file per schema.

`catalogs/<catalog>/<schema>/tables/<table>` is a Delta table, `.../volumes/<volume>` a volume, and
`.../schema.json` holds what neither can: comments, clustering, primary keys, tags, views.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from syspro_sandbox.databricks.sql.errors import SqlError
from syspro_sandbox.databricks.sql.names import ObjectName, SchemaName
from syspro_sandbox.databricks.sql.types import SqlType
from syspro_sandbox.databricks.warehouse import delta_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

INFORMATION_SCHEMA = "information_schema"
DEFAULT_SCHEMA = "default"
_NOTES = "schema.json"
_PLAIN = re.compile(r"[^a-z0-9_-]")
_ESCAPED = re.compile(r"((?:~[0-9a-f]{2})+)")


def _now() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class TableNotes:
    """What is known of a table beside its Delta log."""

    created_at: int = field(default_factory=_now)
    clustering: list[str] = field(default_factory=list)
    primary_key: list[str] = field(default_factory=list)
    primary_key_name: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    column_tags: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class ViewColumn:
    """A column of a view: the column of its query it shows, and the type it had when the view was written."""

    name: str
    source: str
    type: SqlType
    comment: str | None = None

    @classmethod
    def read(cls, found: dict[str, Any]) -> ViewColumn:
        """The column as it was written."""
        return cls(**{**found, "type": SqlType(**found["type"])})


@dataclass
class ViewNotes:
    """A view: its query as the client wrote it, the names that complete it, and its columns."""

    query: str
    catalog: str
    schema: str
    columns: list[ViewColumn]
    comment: str | None = None
    created_at: int = field(default_factory=_now)

    @classmethod
    def read(cls, found: dict[str, Any]) -> ViewNotes:
        """The view as it was written."""
        return cls(**{**found, "columns": [ViewColumn.read(column) for column in found["columns"]]})


@dataclass
class VolumeNotes:
    """A volume."""

    comment: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: int = field(default_factory=_now)


@dataclass
class SchemaNotes:
    """A schema and the notes on what is in it."""

    comment: str | None = None
    created_at: int = field(default_factory=_now)
    tables: dict[str, TableNotes] = field(default_factory=dict)
    views: dict[str, ViewNotes] = field(default_factory=dict)
    volumes: dict[str, VolumeNotes] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> SchemaNotes:
        """The notes as they were written."""
        found = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            found["comment"],
            found["created_at"],
            {name: TableNotes(**notes) for name, notes in found["tables"].items()},
            {name: ViewNotes.read(notes) for name, notes in found["views"].items()},
            {name: VolumeNotes(**notes) for name, notes in found["volumes"].items()},
        )


def folder_name(name: str) -> str:
    """A folder for an object; the engine's locations are URLs: what they would escape is written `~xx`."""
    return _PLAIN.sub(lambda found: "".join(f"~{byte:02x}" for byte in found.group().encode()), name)


def _object_of(folder: str) -> str:
    return _ESCAPED.sub(lambda found: bytes.fromhex(found.group().replace("~", "")).decode(), folder)


class Metastore:
    """The objects below a folder; all methods may be called from any thread.

    Args:
        root: The folder, made when absent.
        catalogs: The catalogs there are, each with a schema `default` from the start.
    """

    def __init__(self, root: Path, catalogs: Sequence[str]) -> None:
        self.root = root
        self.catalogs = tuple(catalogs)
        self.lock = threading.RLock()
        self._schemas: dict[SchemaName, SchemaNotes] = {}
        self._loading: defaultdict[ObjectName, threading.Lock] = defaultdict(threading.Lock)
        for catalog in self.catalogs:
            for path in sorted((root / "catalogs" / folder_name(catalog)).glob(f"*/{_NOTES}")):
                self._schemas[SchemaName(catalog, _object_of(path.parent.name))] = SchemaNotes.read(path)
            if SchemaName(catalog, DEFAULT_SCHEMA) not in self._schemas:
                self.create_schema(SchemaName(catalog, DEFAULT_SCHEMA), None)

    # -- catalogs and schemas

    def check_catalog(self, catalog: str) -> None:
        """Refuse a catalog there is not."""
        if catalog not in self.catalogs:
            raise SqlError("NO_SUCH_CATALOG_EXCEPTION", f"Catalog '{catalog}' was not found.")

    def schemas(self, catalog: str) -> list[SchemaName]:
        """The schemas of a catalog; the information schema, which holds no data, is not among them."""
        self.check_catalog(catalog)
        with self.lock:
            return sorted(name for name in self._schemas if name.catalog == catalog)

    def has_schema(self, name: SchemaName) -> bool:
        """Whether the schema exists."""
        return name in self._schemas

    def schema(self, name: SchemaName) -> SchemaNotes:
        """The notes of a schema.

        Raises:
            SqlError: There is none.
        """
        self.check_catalog(name.catalog)
        if name not in self._schemas:
            raise SqlError("SCHEMA_NOT_FOUND", f"The schema {name.sql} cannot be found.")
        return self._schemas[name]

    def create_schema(self, name: SchemaName, comment: str | None) -> None:
        """Make an empty schema."""
        with self.lock:
            self._schemas[name] = SchemaNotes(comment)
            self.save(name)

    def drop_schema(self, name: SchemaName) -> None:
        """Remove a schema and all it holds."""
        with self.lock:
            del self._schemas[name]
            self._discard(self._folder(name))

    def save(self, name: SchemaName) -> None:
        """Write a schema's notes; a reader sees the old or the new file whole."""
        folder = self._folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{_NOTES}.new"
        draft.write_text(json.dumps(asdict(self._schemas[name]), indent=1), encoding="utf-8")
        draft.replace(folder / _NOTES)

    # -- tables and views

    def table_path(self, name: ObjectName) -> Path:
        """The folder of a table, there or not."""
        return self._folder(name.parent) / "tables" / folder_name(name.name)

    def is_table(self, name: ObjectName) -> bool:
        """Whether the table exists."""
        return name.parent in self._schemas and delta_log.exists(self.table_path(name))

    def is_view(self, name: ObjectName) -> bool:
        """Whether the view exists."""
        return name.parent in self._schemas and name.name in self._schemas[name.parent].views

    def tables(self, name: SchemaName) -> list[ObjectName]:
        """The tables of a schema."""
        self.schema(name)
        logs = sorted((self._folder(name) / "tables").glob(f"*/{delta_log.LOG}"))
        return [name.child(_object_of(path.parent.name)) for path in logs]

    def views(self, name: SchemaName) -> list[ObjectName]:
        """The views of a schema."""
        return [name.child(view) for view in sorted(self.schema(name).views)]

    def table(self, name: ObjectName) -> Path:
        """The folder of a table.

        Raises:
            SqlError: There is none, or a view has the name.
        """
        if self.is_view(name):
            raise SqlError("EXPECT_TABLE_NOT_VIEW", f"{name.sql} is a view; the operation requires a table.")
        if not self.is_table(name):
            raise not_found(name)
        return self.table_path(name)

    def columns(self, name: ObjectName) -> list[delta_log.Field]:
        """The columns of a table or view.

        Raises:
            SqlError: There is none.
        """
        if self.is_view(name):
            columns = self.schema(name.parent).views[name.name].columns
            return [
                delta_log.Field(column.name, column.type, nullable=True, comment=column.comment)
                for column in columns
            ]
        return delta_log.read_snapshot(self.table(name)).fields

    def partitions(self, name: ObjectName) -> list[str]:
        """The partition columns of a table; a view has none."""
        return [] if self.is_view(name) else delta_log.read_snapshot(self.table(name)).partitions

    def table_notes(self, name: ObjectName) -> TableNotes:
        """The notes on a table, new ones if there are none yet."""
        with self.lock:
            return self.schema(name.parent).tables.setdefault(name.name, TableNotes())

    def loading(self, name: ObjectName) -> threading.Lock:
        """The lock that loads of files into one table take, one after the other."""
        with self.lock:
            return self._loading[name]

    def drop_table(self, name: ObjectName) -> None:
        """Remove a table, its files included: no trace may come back after a restart."""
        with self.lock:
            self.schema(name.parent).tables.pop(name.name, None)
            self.save(name.parent)
            self._discard(self.table_path(name))

    # -- volumes

    def volume_path(self, name: ObjectName) -> Path:
        """The folder of a volume.

        Raises:
            SqlError: There is none.
        """
        if name.parent not in self._schemas or name.name not in self._schemas[name.parent].volumes:
            raise SqlError("VOLUME_NOT_FOUND", f"Volume '{name.full}' does not exist.")
        return self._folder(name.parent) / "volumes" / folder_name(name.name)

    def create_volume(self, name: ObjectName, comment: str | None) -> None:
        """Make an empty volume."""
        with self.lock:
            self.schema(name.parent).volumes[name.name] = VolumeNotes(comment)
            self.volume_path(name).mkdir(parents=True, exist_ok=True)
            self.save(name.parent)

    def drop_volume(self, name: ObjectName) -> None:
        """Remove a volume and its files."""
        with self.lock:
            path = self.volume_path(name)
            del self.schema(name.parent).volumes[name.name]
            self.save(name.parent)
            self._discard(path)

    # -- folders

    def _folder(self, name: SchemaName) -> Path:
        return self.root / "catalogs" / folder_name(name.catalog) / folder_name(name.schema)

    def _discard(self, folder: Path) -> None:
        """Move a folder out of sight first: it is gone at once, whatever becomes of the deletion."""
        if not folder.exists():
            return
        trash = self.root / "trash" / uuid.uuid4().hex
        trash.parent.mkdir(parents=True, exist_ok=True)
        folder.replace(trash)
        shutil.rmtree(trash, ignore_errors=True)


def not_found(name: ObjectName) -> SqlError:
    """The error for a table or view there is not."""
    return SqlError(
        "TABLE_OR_VIEW_NOT_FOUND",
        f"The table or view {name.sql} cannot be found. Verify the spelling of its schema and catalog.",
    )
