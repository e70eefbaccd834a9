"""The local folder of a run, in which files stand until they are uploaded."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from singer_kit.disk import explained_disk_errors

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

#: What chooses the folder: an environment variable, as no setting does.
_VARIABLE = "TMPDIR"


class Spool:
    """A temporary folder, removed at the end of the run.

    Args:
        name: What its name begins with.

    Raises:
        PermanentError: It cannot be made.
    """

    def __init__(self, name: str) -> None:
        with spool_errors(Path(tempfile.gettempdir())):
            self.folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def spool_errors(folder: Path) -> AbstractContextManager[None]:
    """Tell in plain words what the disk refuses below a folder, as a `PermanentError`."""
    return explained_disk_errors(folder, _VARIABLE)
