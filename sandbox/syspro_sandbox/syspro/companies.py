"""The companies whose books the sandbox keeps: their size, trade, money and habits, as data.

`CHEM` distributes chemicals in the United States and keeps its books in `$`, as SYSPRO's local currency often
is called (SYSPRO reference, "Local currency"). `PLT1` to `PLT3` are the plants of one discrete manufacturer,
in Germany, Poland and England. PLT1's database also holds the general ledger of the holding company `HLDG`,
which has no database of its own (SYSPRO reference, "Company databases").
"""

from __future__ import annotations

from dataclasses import dataclass

from syspro_sandbox.syspro.money import RATE_ONE


@dataclass(frozen=True)
class Currency:
    """A currency a company trades in; `rate` is stored form, `mul_div` says how it makes local money."""

    code: str
    rate: int
    mul_div: str = "M"
    share: int = 1


@dataclass(frozen=True)
class Sizes:
    """How many of each a company has at scale 1."""

    suppliers: int
    customers: int
    stock_codes: int
    ap_invoices: int
    ar_invoices: int
    purchase_orders: int
    open_sales_orders: int


@dataclass(frozen=True)
class Company:
    """A company.

    Attributes:
        id: Up to four characters.
        name: Its name.
        currencies: The local one first.
        sizes: At scale 1.
        gl_format: Makes a GL code of a branch and an account.
        branches: Branch codes; the first holds the balance sheet.
        warehouses: Codes and descriptions.
        tax_percent: Of domestic invoices, 0 where none is charged.
        makes: Whether it manufactures (stock arrives from work in progress) or buys what it sells.
        nationality: Country code of domestic partners.
        traps: Whether keys that differ in case only or begin with a blank occur here.
        group_ledger: The company whose general ledger this database holds too.
    """

    id: str
    name: str
    currencies: tuple[Currency, ...]
    sizes: Sizes
    gl_format: str
    branches: tuple[str, ...]
    warehouses: tuple[tuple[str, str], ...]
    tax_percent: int
    makes: bool
    nationality: str
    traps: bool = False
    group_ledger: str = ""

    @property
    def local(self) -> Currency:
        """The local currency."""
        return self.currencies[0]

    def gl_code(self, account: int, branch: str | None = None) -> str:
        """The GL code of an account in a branch (default: where the balance sheet is)."""
        return self.gl_format.format(branch=branch or self.branches[0], account=account)


def _rate(value: float) -> int:
    return round(value * RATE_ONE)


_PLANT_WAREHOUSES = (
    ("RM", "Raw material"),
    ("FG", "Finished goods"),
    ("SP", "Spare parts & consumables"),
    ("QC", "Inspection"),
)

#: The companies by id.
COMPANIES = {
    company.id: company
    for company in (
        Company(
            id="CHEM",
            name="Meridian Chemicals & Solvents Inc.",
            currencies=(
                Currency("$", RATE_ONE, share=14),
                Currency("EUR", _rate(1.0845), share=3),
                Currency("GBP", _rate(1.2710), share=2),
                Currency("CAD", _rate(1.3625), "D", share=2),
                Currency("JPY", _rate(151.3), "D"),
            ),
            sizes=Sizes(150, 200, 250, 900, 1200, 250, 110),
            gl_format="{branch}-{account}",
            branches=("00", "10", "20", "30"),
            warehouses=(
                ("MAIN", "Houston, main warehouse"),
                ("EAST", "Newark, bonded"),
                ("WEST", "Long Beach"),
                ("T1", 'Tank farm "Bayou"'),
            ),
            tax_percent=0,
            makes=False,
            nationality="USA",
        ),
        Company(
            id="PLT1",
            name="Hartmann Antriebe GmbH, Werk Göppingen",
            currencies=(
                Currency("EUR", RATE_ONE, share=14),
                Currency("USD", _rate(1.0845), "D", share=2),
                Currency("CHF", _rate(1.0560), share=2),
                Currency("SEK", _rate(11.32), "D"),
            ),
            sizes=Sizes(80, 90, 130, 450, 600, 125, 55),
            gl_format="{branch}.{account}0.000",
            branches=("10", "11"),
            warehouses=_PLANT_WAREHOUSES,
            tax_percent=19,
            makes=True,
            nationality="DEU",
            group_ledger="HLDG",
        ),
        Company(
            id="PLT2",
            name="Hartmann Drives Polska Sp. z o.o.",
            currencies=(
                Currency("PLN", RATE_ONE, share=12),
                Currency("EUR", _rate(4.3120), share=5),
                Currency("USD", _rate(0.2515), "D"),
            ),
            sizes=Sizes(70, 70, 120, 420, 520, 110, 50),
            gl_format="{branch}.{account}0.000",
            branches=("20", "21"),
            warehouses=_PLANT_WAREHOUSES,
            tax_percent=23,
            makes=True,
            nationality="POL",
            traps=True,
        ),
        Company(
            id="PLT3",
            name="Hartmann Drives (UK) Ltd",
            currencies=(
                Currency("GBP", RATE_ONE, share=12),
                Currency("EUR", _rate(1.1720), "D", share=4),
                Currency("USD", _rate(0.7868), share=2),
            ),
            sizes=Sizes(70, 80, 120, 400, 520, 110, 50),
            gl_format="{branch}.{account}0.000",
            branches=("30", "31"),
            warehouses=_PLANT_WAREHOUSES,
            tax_percent=20,
            makes=True,
            nationality="GBR",
        ),
    )
}

ALL = tuple(COMPANIES)


@dataclass(frozen=True)
class Operator:
    """Someone who may read: by e.net with the operator's code, by OData with credentials of its own."""

    code: str
    password: str
    odata_user: str
    odata_password: str


#: The documented credentials of every sandbox.
READER = Operator("READER", "enet-Secret-7", "sandbox.reader", "odata-Secret-7")
