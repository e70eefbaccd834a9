"""The SDK's view of a stream: a shell over `reader`."""

from __future__ import annotations

import copy
import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from singer_kit.errors import KitError
from singer_kit.sdk_tap import KitStream, Page
from singer_sdk.singerlib.catalog import Metadata
from typing_extensions import override

from tap_syspro.bookmarks import COMPANIES, Bookmark, bookmark_of
from tap_syspro.methods import replication_key_of
from tap_syspro.reader import CompanyReader
from tap_syspro.schemas import AUTOMATIC

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from singer_sdk.singerlib.catalog import MetadataMapping

    from tap_syspro.discovery import StreamDefinition
    from tap_syspro.service import CompanyService
    from tap_syspro.tap import TapSyspro

logger = logging.getLogger(__name__)


class SysproStream(KitStream):
    """One SYSPRO table as a stream.

    Args:
        tap: The tap.
        definition: What the stream is.
    """

    _tap: TapSyspro

    def __init__(self, tap: TapSyspro, definition: StreamDefinition) -> None:
        super().__init__(tap, schema=definition.schema, name=definition.table.stream)
        self._definition = definition
        self.primary_keys = definition.key_properties
        self.replication_key = definition.replication_key
        self.selected_by_default = definition.selected

    @property
    @override
    def metadata(self) -> MetadataMapping:
        """The stream's metadata; the columns of the record contract cannot be deselected."""
        metadata = super().metadata
        for name in AUTOMATIC:
            metadata["properties", name].inclusion = Metadata.InclusionType.AUTOMATIC
        return metadata

    @override
    def pages(self, context: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Read the companies one after the other; one that fails keeps its bookmark, and the others go on."""
        before = copy.deepcopy(dict(self.bookmark.get(COMPANIES, {})))
        for reader in self._readers():
            rows, started = 0, time.monotonic()
            try:
                for page in reader.pages():
                    rows += len(page.records)
                    yield Page(page.records, page.read_at, self._update(reader.company, page.bookmark))
            except KitError as error:
                self._restore(reader.company, before)
                self.fail(reader.company, str(error))
            else:
                seconds = time.monotonic() - started
                self.logger.info(
                    "%s of company %s: %d rows in %.1f s", self.name, reader.company, rows, seconds
                )

    def _readers(self) -> Iterator[CompanyReader]:
        """Start up to `concurrency` companies ahead of the one that is delivered."""
        waiting = deque(self._tap.services)
        started: deque[CompanyReader] = deque()
        columns = self._selected_columns()
        while waiting or started:
            while waiting and len(started) < self._tap.settings.concurrency:
                started.append(self._reader(waiting.popleft(), columns))
            yield started.popleft()

    def _reader(self, service: CompanyService, columns: list[str]) -> CompanyReader:
        return CompanyReader(
            service,
            self._definition,
            self._tap.settings,
            columns=columns,
            bookmark=bookmark_of(self.bookmark, service.company, replication_key_of(self._definition.table)),
            full_table=self.full_table,
            run_id=self._tap.run_id,
            gate=self._tap.gate,
            waiting=self._tap.shutdown.reading,
        )

    def _selected_columns(self) -> list[str]:
        """The source's columns that the catalogue selects."""
        return [
            name
            for name in self.schema["properties"]
            if name not in AUTOMATIC and self.mask.get(("properties", name), True)
        ]

    def _update(self, company: str, value: str | int | None) -> dict[str, Any] | None:
        if value is None:
            return None
        bookmark = Bookmark(replication_key_of(self._definition.table), value)
        return {COMPANIES: {company: bookmark.to_state()}}

    def _restore(self, company: str, before: Mapping[str, Any]) -> None:
        """Put back the bookmark that a company had before it failed."""
        companies = self._tap.state.get("bookmarks", {}).get(self.name, {}).get(COMPANIES, {})
        companies.pop(company, None)
        if company in before:
            companies[company] = before[company]
