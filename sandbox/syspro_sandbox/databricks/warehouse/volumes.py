"""Paths below /Volumes: where they lie on disk, and which files a statement may read there."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

from syspro_sandbox.databricks.sql.errors import SqlError, unsupported
from syspro_sandbox.databricks.sql.names import ObjectName, object_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from syspro_sandbox.databricks.warehouse.metastore import Metastore

ROOT = "Volumes"
_VOLUME_PARTS = 4
_HIDDEN = ("_", ".")


@dataclass(frozen=True)
class VolumePath:
    """A place in a volume."""

    volume: ObjectName
    parts: tuple[str, ...]

    @classmethod
    def parse(cls, path: str) -> VolumePath:
        """The place a path means; schemes `dbfs:` and `file:` are not paths of volumes."""
        return cls.of(part for part in path.split("/") if part)

    @classmethod
    def of(cls, parts: Iterable[str]) -> VolumePath:
        """The place that path segments mean.

        Raises:
            SqlError: They do not lead into a volume.
        """
        names = tuple(parts)
        if len(names) < _VOLUME_PARTS or names[0] != ROOT or any(name in {".", ".."} for name in names):
            raise SqlError("PATH_NOT_FOUND", f"Path does not exist: /{'/'.join(names)}.")
        catalog, schema, volume = (object_name(name) for name in names[1:_VOLUME_PARTS])
        return cls(ObjectName(catalog, schema, volume), names[_VOLUME_PARTS:])

    @property
    def text(self) -> str:
        """The path as Databricks shows it."""
        return "/".join(["", ROOT, *self.volume.full.split("."), *self.parts])

    def on_disk(self, metastore: Metastore) -> Path:
        """The file or folder, there or not.

        Raises:
            SqlError: The volume does not exist.
        """
        return metastore.volume_path(self.volume).joinpath(*self.parts)


def parquet_source(metastore: Metastore, path: VolumePath) -> str:
    """The engine's name for the Parquet files at a path: a file, or a flat folder.

    The engine reads a missing path and an empty file as no rows and panics on others, so all are opened first
    (Databricks reference, "Missing paths").

    Raises:
        SqlError: Nothing there, nothing readable, or a layout the engine reads otherwise than Databricks.
    """
    place = path.on_disk(metastore)
    *folders, last = path.parts or ("",)
    if "*" in "".join(folders):
        raise unsupported("paths with a pattern in a folder: name the files or one flat folder")
    if "*" in last:
        found = [file for file in visible_files(place.parent) if fnmatch.fnmatch(file.name, last)]
    elif place.is_dir():
        found = visible_files(place)
    else:
        found = [place] if place.is_file() else []
    if not found and not place.is_dir():
        raise SqlError("PATH_NOT_FOUND", f"Path does not exist: {path.text}.")
    shown = [file for file in found if not file.name.startswith(_HIDDEN)]
    if not shown:
        raise SqlError(
            "CANNOT_INFER_EMPTY_SCHEMA",
            f"No files to read at {path.text}: names that begin with _ or . are hidden.",
        )
    for file in shown:
        check_parquet(file)
    return f"parquet.`{place.as_posix().replace('`', '``')}{'/' if place.is_dir() else ''}`"


def visible_files(folder: Path) -> list[Path]:
    """The files of a folder that Databricks reads.

    Raises:
        SqlError: It has folders in it, which the engine reads otherwise.
    """
    entries = (
        sorted(entry for entry in folder.iterdir() if not entry.name.startswith(_HIDDEN))
        if folder.is_dir()
        else []
    )
    if any(entry.is_dir() for entry in entries):
        raise unsupported("reading of folders within folders: name the files or one flat folder")
    return entries


def check_parquet(file: Path) -> None:
    """Refuse what is no Parquet file, and one with dictionary types in its embedded Arrow schema."""
    try:
        schema = parquet.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise SqlError(
            "FAILED_READ_FILE.NO_HINT", f"Error while reading file {file.name}: {error}"
        ) from error
    if any(pa.types.is_dictionary(field.type) for field in schema):
        raise unsupported("reading of dictionary types: write Parquet with store_schema=False")
