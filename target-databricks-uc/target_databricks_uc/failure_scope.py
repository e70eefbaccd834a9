"""What a failure ends: one stream, or the run, in one line and not in one for each stream."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from singer_kit.errors import KitError

from target_databricks_uc.errors import ArrivalError

if TYPE_CHECKING:
    from collections.abc import Iterator


class FailureScope:
    """Tells failures of the first look at the workspace, which concern every stream, from all others."""

    def __init__(self) -> None:
        self._of_run: KitError | None = None

    @contextmanager
    def first_contact(self) -> Iterator[None]:
        """Do what every stream needs; what fails in it fails at once for all who ask again.

        Raises:
            KitError: It failed, now or earlier.
        """
        if self._of_run is not None:
            raise self._of_run
        try:
            yield
        except KitError as error:
            self._of_run = error
            raise

    def ends_run(self, error: Exception) -> bool:
        """Whether no stream at all can be delivered, or what was delivered cannot be trusted."""
        return error is self._of_run or isinstance(error, ArrivalError)
