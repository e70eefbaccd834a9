"""The companies: what each offers, which are skipped because they do not answer."""

from __future__ import annotations

import copy
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from singer_kit.errors import KitError, PermanentError, SettingsError

from tap_syspro.column_digits import with_known_digits
from tap_syspro.errors import PERMISSION_REMEDY, LoginRefusedError, NotFoundError, ServiceBusyError
from tap_syspro.odata import metadata, urls
from tap_syspro.odata.client import XML

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tap_syspro.odata.client import Answer, Client
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.settings import Settings

#: How many tables of a company may fail one after the other because nobody answers.
MOST_UNREACHABLE_PARTS = 3


class Company:
    """One company as OData shows it.

    Args:
        client: Who asks.
        company_id: Its id in SYSPRO.
        root: Address of what SYSPRO offers of it.
    """

    def __init__(self, client: Client, company_id: str, root: str) -> None:
        self.client = client
        self.id = company_id
        self._root = root

    def for_part(self) -> Company:
        """The same company, asked with the patience that one table may cost."""
        self.connect()
        part = copy.copy(self)
        part.client = self.client.for_part()
        return part

    @cached_property
    def _document(self) -> tuple[Mapping[str, EntitySet], datetime]:
        def parse(answer: Answer) -> tuple[Mapping[str, EntitySet], datetime]:
            offered = metadata.parse(answer.body)
            return {name: with_known_digits(each) for name, each in offered.items()}, answer.read_at

        try:
            return self.client.read(lambda: urls.metadata_url(self._root), parse, accept=XML)
        except NotFoundError as error:
            raise NotFoundError(
                f"Company {self.id} is unknown to SYSPRO: {self._root} answered 404",
                setting="companies",
                remedy="Correct its id, or `odata_url` if every company is unknown",
            ) from error

    def connect(self) -> None:
        """Ask the company what it offers.

        Raises:
            NotFoundError: When SYSPRO does not know the company.
        """
        _ = self._document

    @property
    def entity_sets(self) -> Mapping[str, EntitySet]:
        """The tables and views that the OData user may see, by name."""
        return self._document[0]

    @property
    def seen_at(self) -> datetime:
        """SYSPRO's clock when the company was first asked."""
        return self._document[1]

    def entity_set(self, table: str) -> EntitySet:
        """Find a table.

        Raises:
            NotFoundError: When the company does not offer it.
        """
        try:
            return self.entity_sets[table]
        except KeyError:
            raise NotFoundError(
                f"Company {self.id} does not offer the table {table}",
                remedy=f"{PERMISSION_REMEDY}, or deselect the stream",
            ) from None

    def url(self, table: str) -> str:
        """Address of a table."""
        return urls.table_url(self._root, table)


class Companies:
    """The companies of the settings, each asked once.

    Args:
        client: Who asks.
        settings: The companies and where they are.
        fail: Told the part and the reason when a company is skipped.
    """

    def __init__(self, client: Client, settings: Settings, fail: Callable[[str, str], None]) -> None:
        self._settings = settings
        self._fail = fail
        self._companies = [
            Company(client, company, urls.company_root(settings.odata_url, company))
            for company in settings.companies
        ]
        self._errors: dict[str, KitError] = {}
        self._unreachable: Counter[str] = Counter()

    def first(self) -> Company:
        """Find the first company that answers.

        Raises:
            SettingsError: When SYSPRO knows none of the companies, or refuses the login.
            KitError: When none of them answers.
        """
        for company in self._companies:
            if self._answers(company):
                return company
        if all(isinstance(error, NotFoundError) for error in self._errors.values()):
            raise SettingsError(
                f"SYSPRO knows none of the companies {', '.join(self._errors)} at {self._settings.odata_url}",
                setting="companies",
                remedy="Correct the company ids, or `odata_url`",
            )
        raise next(iter(self._errors.values()))

    @cached_property
    def answering(self) -> list[Company]:
        """The companies that answer; each one that does not is a failure of the run."""
        answering = [company for company in self._companies if self._answers(company)]
        for company, error in self._errors.items():
            self._fail(f"company {company}", str(error))
        return answering

    @property
    def readable(self) -> list[Company]:
        """The companies that answer and have not been given up since."""
        return [
            company for company in self.answering if self._unreachable[company.id] < MOST_UNREACHABLE_PARTS
        ]

    def note_read(self, company: str) -> None:
        """Note that a part of a company was read: it can be reached."""
        if self._unreachable[company] < MOST_UNREACHABLE_PARTS:
            self._unreachable[company] = 0

    def note_failed(self, company: str, error: Exception) -> None:
        """Note that a part of a company failed; one too many that nobody answered gives the company up.

        Args:
            company: Its id.
            error: Why.
        """
        if not (isinstance(error, ServiceBusyError) and error.unreachable):
            return
        self._unreachable[company] += 1
        if self._unreachable[company] == MOST_UNREACHABLE_PARTS:
            reason = f"SYSPRO could not be reached for {MOST_UNREACHABLE_PARTS} tables one after the other"
            self._fail(f"company {company}", f"{reason}. The rest of the company is skipped.")

    def _answers(self, company: Company) -> bool:
        """Tell whether a company answers.

        Raises:
            LoginRefusedError: At once; with the same credentials every company would refuse.
        """
        if company.id in self._errors:
            return False
        try:
            company.connect()
        except LoginRefusedError:
            raise
        except KitError as error:
            self._errors[company.id] = error
            return False
        except Exception as error:  # noqa: BLE001  # a bug of ours may not cost the rows of the others
            self._errors[company.id] = PermanentError(
                f"This is a bug in tap-syspro, please report it: {type(error).__name__}: {error}"
            )
            return False
        return True
