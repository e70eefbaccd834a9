"""The stand-in as other code sees it."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from syspro_sandbox.clock import SystemClock
from syspro_sandbox.syspro.calendar import BusinessClock
from syspro_sandbox.syspro.companies import Operator
from syspro_sandbox.syspro.database import RowStore, connect, system_path
from syspro_sandbox.syspro.enet import EnetService
from syspro_sandbox.syspro.enet.service import PATH as ENET_PATH
from syspro_sandbox.syspro.enet.service import CompanyProfile
from syspro_sandbox.syspro.gateway import Gateway, Host
from syspro_sandbox.syspro.odata import ODataService
from syspro_sandbox.syspro.odata.service import PATH as ODATA_PATH
from syspro_sandbox.syspro.options import SysproOptions
from syspro_sandbox.syspro.seed import SeedSettings, create_data, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from starlette.types import ASGIApp

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.exchange import Exchange

_IIS = "Microsoft-IIS/10.0"
_HTTP_SYS = "Microsoft-HTTPAPI/2.0"


class SysproStandIn:
    """A SYSPRO server with its companies, behind an ASGI application.

    Args:
        data_dir: The folder of the data.
        databases: The companies' files.
        options: The switches of the servers.
        clock: The machine's clock.

    Attributes:
        app: The application to serve; it sends a `Date` of its own.
        databases: The companies' files.
    """

    def __init__(
        self,
        data_dir: Path,
        databases: Mapping[str, Path],
        options: SysproOptions,
        clock: Clock,
    ) -> None:
        self.databases = dict(databases)
        self._open = ExitStack()
        # The last connection to close removes the write-ahead log: one stays open, so that no request does.
        for path in self.databases.values():
            self._open.enter_context(closing(connect(path)))
        with closing(connect(system_path(data_dir))) as system:
            companies = system.execute("SELECT CompanyId, Name, LocalCurrency FROM Companies")
            profiles = {company: CompanyProfile(name, currency) for company, name, currency in companies}
            operators = system.execute("SELECT Operator, Password, ODataUser, ODataPassword FROM Operators")
            self._operators = [Operator(*values) for values in operators]
        business_clock = BusinessClock(data_dir, clock)
        logins = {each.odata_user: each.odata_password for each in self._operators}
        odata = ODataService(self.databases, logins, options)
        self._enet = EnetService(
            self.databases,
            {each.code: each.password for each in self._operators},
            profiles,
            options=options,
            clock=clock,
            business_clock=business_clock,
        )
        default = Host(self._enet, _HTTP_SYS)
        self._gateway = Gateway({ODATA_PATH: Host(odata, _IIS)}, default, business_clock)
        self.app: ASGIApp = self._gateway

    @property
    def requests(self) -> list[Exchange]:
        """The requests that were answered, oldest first."""
        return list(self._gateway.log)

    @property
    def open_sessions(self) -> int:
        """How many e.net sessions nobody has logged off."""
        return self._enet.sessions.count

    @contextmanager
    def edit(self, company: str) -> Iterator[RowStore]:
        """Change rows of a company as another client of its database would, in one transaction.

        Every row that is written gets a new rowversion. The books need not agree with each other afterwards.
        """
        with closing(connect(self.databases[company])) as connection:
            connection.execute("BEGIN IMMEDIATE")
            store = RowStore(company, connection)
            yield store
            store.flush()
            connection.execute("COMMIT")

    def env(self, base_url: str) -> dict[str, str]:
        """The tap's settings as the environment variables that Meltano reads."""
        reader = self._operators[0]
        return {
            "TAP_SYSPRO_API": "odata",
            "TAP_SYSPRO_ODATA_URL": f"{base_url}/{ODATA_PATH}",
            "TAP_SYSPRO_ODATA_USERNAME": reader.odata_user,
            "TAP_SYSPRO_ODATA_PASSWORD": reader.odata_password,
            "TAP_SYSPRO_ENET_URL": f"{base_url}/{ENET_PATH}",
            "TAP_SYSPRO_OPERATOR": reader.code,
            "TAP_SYSPRO_OPERATOR_PASSWORD": reader.password,
            "TAP_SYSPRO_COMPANIES": json.dumps(list(self.databases)),
        }

    def close(self) -> None:
        """Let go of the databases."""
        self._open.close()


def create(
    data_dir: Path,
    *,
    scale: float | None = None,
    seed: int | None = None,
    today: date | None = None,
    companies: Sequence[str] | None = None,
    seeding: SeedSettings | None = None,
    options: SysproOptions | None = None,
    clock: Clock | None = None,
) -> SysproStandIn:
    """Open the SYSPRO of a data folder; its data are made when they are not there.

    What is None is as the data in the folder were made, or as `SeedSettings` says for new ones.

    Args:
        data_dir: The folder.
        scale: Multiplies the number of documents.
        seed: Of the generated data.
        today: The business date that new data end at.
        companies: The companies to serve.
        seeding: Everything that new data are made from; what is given above wins over it.
        options: The switches of the servers.
        clock: The machine's clock.

    Raises:
        SysproDataError: When the folder holds data made from other settings.
    """
    asked = {"scale": scale, "seed": seed, "today": today, "companies": companies and tuple(companies)}
    there = system_path(data_dir).exists() and seeding is None
    settings = replace(
        read_settings(data_dir) if there else seeding or SeedSettings(),
        **{name: value for name, value in asked.items() if value is not None},  # type: ignore[arg-type]
    )
    databases = create_data(data_dir, settings)
    return SysproStandIn(data_dir, databases, options or SysproOptions(), clock or SystemClock())
