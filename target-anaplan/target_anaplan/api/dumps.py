"""Failure dumps, downloaded and read into rows; what is told of a row is up to `delivery/rejected_rows.py`.

Anaplan reference, "Dump files" and "Dump lines".
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from target_anaplan.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from target_anaplan.api.client import AnaplanClient
    from target_anaplan.api.task_start import Runnable

#: The status of a row that was loaded without the bad value.
WARNING = "W"

_ERROR = "E"
_ERROR_COLUMN = re.compile(r"_Error_\d+_|__Error__\d+")
_STATUS_COLUMN = "_Status_"
_LINE_COLUMN = "_Line_"


def store_dumps(
    client: AnaplanClient, runnable: Runnable, task_id: str, object_ids: Iterable[str], folder: Path
) -> dict[str, Path]:
    """Store dumps at once: the next run of an import overwrites its own (Anaplan reference, "Dump files").

    Args:
        client: Calls the model.
        runnable: What ran.
        task_id: Its task.
        object_ids: The imports that should have a dump.
        folder: Where to store them.

    Returns:
        The dumps that have content, by import.
    """
    task_path = client.in_model(f"{runnable.tasks_path}/{task_id}")
    dumps = {}
    for object_id in object_ids:
        path = folder / f"dump-{object_id}.csv"
        part = "dump" if runnable.collection == "imports" else f"dumps/{object_id}"
        with path.open("wb") as file:
            file.writelines(_download(client, f"{task_path}/{part}"))
        if path.stat().st_size:
            dumps[object_id] = path
    return dumps


def _download(client: AnaplanClient, path: str) -> Iterator[bytes]:
    """The parts of a dump, one after the other; nothing where there is no dump."""
    try:
        chunks = client.get(f"{path}/chunks").get("chunks") or []
    except NotFoundError:
        return
    except RefusedError as error:
        if error.status == HTTPStatus.BAD_REQUEST:
            return
        raise
    for chunk in chunks:
        yield client.call("GET", f"{path}/chunks/{chunk['id']}", expects_json=False).content


@dataclass(frozen=True)
class DumpRow:
    """One row of a dump.

    Attributes:
        status: Whether the row was rejected or loaded with a warning.
        line: The physical line in the uploaded file; None where the dump does not tell.
        cells: The source columns by header.
        errors: Why, in Anaplan's words.
    """

    status: str
    line: int | None
    cells: dict[str, str]
    errors: tuple[str, ...]


def read_dump(path: Path) -> Iterator[DumpRow]:
    """Read a dump by its header names, as columns come and go between servers."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader(file)
        headers = next(rows, [])
        for row in rows:
            values = dict(zip(headers, row, strict=False))
            line = values.get(_LINE_COLUMN, "")
            yield DumpRow(
                status=values.get(_STATUS_COLUMN) or _ERROR,
                line=int(line) if line.isdecimal() else None,
                cells={name: text for name, text in values.items() if not _is_own_column(name)},
                errors=tuple(
                    text.strip()
                    for name, text in values.items()
                    if _ERROR_COLUMN.fullmatch(name) and text.strip()
                ),
            )


def _is_own_column(name: str) -> bool:
    return name in {_STATUS_COLUMN, _LINE_COLUMN} or bool(_ERROR_COLUMN.fullmatch(name))
