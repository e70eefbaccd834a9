"""What the model offers: imports, processes and files, found by name or id and read once a run."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from singer_kit.errors import PermanentError
from singer_kit.retry import RetryPolicy, call_with_retry

from target_anaplan.csv_format import CsvFormat, codec_name
from target_anaplan.errors import MappingFailedError, ModelBusyError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from singer_kit.clock import Clock

    from target_anaplan.api.client import AnaplanClient

LOCKED = "LOCKED"
_UNUSABLE = {
    "ARCHIVED": "is archived; a workspace administrator can unarchive it",
    "MAINTENANCE": "is in maintenance; wait until it is online again",
    "PRODUCTION_MAINTENANCE": "is in maintenance; wait until it is online again",
}
LIST_KINDS = frozenset({"HIERARCHY_DATA", "USERS", "VERSIONS", "LINE_ITEM_DEFINITION"})
#: Ids of files that can be uploaded begin so (2.2).
UPLOADED_FILE = "113"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Named:
    """An object of the model that has an id and a name."""

    id: str
    name: str


@dataclass(frozen=True)
class ImportObject(Named):
    """An import.

    Attributes:
        kind: Its `importType`.
        file_id: The file it reads; None for an import from elsewhere.
    """

    kind: str
    file_id: str | None

    @property
    def fills_list(self) -> bool:
        """Whether it fills a list, which goes before modules."""
        return self.kind in LIST_KINDS


@dataclass(frozen=True)
class ProcessObject(Named):
    """A process.

    Attributes:
        imports: Those of its actions that are imports, in order.
        actions: The ids of all its actions, in order.
    """

    imports: tuple[ImportObject, ...]
    actions: tuple[str, ...]


class Catalogue:
    """The objects of one model.

    Args:
        client: Reads them.
        clock: Where the wait for a locked model passes.
        lock_wait_seconds: How long that wait may be.
    """

    def __init__(self, client: AnaplanClient, clock: Clock, lock_wait_seconds: int) -> None:
        self._client = client
        self._clock = clock
        self._lock_wait = RetryPolicy(max_tries=sys.maxsize, base=2.0, cap=30.0, budget=lock_wait_seconds)
        self._formats: dict[str, CsvFormat] = {}
        self._state = ""

    def wait_for_model(self) -> None:
        """Waits for a model that was found locked.

        One that was not is not asked again: the call would block while others use it (4.2), and the start of
        an import answers 423 if it is locked by then.

        Raises:
            ModelBusyError: It stays locked.
            PermanentError: It takes no imports.
        """
        if self._state != LOCKED:
            return
        call_with_retry(self._check_unlocked, policy=self._lock_wait, clock=self._clock, on_retry=_tell_wait)

    def _check_unlocked(self) -> None:
        if self.check_model() == LOCKED:
            raise ModelBusyError(
                "the model is locked; a workspace administrator can unlock it (`lock_wait_seconds`"
                " says how long to wait)"
            )

    def check_model(self) -> str:
        """Makes sure that the model is there and not put away.

        Returns:
            Its state; the list of states is open (2.3).

        Raises:
            PermanentError: It is not, with what to do about it.
        """
        client = self._client
        try:
            model = client.model()
        except NotFoundError as error:
            raise PermanentError(
                f"the model {client.model_id} is not there or hidden from this user; check"
                " `model_id` and `api_url`, and give the user a role in the model"
            ) from error
        name, state, home = model.get("name"), model.get("activeState"), model.get("currentWorkspaceId")
        if home and home != client.workspace_id:
            raise PermanentError(
                f"the model {name!r} is in the workspace {home}, not in {client.workspace_id};"
                " correct `workspace_id`"
            )
        if state in _UNUSABLE:
            raise PermanentError(f"the model {name!r} {_UNUSABLE[state]}")
        self._state = str(state)
        return self._state

    @cached_property
    def imports(self) -> list[ImportObject]:
        """All imports."""
        path = self._client.in_model("imports")
        return [_read_import(item) for item in self._client.get_all(path, "imports")]

    @cached_property
    def processes(self) -> list[Named]:
        """All processes."""
        path = self._client.in_model("processes")
        return [Named(item["id"], item.get("name", "")) for item in self._client.get_all(path, "processes")]

    @cached_property
    def files(self) -> list[Named]:
        """All files."""
        path = self._client.in_model("files")
        return [Named(item["id"], item.get("name", "")) for item in self._client.get_all(path, "files")]

    def find_import(self, reference: str) -> ImportObject:
        """An import by name or id, whose file is in the model.

        Raises:
            MappingFailedError: There is none, more than one, or it does not read an uploaded file.
        """
        found = _find("import", reference, self.imports)
        if not (found.file_id or "").startswith(UPLOADED_FILE):
            raise MappingFailedError(
                f"the import {found.name!r} does not read an uploaded file; choose one that does"
            )
        self.file_of(found)
        return found

    def file_of(self, item: ImportObject) -> Named:
        """The file that an import reads; a POST to an id that is not in this list would create a file (2.4).

        Raises:
            MappingFailedError: The model has no such file.
        """
        for file in self.files:
            if file.id == item.file_id:
                return file
        raise MappingFailedError(
            f"the file {item.file_id} of the import {item.name!r} is not in the model's list of files"
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
            f"no import of the process {process.name!r} reads the file {file.name!r}; it reads:"
            f" {', '.join(read) or 'none'}"
        )

    def csv_format(self, item: ImportObject) -> CsvFormat:
        """How the file of an import must look.

        Raises:
            MappingFailedError: The import cannot be fed from a file with one header line.
        """
        if item.id not in self._formats:
            answer = self._client.get(self._client.in_model(f"imports/{item.id}"))
            self._formats[item.id] = _read_format(item, answer.get("importMetadata") or {})
        return self._formats[item.id]


def _tell_wait(error: Exception, _attempt: int, wait: float) -> None:
    _logger.warning("%s; looking again in %.0f s", error, wait)


_Found = TypeVar("_Found", bound=Named)


def _find(kind: str, reference: str, objects: Iterable[_Found]) -> _Found:
    objects = list(objects)
    found = [item for item in objects if reference == item.id] or [
        item for item in objects if reference == item.name
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(item.id for item in found)
        raise MappingFailedError(
            f"the model has {len(found)} objects of kind {kind} named {reference!r}; name one by its"
            f" id: {ids}"
        )
    close = get_close_matches(reference, [item.name for item in objects], n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise MappingFailedError(
        f"the model has no {kind} {reference!r} that this user sees.{hint} Create it in Anaplan, give"
        " the user access to it, or correct the mapping (setting `mapping_file` or `mappings`)"
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


def _read_format(item: ImportObject, metadata: Mapping[str, Any]) -> CsvFormat:
    source = metadata.get("source") or {}
    headers = tuple(source.get("headerNames") or ())
    name = f"the import {item.name!r}"
    if metadata.get("type", "FILE") != "FILE" or not headers:
        raise MappingFailedError(f"{name} does not read a file with named columns; choose one that does")
    if (source.get("headerRow", 1), source.get("firstDataRow", 2)) != (1, 2):
        raise MappingFailedError(
            f"{name} does not expect the header in row 1 and data from row 2; set it so in Anaplan"
        )
    if len(set(headers)) < len(headers) or "" in headers:
        raise MappingFailedError(
            f"{name} has a file with blank or repeated headers: {', '.join(map(repr, headers))}"
        )
    separator = source.get("columnSeparator") or ","
    qualifier = source.get("textDelimiter") or ""
    if len(separator) != 1 or len(qualifier) > 1:
        raise MappingFailedError(
            f"{name} has the separator {separator!r} and qualifier {qualifier!r}; each must be one character"
        )
    return CsvFormat(
        headers,
        separator,
        qualifier,
        codec_name(source.get("textEncoding") or "UTF-8"),
        source.get("decimalSeparator") or ".",
    )
