"""The companies as their OData services show them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from singer_kit.errors import KitError, SettingsError

from tap_syspro.errors import LoginRefused, NotFound
from tap_syspro.odata import metadata
from tap_syspro.odata.client import XML

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tap_syspro.odata.client import Answer, Client
    from tap_syspro.odata.metadata import EntitySet
    from tap_syspro.settings import Settings


class CompanyService:
    """The OData service of one company.

    Args:
        client: Who asks.
        company: Id of the company.
        root: Address of its service.
    """

    def __init__(self, client: Client, company: str, root: str) -> None:
        self.client = client
        self.company = company
        self._root = root

    @cached_property
    def _document(self) -> tuple[Mapping[str, EntitySet], datetime]:
        def parse(answer: Answer) -> tuple[Mapping[str, EntitySet], datetime]:
            return metadata.parse(answer.body), answer.read_at

        try:
            return self.client.read(lambda: f"{self._root}/$metadata", parse, accept=XML)
        except NotFound as error:
            raise NotFound(
                f"Company {self.company} is unknown to SYSPRO ({self._root} answered 404). "
                "Correct `companies`, or `odata_url` if every company is unknown"
            ) from error

    def connect(self) -> None:
        """Ask the company what it offers.

        Raises:
            NotFound: When SYSPRO does not know the company.
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

    def entity_set(self, name: str) -> EntitySet:
        """Find a table.

        Raises:
            NotFound: When the company does not offer it.
        """
        try:
            return self.entity_sets[name]
        except KeyError:
            raise NotFound(
                f"Company {self.company} does not offer the table {name}. "
                "Let the SYSPRO administrator permit the OData operator to read it, or deselect the stream"
            ) from None

    def url(self, table: str) -> str:
        """Address of a table; the plus sign of custom-form tables needs encoding."""
        return f"{self._root}/{quote(table, safe='')}"


class Companies:
    """The companies of the settings, each asked once.

    Args:
        client: Who asks.
        settings: The companies and where they are.
    """

    def __init__(self, client: Client, settings: Settings) -> None:
        self._settings = settings
        self._services = [
            CompanyService(client, company, settings.company_url(company)) for company in settings.companies
        ]
        self.errors: dict[str, KitError] = {}

    def first(self) -> CompanyService:
        """Find the first company that answers.

        Raises:
            SettingsError: When SYSPRO knows none of the companies, or refuses the login.
            KitError: When none of them answers.
        """
        for service in self._services:
            if self._answers(service):
                return service
        if all(isinstance(error, NotFound) for error in self.errors.values()):
            raise SettingsError(
                f"SYSPRO knows none of the companies {', '.join(self.errors)} at {self._settings.odata_url}",
                setting="companies",
                remedy="Correct the company ids, or `odata_url`",
            )
        raise next(iter(self.errors.values()))

    def answering(self) -> list[CompanyService]:
        """Find all companies that answer; `errors` tells about the others."""
        return [service for service in self._services if self._answers(service)]

    def _answers(self, service: CompanyService) -> bool:
        """Tell whether a company answers.

        Raises:
            LoginRefused: At once; with the same credentials every company would refuse.
        """
        if service.company in self.errors:
            return False
        try:
            service.connect()
        except LoginRefused:
            raise
        except KitError as error:
            self.errors[service.company] = error
            return False
        return True
