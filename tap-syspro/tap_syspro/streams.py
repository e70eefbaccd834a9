"""The SDK's view of a stream: a shell over `company_reader`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from singer_kit.errors import KitError, render
from singer_kit.sdk_tap import KitStream, Page
from singer_sdk.singerlib.catalog import Metadata
from typing_extensions import override

from tap_syspro.bookmarks import COMPANIES, Bookmark, bookmark_of, put_back, replication_key_of
from tap_syspro.company_reader import CompanyReader
from tap_syspro.errors import DoubtfulReadError, EndOfRunError, LoginRefusedError
from tap_syspro.read_ahead import begun_ahead
from tap_syspro.stream_schema import AUTOMATIC

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from singer_kit.sdk_tap import KitTap
    from singer_sdk.singerlib.catalog import MetadataMapping

    from tap_syspro.bookmarks import Value
    from tap_syspro.companies import Company
    from tap_syspro.discovery import StreamDefinition
    from tap_syspro.run_context import RunContext


class SysproStream(KitStream):
    """One SYSPRO table as a stream.

    Args:
        tap: The tap, for the SDK.
        context: What all streams of the run share.
        definition: What the stream is.
    """

    def __init__(self, tap: KitTap, context: RunContext, definition: StreamDefinition) -> None:
        super().__init__(tap, schema=definition.schema, name=definition.table.stream)
        self._context = context
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
        """Read the companies one after the other; where one fails, the others go on.

        The bookmark of one that fails stands behind its last complete page, so that a flaky server finishes a
        first load in the end. A doubtful read alone puts the old one back: nothing of it can be trusted.
        """
        before = copy.deepcopy(self.bookmark)
        for reader in self._readers():
            context = {"company": reader.company}
            try:
                for page in reader.pages():
                    update = self._update(reader.company, page.bookmark)
                    yield Page(page.records, page.read_at, update, context)
                self._context.companies.note_read(reader.company)
            except LoginRefusedError as error:
                raise EndOfRunError(error) from error
            except KitError as error:
                if isinstance(error, DoubtfulReadError):
                    put_back(self.bookmark, reader.company, before)
                self.fail(reader.company, str(error))
                self._context.companies.note_failed(reader.company, error)
            except Exception as error:  # a bug of ours may not cost the rows of the others
                self.logger.debug("What failed in company %s:", reader.company, exc_info=True)
                reason = f"This is a bug in tap-syspro, please report it: {type(error).__name__}: {error}"
                self.fail(reader.company, render(reason))

    def _readers(self) -> Iterator[CompanyReader]:
        with self._context.shutdown.reading():
            companies = self._context.companies.readable
        columns = self._selected_columns()
        return begun_ahead(
            companies,
            lambda company: self._reader(company, columns),
            self._context.settings.concurrency,
        )

    def _reader(self, company: Company, columns: list[str]) -> CompanyReader:
        return CompanyReader(
            self._context,
            company,
            self._definition,
            columns=columns,
            bookmark=bookmark_of(self.bookmark, company.id, replication_key_of(self._definition.table)),
            full_table=self.full_table,
        )

    def _selected_columns(self) -> list[str]:
        """The source's columns that the catalog selects."""
        return [
            name
            for name in self.schema["properties"]
            if name not in AUTOMATIC and self.mask.get(("properties", name), True)
        ]

    def _update(self, company: str, value: Value | None) -> dict[str, Any] | None:
        if value is None:
            return None
        bookmark = Bookmark(replication_key_of(self._definition.table), value)
        return {COMPANIES: {company: bookmark.to_state()}}
