"""The databases of a data folder: those that are there, else new ones."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from syspro_sandbox.syspro.books import Books
from syspro_sandbox.syspro.calendar import CALENDAR_PERIODS, DEFAULT_TODAY, FIRST_YEAR, MOST_PERIODS
from syspro_sandbox.syspro.companies import ALL, COMPANIES, READER, Company, Sizes
from syspro_sandbox.syspro.database import (
    RowStore,
    SysproDataError,
    company_path,
    connect,
    create_company,
    create_system,
    finish_seeding,
    syspro_dir,
    system_path,
)
from syspro_sandbox.syspro.seed.accounts import AccountsSeed
from syspro_sandbox.syspro.seed.codes import add_codes
from syspro_sandbox.syspro.seed.history import History
from syspro_sandbox.syspro.seed.partners import Partners
from syspro_sandbox.syspro.seed.past import LedgerPast, purge_journals
from syspro_sandbox.syspro.seed.stock import StockRoom
from syspro_sandbox.syspro.tables import LAYOUT
from syspro_sandbox.syspro.trade import Habits

if TYPE_CHECKING:
    from pathlib import Path

EARLIEST_TODAY = date(FIRST_YEAR, 3, 1)
OPENING_DAY = date(FIRST_YEAR - 1, 12, 29)
#: However small the scale, there is something of everything.
FEWEST = Sizes(12, 12, 20, 20, 24, 8, 10)


@dataclass(frozen=True)
class SeedSettings:
    """What the data are made from.

    Attributes:
        scale: Multiplies the number of documents; partners and stock codes grow with its square root.
        seed: Of the random numbers.
        today: The business date; None means the usual one for new data and any for data that are there.
        companies: Which companies to make.
        beyond_cp1252: Whether a few names hold letters that Windows-1252, and so e.net, cannot carry.
        group_ledger: Whether PLT1's database also holds the GL of the holding company.
        carry_forward: Whether closing balances of periods to come repeat the last one, or are 0.
        periods: How many periods a fiscal year has; those behind the twelfth take the adjustments that are
            posted after the year has ended.
        history_years: How many years of GenHistory there are before the first one with journals.
        journal_years: How many years of journals and transactions were kept, this one counted; 0: all.
    """

    scale: float = 1.0
    seed: int = 7
    today: date | None = None
    companies: tuple[str, ...] = ALL
    beyond_cp1252: bool = False
    group_ledger: bool = True
    carry_forward: bool = True
    periods: int = CALENDAR_PERIODS
    history_years: int = 0
    journal_years: int = 0

    def __post_init__(self) -> None:
        if not CALENDAR_PERIODS <= self.periods <= MOST_PERIODS:
            raise SysproDataError(
                f"A fiscal year has {CALENDAR_PERIODS} to {MOST_PERIODS} periods, not {self.periods}"
            )

    def recorded(self) -> dict[str, str]:
        """The settings as they are kept with the data, without the companies."""
        return {
            "scale": repr(float(self.scale)),
            "seed": str(self.seed),
            "today": self.today.isoformat() if self.today else "",
            "beyond_cp1252": str(self.beyond_cp1252),
            "group_ledger": str(self.group_ledger),
            "carry_forward": str(self.carry_forward),
            "periods": str(self.periods),
            "history_years": str(self.history_years),
            "journal_years": str(self.journal_years),
        }


def create_data(data_dir: Path, settings: SeedSettings) -> dict[str, Path]:
    """Make the SYSPRO data of a folder; data that are there are opened as they are.

    Returns:
        The database of each company asked for.

    Raises:
        SysproDataError: When the folder holds data made from other settings, or the date is too early.
    """
    if system_path(data_dir).exists():
        _check_same(data_dir, settings)
    else:
        _make(data_dir, replace(settings, today=settings.today or DEFAULT_TODAY))
    return {company: company_path(data_dir, company) for company in settings.companies}


def read_settings(data_dir: Path) -> SeedSettings:
    """What the data of a folder were made from.

    Raises:
        MissingDataError: When the folder holds no SYSPRO data.
        SysproDataError: When another version of the sandbox made them.
    """
    with closing(connect(system_path(data_dir))) as connection:
        kept = dict(connection.execute("SELECT name, value FROM Seeding"))
        if kept.get("layout") != LAYOUT:
            raise SysproDataError(
                f"The SYSPRO data in {data_dir} were made by another version of the sandbox: "
                f"{_remedy(data_dir)}"
            )
        companies = connection.execute("SELECT CompanyId FROM Companies ORDER BY rowid")
        return SeedSettings(
            scale=float(kept["scale"]),
            seed=int(kept["seed"]),
            today=date.fromisoformat(kept["today"]),
            companies=tuple(company for (company,) in companies),
            beyond_cp1252=kept["beyond_cp1252"] == "True",
            group_ledger=kept["group_ledger"] == "True",
            carry_forward=kept["carry_forward"] == "True",
            periods=int(kept["periods"]),
            history_years=int(kept["history_years"]),
            journal_years=int(kept["journal_years"]),
        )


def _remedy(data_dir: Path) -> str:
    return f"choose another folder, or delete {syspro_dir(data_dir)}"


def _check_same(data_dir: Path, settings: SeedSettings) -> None:
    there = read_settings(data_dir)
    asked = replace(settings, today=settings.today or there.today)
    remedy = _remedy(data_dir)
    kept = there.recorded()
    for name, value in asked.recorded().items():
        if value != kept[name]:
            raise SysproDataError(
                f"The SYSPRO data in {data_dir} were made with {name} {kept[name]}, not {value}: {remedy}"
            )
    if missing := sorted(set(settings.companies) - set(there.companies)):
        raise SysproDataError(f"The SYSPRO data in {data_dir} have no {', '.join(missing)}: {remedy}")


def _make(data_dir: Path, settings: SeedSettings) -> None:
    today = settings.today or DEFAULT_TODAY
    if today < EARLIEST_TODAY:
        raise SysproDataError(f"The business date must be {EARLIEST_TODAY} or later, it is {today}")
    syspro_dir(data_dir).mkdir(parents=True, exist_ok=True)
    for company_id in settings.companies:
        path = company_path(data_dir, company_id)
        # What an interrupted start left behind; the data are there only when the system database is.
        path.unlink(missing_ok=True)
        connection = create_company(path, today)
        connection.execute("BEGIN")
        store = RowStore(company_id, connection)
        _seed_company(COMPANIES[company_id], store, settings, today)
        store.flush()
        connection.execute("COMMIT")
        finish_seeding(connection)
    create_system(
        data_dir,
        today,
        companies=[(each, COMPANIES[each].name, COMPANIES[each].local.code) for each in settings.companies],
        operators=[READER],
        seeding=settings.recorded() | {"layout": LAYOUT},
    )


def company_of(company_id: str, settings: SeedSettings) -> Company:
    """A company as the settings have it."""
    company = COMPANIES[company_id]
    return company if settings.group_ledger else replace(company, group_ledger="")


def _scaled(sizes: Sizes, scale: float) -> Sizes:
    partners = scale**0.5
    return Sizes(
        suppliers=max(round(sizes.suppliers * partners), FEWEST.suppliers),
        customers=max(round(sizes.customers * partners), FEWEST.customers),
        stock_codes=max(round(sizes.stock_codes * partners), FEWEST.stock_codes),
        ap_invoices=max(round(sizes.ap_invoices * scale), FEWEST.ap_invoices),
        ar_invoices=max(round(sizes.ar_invoices * scale), FEWEST.ar_invoices),
        purchase_orders=max(round(sizes.purchase_orders * scale), FEWEST.purchase_orders),
        open_sales_orders=max(round(sizes.open_sales_orders * scale), FEWEST.open_sales_orders),
    )


def _seed_company(company_: Company, store: RowStore, settings: SeedSettings, today: date) -> None:
    company = company_of(company_.id, settings)
    rng = Random(f"{settings.seed}:{company.id}")
    sizes = _scaled(company.sizes, settings.scale)
    books = Books(company, store, carry_forward=settings.carry_forward)
    accounts = AccountsSeed(books, rng)
    partners = Partners(store, company, rng, beyond_cp1252=settings.beyond_cp1252)
    partners.add_suppliers(sizes.suppliers)
    partners.add_customers(sizes.customers)
    stock_room = StockRoom(store, company, rng)
    stock_room.add_warehouses()
    stock_room.add_stock(sizes.stock_codes)
    accounts.add_accounts()
    add_codes(books, Habits(company, rng), today)
    history = History(books, Habits(company, rng), sizes, today, periods=settings.periods)
    books.begin_day(date(FIRST_YEAR, 1, 1))
    receivables, payables = history.take_on(OPENING_DAY)
    accounts.open_balances(receivables, payables)
    history.play()
    LedgerPast(books, Random(f"{settings.seed}:{company.id}:past")).add_years(settings.history_years)
    if settings.journal_years:
        purge_journals(store, before=today.year + 1 - settings.journal_years)
