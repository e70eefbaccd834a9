"""Suppliers and customers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from syspro_sandbox.syspro import names
from syspro_sandbox.syspro.books.payables import EXPENSES, GOODS, TERMS_DAYS
from syspro_sandbox.syspro.money import CENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from syspro_sandbox.syspro.companies import Company
    from syspro_sandbox.syspro.database import Row, RowStore, Value

KEY_WIDTH = 15
GOODS_IN_FIVE = 2
FIRST_NUMBER = 101
NUMERIC_PERCENT = 70
OLDEST = date(2009, 3, 2)


class Partner(NamedTuple):
    """What suppliers and customers have in common."""

    code: str
    name: str
    currency: str
    nationality: str
    place: names.Place
    street: str
    terms: str
    added: str | None

    @property
    def domain(self) -> str:
        """The name as the beginning of a mail domain."""
        return "".join(c for c in self.name.lower() if c.isascii() and c.isalnum())[:20] or "partner"


class Partners:
    """The maker of a company's suppliers and customers.

    Args:
        store: Where their rows go.
        company: Whose partners.
        rng: Decides.
        beyond_cp1252: Whether a few names hold letters that e.net cannot carry.
    """

    def __init__(self, store: RowStore, company: Company, rng: Random, *, beyond_cp1252: bool) -> None:
        self._store = store
        self._company = company
        self._rng = rng
        self._odd_names = names.ODD_NAMES + names.BEYOND_CP1252 * beyond_cp1252

    def _chance(self, percent: int) -> bool:
        return self._rng.randrange(100) < percent

    def _names(self, count: int, trades: tuple[str, ...]) -> list[str]:
        rng = self._rng
        pairs = [f"{stem} {trade}" for stem in names.STEMS for trade in trades]
        # At large scales the pairs are used again, numbered.
        plain = [
            name if not turn else f"{name} {turn}"
            for turn in range(count // len(pairs) + 1)
            for name in rng.sample(pairs, len(pairs))
        ]
        odd = self._odd_names[-(count // 4) :] if count > len(self._odd_names) // 2 else ()
        mixed = [*odd, *plain[: count - len(odd)]]
        rng.shuffle(mixed)
        return mixed

    def _draw(self, count: int, trades: tuple[str, ...], first: int) -> Iterator[Partner]:
        rng, company = self._rng, self._company
        shares = [currency.share for currency in company.currencies]
        twin = company.traps and first == FIRST_NUMBER
        for number, name in enumerate(self._names(count, trades), first):
            currency = rng.choices(company.currencies, shares)[0].code
            nationality = company.nationality if currency == company.local.code else names.COUNTRIES[currency]
            plain = name not in self._odd_names
            numeric = self._chance(NUMERIC_PERCENT) or not plain
            partner = Partner(
                f"{number:0{KEY_WIDTH}d}" if numeric else f"{name[:3].upper()}{number:03d}",
                f"{name} {rng.choice(names.LEGAL_FORMS[nationality])}"
                if plain and self._chance(50)
                else name,
                currency,
                nationality,
                rng.choice(names.PLACES[nationality]),
                f"{rng.randrange(1, 400)} {rng.choice(names.STREETS)}",
                rng.choice([*TERMS_DAYS, "30", "30", "45"]),
                (OLDEST + timedelta(days=rng.randrange(5400))).isoformat() if self._chance(95) else None,
            )
            yield partner
            if twin and not numeric:
                twin = False
                yield partner._replace(code=partner.code.lower(), name=f"{name} (old)")

    def _first_free(self, table: str) -> int:
        """The number after the highest one that stands in a code."""
        digits = ("".join(filter(str.isdigit, code)) for (code,) in self._store.rows(table))
        return max((int(number) + 1 for number in digits), default=FIRST_NUMBER)

    def add_suppliers(self, count: int) -> list[Row]:
        """Add suppliers: two in five deliver goods, the others services."""
        partners = self._draw(count, names.SUPPLIER_TRADES, self._first_free("ApSupplier"))
        return [
            self._add_supplier(partner, goods=n % 5 < GOODS_IN_FIVE) for n, partner in enumerate(partners)
        ]

    def _add_supplier(self, partner: Partner, *, goods: bool) -> Row:
        rng, company = self._rng, self._company
        supplier = self._store.insert(
            "ApSupplier",
            Supplier=partner.code,
            SupplierName=partner.name,
            SupShortName=partner.name[:20].rstrip(),
            SupplierType="L" if partner.nationality == company.nationality else "I",
            SupplierClass=GOODS if goods else EXPENSES,
            Bank="EFT01",
            Branch=rng.choice(company.branches),
            Telephone=f"+1 (555) 01{rng.randrange(100):02d}" if self._chance(80) else "",
            Contact=rng.choice(("", "Accounts", "Zoë Márquez", "J. O'Brien", "Frau Weiß")),
            Email=f"accounts@{partner.domain}.example",
            Currency=partner.currency,
            TermsCode=partner.terms,
            GrnMatchReqd="Y" if goods else "N",
            LctRequired="N",
            EdiTypeFlag="N",
            NumMthsBeforDel=18,
            NumMonthsZero=6,
            MerchGlCode=company.gl_code(1300 if goods else 6230),
            FreightGlCode=company.gl_code(5200, rng.choice(company.branches)),
            PurchOrdAllowed="Y" if goods else "N",
            MinPoVal=rng.choice((0, 0, 250_00)),
            Nationality=partner.nationality,
            TaxRegnNum=f"{partner.nationality[:2]}{rng.randrange(10**8, 10**9)}",
            BankAccount=f"{rng.randrange(10**9, 10**10)}",
            DateSuppAdded=partner.added,
            OnHold="Y" if self._chance(4) else "N",
            Contracts="N",
            PayByEft="Y",
            LanguageCode="EN",
            OutOfState="N",
            CollectTax="N",
        )
        place = partner.place
        self._store.insert(
            "ApSupplierAddr",
            Supplier=partner.code,
            SupAddr1=partner.street,
            SupAddr3=place.town,
            SupPostalCode=place.postal_code,
            SupAddGpsLat=place.latitude,
            SupAddGpsLong=place.longitude,
            RemitName=partner.name if goods else "",
            RemitAddr1=f"P.O. Box {rng.randrange(10, 9999)}" if goods else "",
            LanguageCode="EN",
        )
        if self._chance(40):
            custom: list[dict[str, Value]] = [
                {"QualityRating": "A+"},
                {"QualityRating": "B", "LeadTimeDays": 14},
                {"AuditDate": "2025-11-03", "LeadTimeDays": 0},
                {},
            ]
            self._store.insert("ApSupplier+", Supplier=partner.code, **rng.choice(custom))
        return supplier

    def add_customers(self, count: int) -> list[Row]:
        """Add customers."""
        partners = self._draw(count, names.CUSTOMER_TRADES, self._first_free("ArCustomer"))
        return [self._add_customer(partner) for partner in partners]

    def _add_customer(self, partner: Partner) -> Row:
        rng, company, place = self._rng, self._company, partner.place
        customer = self._store.insert(
            "ArCustomer",
            Customer=partner.code,
            Name=partner.name,
            ShortName=partner.name[:20].rstrip(),
            ExemptFinChg="N",
            MaintHistory="Y",
            CustomerType="1",
            CreditStatus="0",
            CreditLimit=rng.choice((0, 25_000, 50_000, 100_000, 250_000)),
            Salesperson=rng.choice(("JB", "MK", "010", "ÅS")),
            CustomerClass=rng.choice(("A", "B", "C", "")),
            Branch=rng.choice(company.branches),
            TermsCode=partner.terms,
            BalanceType="I",
            Area=rng.choice(("N", "S", "E", "W")),
            TaxStatus="N" if partner.nationality == company.nationality else "E",
            SpecialInstrs=rng.choice(("", "", "Call before delivery")),
            Telephone=f"+1 (555) 01{rng.randrange(100):02d}",
            Contact=rng.choice(("", "Purchasing", "Jürgen Groß", "A. D'Souza")),
            Currency=partner.currency,
            GstExemptFlag="N",
            StatementReqd="Y",
            BackOrdReqd="Y",
            ShippingInstrs=rng.choice(("", "Tail lift", "ADR, <class 3>")),
            DateCustAdded=partner.added,
            Nationality=partner.nationality,
            CustomerOnHold="Y" if self._chance(3) else "N",
            Email=f"ap@{partner.domain}.example",
            SoldToAddr1=partner.street,
            SoldToAddr3=place.town,
            SoldPostalCode=place.postal_code,
            SoldToGpsLat=place.latitude,
            SoldToGpsLong=place.longitude,
            ShipToAddr1=partner.street,
            ShipToAddr3=place.town,
            ShipPostalCode=place.postal_code,
            ShipToGpsLat=place.latitude,
            ShipToGpsLong=place.longitude,
            PoNumberMandatory="N",
            CreditCheckFlag="Y",
            LanguageCode="EN",
            SalesAllowed="Y",
            UnappPayAllowed="Y",
            PaymentsAllowed="Y",
            QuotesAllowed="Y",
            CrNotesAllowed="Y",
            DrNotesAllowed="Y",
            QueryAllowed="Y",
        )
        self._store.insert("ArCustomerBal", Customer=partner.code)
        if self._chance(30):
            custom: list[dict[str, Value]] = [
                {"AccountManager": "Zoë Márquez"},
                {"AccountManager": "J. O'Brien", "AnnualTarget": 120_000 * CENTS},
                {"ContractEnd": "2027-03-31"},
            ]
            self._store.insert("ArCustomer+", Customer=partner.code, **rng.choice(custom))
        return customer
