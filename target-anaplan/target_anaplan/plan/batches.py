"""What is delivered together: the mappings that run one import or one process."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from target_anaplan.plan import delivery_order

if TYPE_CHECKING:
    from singer_kit.errors import KitError

    from target_anaplan.mapping.definition import Mapping
    from target_anaplan.plan.destination import Destination
    from target_anaplan.spool.mapped_file import MappedFile

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Binding:
    """A batch at work.

    Attributes:
        destination: Where it goes.
        files: For each mapping the file that it fills.
    """

    destination: Destination
    files: tuple[MappedFile, ...]


@dataclass
class Batch:
    """The mappings that are uploaded together and run as one import or process.

    Attributes:
        mappings: At least one.
        binding: None until the first record comes.
        error: Why it cannot be delivered.
        done: Whether it was delivered, or had nothing to deliver at the end.
    """

    mappings: list[Mapping]
    binding: Binding | None = None
    error: KitError | None = None
    done: bool = False

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        kind, target = self.mappings[0].batch
        if self.binding is not None:
            target = self.binding.destination.runnable.name
        streams = ", ".join(dict.fromkeys(mapping.stream for mapping in self.mappings))
        return f"{kind} {target!r} (stream {streams})"

    @property
    def files(self) -> tuple[MappedFile, ...]:
        """The files that are filled; none before the first record comes."""
        return self.binding.files if self.binding else ()

    @property
    def rank(self) -> int:
        """What goes first where `after` says nothing; the lowest does."""
        return delivery_order.default_rank(self.binding.destination if self.binding else None)

    def fail(self, error: KitError) -> None:
        """Note why it cannot be delivered; the first reason stays."""
        if self.error is None:
            self.error = error
            _logger.warning("%s: %s", self.name, error)  # the run's last line is the error
