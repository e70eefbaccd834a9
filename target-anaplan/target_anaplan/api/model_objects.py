"""The imports, processes and files of the model, found by name or id and read once a run."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from target_anaplan.csv_format import CsvFormat, read_format
from target_anaplan.errors import MappingFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from target_anaplan.api.client import AnaplanClient

#: The types of imports that fill lists.
_LIST_IMPORTS = frozenset({"HIERARCHY_DATA", "USERS", "VERSIONS", "LINE_ITEM_DEFINITION"})
#: The type of imports that fill modules.
MODULE_DATA = "MODULE_DATA"
#: Ids of files that can be uploaded begin so (Anaplan reference, "Identifiers").
_UPLOADED_FILE = "113"


@dataclass(frozen=True)
class Named:
    """An object of the model.

    Attributes:
        id: Its id.
        name: Its name.
    """

    id: str
    name: str


@dataclass(frozen=True)
class ImportObject(Named):
    """An import.

    Attributes:
        import_type: What it fills.
        file_id: The file it reads; None for an import from elsewhere.
    """

    import_type: str
    file_id: str | None

    @property
    def fills_list(self) -> bool:
        """Whether it fills a list, which goes before modules."""
        return self.import_type in _LIST_IMPORTS


@dataclass(frozen=True)
class ProcessObject(Named):
    """A process.

    Attributes:
        imports: Those of its actions that are imports, in order.
        actions: The ids of all its actions, in order.
    """

    imports: tuple[ImportObject, ...]
    actions: tuple[str, ...]


class ModelObjects:
    """The objects of one model that this user sees.

    Args:
        client: Reads them.
    """

    def __init__(self, client: AnaplanClient) -> None:
        self._client = client
        self._formats: dict[str, CsvFormat] = {}

    @cached_property
    def imports(self) -> list[ImportObject]:
        """All imports."""
        path = self._client.in_model("imports")
        return [_read_import(item) for item in self._client.get_all(path, "imports")]

    @cached_property
    def processes(self) -> list[Named]:
        """All processes."""
        return self._read_named("processes")

    @cached_property
    def files(self) -> list[Named]:
        """All files."""
        return self._read_named("files")

    def find_import(self, reference: str) -> ImportObject:
        """An import by name or id, whose file is in the model.

        Raises:
            MappingFailedError: There is none, more than one, or it does not read an uploaded file.
        """
        found = _find("import", reference, self.imports)
        if not (found.file_id or "").startswith(_UPLOADED_FILE):
            raise MappingFailedError(
                f"The import {found.name!r} does not read an uploaded file", remedy="Choose one that does"
            )
        self.file_of(found)
        return found

    def file_of(self, item: ImportObject) -> Named:
        """The file that an import reads.

        A POST to an id that is not in the list of files would create a file (Anaplan reference, "Unknown file
        ids").

        Raises:
            MappingFailedError: The model has no such file.
        """
        for file in self.files:
            if file.id == item.file_id:
                return file
        raise MappingFailedError(
            f"The file {item.file_id} of the import {item.name!r} is not in the model's list of files",
            remedy="Upload a file to the import's data source in Anaplan",
        )

    def find_process(self, reference: str) -> ProcessObject:
        """A process by name or id, with its actions.

        Raises:
            MappingFailedError: There is none, or more than one.
        """
        found = _find("process", reference, self.processes)
        path = self._client.in_model(f"processes/{found.id}")
        answer = self._client.get(path, {"showImportDataSource": "true"})
        actions: list[dict[str, Any]] = (answer.get("processMetadata") or {}).get("actions") or []
        by_id = {item.id: item for item in self.imports}
        imports = [by_id.get(item["id"]) or _read_import(item) for item in actions if _is_import(item, by_id)]
        return ProcessObject(found.id, found.name, tuple(imports), tuple(str(item["id"]) for item in actions))

    def find_file(self, process: ProcessObject, reference: str) -> ImportObject:
        """The first import of a process that reads the file with this name or id.

        Raises:
            MappingFailedError: There is no such file, or no import of the process reads it.
        """
        file = _find("file", reference, self.files)
        for item in process.imports:
            if item.file_id == file.id:
                return item
        read = sorted({self.file_of(item).name for item in process.imports if item.file_id})
        raise MappingFailedError(
            f"No import of the process {process.name!r} reads the file {file.name!r}",
            remedy=f"Name one of its files ({', '.join(read)})" if read else "Name another process",
        )

    def csv_format(self, item: ImportObject) -> CsvFormat:
        """How the file of an import must look.

        Raises:
            MappingFailedError: The import cannot be fed from a file with one header line.
        """
        if item.id not in self._formats:
            answer = self._client.get(self._client.in_model(f"imports/{item.id}"))
            self._formats[item.id] = read_format(item.name, answer.get("importMetadata") or {})
        return self._formats[item.id]

    def _read_named(self, collection: str) -> list[Named]:
        path = self._client.in_model(collection)
        return [Named(item["id"], item.get("name", "")) for item in self._client.get_all(path, collection)]


_Found = TypeVar("_Found", bound=Named)


def _find(what: str, reference: str, objects: Iterable[_Found]) -> _Found:
    objects = list(objects)
    by_id = [item for item in objects if reference == item.id]
    found = by_id or [item for item in objects if reference == item.name]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(item.id for item in found)
        raise MappingFailedError(
            f"The name {reference!r} belongs to {len(found)} objects ({what}) of the model",
            remedy=f"Name one by its id: {ids}",
        )
    close = get_close_matches(reference, [item.name for item in objects], n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise MappingFailedError(
        f"The model has no {what} {reference!r} that this user sees{hint}",
        remedy="Create it in Anaplan, give the user access to it, or correct the mapping in `mapping_file` or"
        " `mappings`",
    )


def _is_import(action: Mapping[str, Any], known: Mapping[str, ImportObject]) -> bool:
    return (
        action.get("id") in known
        or bool(action.get("importDataSourceId"))
        or action.get("actionType") == "IMPORT"
    )


def _read_import(item: Mapping[str, Any]) -> ImportObject:
    return ImportObject(
        item["id"], item.get("name", ""), item.get("importType", ""), item.get("importDataSourceId")
    )
